using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;

namespace Codexport.Tests.Platform;

/// <summary>The disk on which no link is followed below a folder: every call, with links, and with folders that go.</summary>
public sealed class ConfinedFilesTests : IDisposable
{
    private static readonly Dictionary<string, Action<IFileSystem, string>> Calls = new(StringComparer.Ordinal)
    {
        ["status"] = (files, path) => files.TryGetEntry(path),
        ["facts"] = (files, path) => files.TryGetFacts(path),
        ["list"] = (files, path) => files.Enumerate(Path.GetDirectoryName(path)!).ToList(),
        ["read"] = (files, path) => files.OpenRead(path).Dispose(),
        ["create"] = (files, path) => files.CreateNew(path + ".new", FilePermission.Private).Dispose(),
        ["append"] = (files, path) => files.OpenAppend(path, FilePermission.Private).Dispose(),
        ["append to a new file"] = (files, path) => files.OpenAppend(path + ".new", FilePermission.Private).Dispose(),
        ["flush"] = (files, path) => files.FlushDirectory(Path.GetDirectoryName(path)!),
        ["move in"] = (files, path) => files.Move(Beside(path), path, overwrite: true),
        ["move in without replacing"] = (files, path) => files.Move(Beside(path), path + ".new", overwrite: false),
        ["move out"] = (files, path) => files.Move(path, Beside(path) + ".new", overwrite: true),
        ["delete"] = (files, path) => files.DeleteFile(path),
        ["delete a folder"] = (files, path) => files.DeleteEmptyDirectory(Path.Join(Path.GetDirectoryName(path), "empty")),
        ["make a folder"] = (files, path) => files.CreateDirectory(path + ".d/deep", FilePermission.Personal),
        ["permission"] = (files, path) => files.SetPermission(path, FilePermission.Normal),
        ["copied permission"] = (files, path) => files.CopyPermission(Beside(path), path),
        ["link"] = (files, path) => files.CreateLink(path + ".new", "target"),
        ["read a link"] = (files, path) => files.ReadLink(path),
        ["lock"] = (files, path) => files.TryLock(path + ".lock")?.Dispose(),
    };

    private readonly TemporaryFolder _folder = new();
    private readonly IConfinedFileSystem _files;

    public ConfinedFilesTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a right there that not every account has.");
        foreach (var folder in new[] { "home/real/empty", "elsewhere/empty" })
        {
            Directory.CreateDirectory(_folder[folder]);
        }

