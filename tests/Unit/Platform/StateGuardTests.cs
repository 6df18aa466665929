using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Platform.Files;

namespace Codexport.Tests.Platform;

/// <summary>State that another user could have changed is refused as ssh refuses its own, with the command that mends it.</summary>
public sealed class StateGuardTests : IDisposable
{
    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TemporaryFolder _folder = new();
    private readonly PhysicalFileSystem _files = new();

    public StateGuardTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Modes of Unix.");
        foreach (var folder in new[] { ".codexport", ".codexport/state", ".codexport/master", ".codexport/objects", ".codexport/overrides", "other" })
        {
            Directory.CreateDirectory(_folder[folder], Mine);
        }

        foreach (var file in new[] { "local.toml", "state/enrollment.json", "state/head.json", "master/key.pem", "master/invite" })
        {
            File.WriteAllText(_folder[".codexport/" + file], string.Empty);
            File.SetUnixFileMode(_folder[".codexport/" + file], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private CodexportHome Home => new(_folder.Path, _folder[".codex"]);

    [Fact]
    public void Require_WhereOnlyThisUserWrites_LetsIt()
    {
        StateGuard.Require(_files, Home);
        File.SetUnixFileMode(_folder[".codexport/local.toml"], Mine | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        StateGuard.Require(_files, Home);
    }

    [Theory]
    [InlineData("", UnixFileMode.OtherWrite)]
    [InlineData("", UnixFileMode.GroupWrite)]
    [InlineData("state", UnixFileMode.OtherWrite | UnixFileMode.GroupWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead)]
    [InlineData("state", UnixFileMode.OtherWrite | UnixFileMode.StickyBit)]
    [InlineData("master", UnixFileMode.GroupWrite)]
    [InlineData("objects", UnixFileMode.OtherWrite)]
    [InlineData("overrides", UnixFileMode.OtherWrite)]
    [InlineData("local.toml", UnixFileMode.OtherWrite)]
    [InlineData("state/enrollment.json", UnixFileMode.GroupWrite)]
    [InlineData("state/head.json", UnixFileMode.OtherWrite)]
    [InlineData("master/key.pem", UnixFileMode.OtherWrite)]
    [InlineData("master/invite", UnixFileMode.GroupWrite)]
    public void Require_WhereOthersMayWrite_RefusesAndNamesTheCommand(string path, UnixFileMode more)
    {
        var full = _folder[".codexport" + (path.Length == 0 ? string.Empty : "/" + path)];
        File.SetUnixFileMode(full, Mine | more);
        var error = Assert.Throws<CodexportException>(() => StateGuard.Require(_files, Home));
        Assert.Equal((ErrorCode.StateUnsafe, full), (error.Code, error.Target));
        Assert.Contains($"chmod go= \"{full}\"", error.Remedy, StringComparison.Ordinal);
        File.SetUnixFileMode(full, Mine);
        StateGuard.Require(_files, Home);
    }

    [Theory]
    [InlineData("")]
    [InlineData("state")]
    [InlineData("state/enrollment.json")]
    [InlineData("master/key.pem")]
    public void Require_OfAnotherUsersState_Refuses(string path)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can give a file to another user.");
        UnixFiles.GiveAway(_folder[".codexport" + (path.Length == 0 ? string.Empty : "/" + path)]);
        var error = Assert.Throws<CodexportException>(() => StateGuard.Require(_files, Home));
        Assert.Equal(ErrorCode.StateUnsafe, error.Code);
        Assert.Contains("belongs to another user", error.Message, StringComparison.Ordinal);
        Assert.Contains("chown", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Require_OfALinkIntoAFolderOfOnesOwn_LetsIt()
    {
        Directory.Move(_folder[".codexport"], _folder["other/state"]);
        Directory.CreateSymbolicLink(_folder[".codexport"], _folder["other/state"]);
        StateGuard.Require(_files, Home);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Require_OfALinkIntoAFolderThatOthersChange_Refuses(bool isForeign)
    {
        Assert.SkipWhen(isForeign && !Environment.IsPrivilegedProcess, "Only root can give a file to another user.");
        Directory.Move(_folder[".codexport"], _folder["other/state"]);
        Directory.CreateSymbolicLink(_folder[".codexport"], _folder["other/state"]);
        if (isForeign)
        {
            UnixFiles.GiveAway(_folder["other"]);
        }
        else
        {
            File.SetUnixFileMode(_folder["other"], Mine | UnixFileMode.OtherWrite);
        }

        Assert.Equal(ErrorCode.StateUnsafe, Assert.Throws<CodexportException>(() => StateGuard.Require(_files, Home)).Code);
    }

    [Theory]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void Secret_ThatOthersMayRead_IsRefusedWithTheCommand(UnixFileMode more)
    {
        var context = new EngineContext(Home, _files, TimeProvider.System);
        File.Delete(_folder[".codexport/master/key.pem"]);
        MasterIdentity.Create(context).Dispose();
        var key = _folder[".codexport/master/key.pem"];
        MasterIdentity.Load(context).Dispose();
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite | more);
        var error = Assert.Throws<CodexportException>(() => MasterIdentity.Load(context));
        Assert.Equal(ErrorCode.StateUnsafe, error.Code);
        Assert.Contains($"chmod go= \"{key}\"", error.Remedy, StringComparison.Ordinal);
        Directory.CreateSymbolicLink(_folder["link.pem"], key);
        Assert.Throws<CodexportException>(() => StateGuard.RequireSecret(_files, _folder["link.pem"]));
    }

    public void Dispose() => _folder.Dispose();
}