        File.WriteAllText(_folder["home/beside"], "beside");
        File.WriteAllText(_folder["home/real/file"], "file");
        File.WriteAllText(_folder["elsewhere/file"], "somebody else's");
        File.SetUnixFileMode(_folder["elsewhere/file"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.CreateSymbolicLink(_folder["home/linked"], _folder["elsewhere"]);
        File.CreateSymbolicLink(_folder["home/real/linked-file"], _folder["elsewhere/file"]);
        _files = new PhysicalFileSystem().Confine([_folder["home"]]);
    }

    public static TheoryData<string> Names() => [.. Calls.Keys];

    // A folder that is gone holds nothing, and may be made again.
    public static TheoryData<string> NamesOfFileCalls() => [.. Calls.Keys.Except(["list", "make a folder"])];

    public void Dispose()
    {
        _files?.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Call_InARealFolder_DoesWhatTheDiskDoes(string call)
    {
        Calls[call](_files, _folder["home/real/file"]);
        var confined = Tree(_folder["home"]);
        Directory.Delete(_folder["home"], recursive: true);
        Directory.CreateDirectory(_folder["home/real/empty"]);
        File.WriteAllText(_folder["home/beside"], "beside");
        File.WriteAllText(_folder["home/real/file"], "file");
        File.CreateSymbolicLink(_folder["home/linked"], _folder["elsewhere"]);
        File.CreateSymbolicLink(_folder["home/real/linked-file"], _folder["elsewhere/file"]);
        Calls[call](new PhysicalFileSystem(), _folder["home/real/file"]);
        Assert.Equal(Tree(_folder["home"]), confined);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Call_ThroughALink_IsBlocked_AndNothingChangesBehindIt(string call)
    {
        var before = Tree(_folder["elsewhere"]);
        var error = Assert.Throws<CodexportException>(() => Calls[call](_files, _folder["home/linked/file"]));
        Assert.Equal((ErrorCode.PathBlocked, _folder["home/linked"]), (error.Code, error.Target));
        Assert.Equal(before, Tree(_folder["elsewhere"]));
    }

    [Theory]
    [MemberData(nameof(NamesOfFileCalls))]
    public void Call_InAFolderThatWasThereAndIsGone_IsBlocked(string call)
    {
        Assert.NotNull(_files.TryGetEntry(_folder["home/real/file"]));
        Directory.Move(_folder["home/real"], _folder["away"]);
        var error = Assert.Throws<CodexportException>(() => Calls[call](_files, _folder["home/real/file"]));
        Assert.Equal((ErrorCode.PathBlocked, _folder["home/real"]), (error.Code, error.Target));
        Assert.False(Path.Exists(_folder["home/real"]));
    }

    [Theory]
    [InlineData("append")]
    [InlineData("permission")]
    [InlineData("copied permission")]
    public void Call_OnALinkToAFile_IsBlocked_AndTheFileStaysAsItIs(string call)
    {
        var before = Tree(_folder["elsewhere"]);
        Assert.Equal(ErrorCode.PathBlocked, Assert.Throws<CodexportException>(() => Calls[call](_files, _folder["home/real/linked-file"])).Code);
        Assert.Equal(before, Tree(_folder["elsewhere"]));
    }

    [Fact]
    public void Root_ThatIsALink_IsFollowedOnce_HoweverItChangesLater()
    {
        File.CreateSymbolicLink(_folder["root"], _folder["home"]);
        using var files = new PhysicalFileSystem().Confine([_folder["root"]]);
        File.Delete(_folder["root"]);
        File.CreateSymbolicLink(_folder["root"], _folder["elsewhere"]);
        files.CreateNew(_folder["root/real/new"], FilePermission.Private).Dispose();
        files.DeleteFile(_folder["root/real/file"]);
        Assert.True(File.Exists(_folder["home/real/new"]));
        Assert.False(File.Exists(_folder["home/real/file"]));
        Assert.Equal("somebody else's", File.ReadAllText(_folder["elsewhere/file"]));
    }

    [Fact]
    public void Root_ThatIsMadeLater_IsNeverALink()
    {
        using var files = new PhysicalFileSystem().Confine([_folder["later"]]);
        files.CreateDirectory(_folder["later/deep"], FilePermission.Personal);
        files.CreateNew(_folder["later/deep/file"], FilePermission.Private).Dispose();
        Assert.True(File.Exists(_folder["later/deep/file"]));
        using var others = new PhysicalFileSystem().Confine([_folder["linked-later"]]);
        File.CreateSymbolicLink(_folder["linked-later"], _folder["elsewhere"]);
        AssertBlocked(() => others.CreateNew(_folder["linked-later/new"], FilePermission.Private));
        Assert.False(File.Exists(_folder["elsewhere/new"]));
    }

    [Fact]
    public void PathOutsideOfTheRoots_MayHoldNoLink()
    {
        File.CreateSymbolicLink(_folder["link"], _folder["elsewhere"]);
        AssertBlocked(() => _files.OpenRead(_folder["link/file"]));
        AssertBlocked(() => _files.OpenRead(_folder["home/real/../../link/file"]));
        Assert.NotNull(_files.TryGetEntry(_folder["elsewhere/file"]));
    }

    private static string Beside(string path) => Path.Join(Path.GetDirectoryName(Path.GetDirectoryName(path)), "beside");

    private static void AssertBlocked(Action action) => Assert.Equal(ErrorCode.PathBlocked, Assert.Throws<CodexportException>(action).Code);

    private static string Tree(string folder) => string.Join('\n', new DirectoryInfo(folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
        .OrderBy(entry => entry.FullName, StringComparer.Ordinal)
        .Select(entry => $"{entry.FullName[folder.Length..]} {entry.UnixFileMode} {entry.LinkTarget} {(entry is FileInfo && entry.LinkTarget is null ? File.ReadAllText(entry.FullName) : "")}"));
}
