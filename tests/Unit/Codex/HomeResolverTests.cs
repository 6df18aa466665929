using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Codex;

public sealed class HomeResolverTests
{
    private static readonly string Root = OperatingSystem.IsWindows() ? @"C:\" : "/";
    private static readonly string Home = Path.Combine(Root, "home", "ann");

    [Theory]
    [InlineData("given", "other", "env", "set", "given")]
    [InlineData(null, "other", "env", "set", "other/.codex")]
    [InlineData(null, null, "env", "set", "env")]
    [InlineData(null, null, null, "set", "set")]
    [InlineData(null, null, null, null, "home/ann/.codex")]
    [InlineData(null, null, " ", " ", "home/ann/.codex")]
    public void Resolve_TakesTheFirstThatIsSaid(string? codexDir, string? home, string? variable, string? setting, string expected)
    {
        var options = new HomeOptions(Absolute(home), Absolute(codexDir));
        var resolved = HomeResolver.Resolve(options, name => Environment(name, Absolute(variable)), _ => Absolute(setting));
        Assert.Equal(Absolute(expected), resolved.CodexFolder);
        Assert.Equal(Absolute(home) ?? Home, resolved.UserHome);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData(" ", null)]
    [InlineData(null, "")]
    public void Resolve_WhenAFolderIsNamedAndEmpty_DoesNotFallBackToTheOwnHome(string? home, string? codexDir)
    {
        var error = Assert.Throws<CodexportException>(
            () => HomeResolver.Resolve(new HomeOptions(home, codexDir), name => Environment(name, null), _ => null));
        Assert.Equal(ErrorCode.InvalidUsage, error.Code);
    }

    [Fact]
    public void Resolve_ReadsTheSettingsOfTheHome()
    {
        string? asked = null;
        var resolved = HomeResolver.Resolve(HomeOptions.None, name => Environment(name, null), home =>
        {
            asked = home.SettingsFile;
            return "~/mine";
        });
        Assert.Equal(Path.Combine(Home, ".codexport", "local.toml"), asked);
        Assert.Equal(Path.Combine(Home, "mine"), resolved.CodexFolder);
    }

    [Fact]
    public void Record_WhenHomeChangesLater_RefusesByName()
    {
        using var folder = new TemporaryFolder();
        var first = Context(folder.Path, "one");
        RecordedHome.Record(first);
        RecordedHome.Record(first);
        Assert.True(RecordedHome.Check(first));
        var error = Assert.Throws<CodexportException>(() => RecordedHome.Check(Context(folder.Path, "two")));
        Assert.Equal(ErrorCode.HomeChanged, error.Code);
        Assert.Contains(folder["one"], error.Message, StringComparison.Ordinal);
        Assert.Contains(folder["two"], error.Message, StringComparison.Ordinal);
        RecordedHome.Forget(first);
        Assert.False(RecordedHome.Check(Context(folder.Path, "two")));
    }

    [Fact]
    public void Check_WhenSpelledThroughALink_IsTheSameHome()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["real"]);
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Making links needs a privilege on Windows.");
        }

        Directory.CreateSymbolicLink(folder["link"], folder["real"]);
        RecordedHome.Record(Context(folder.Path, "link"));
        Assert.True(RecordedHome.Check(Context(folder.Path, "real")));
    }

    private static EngineContext Context(string home, string codex)
        => new(new CodexportHome(home, Path.Combine(home, codex)), new PhysicalFileSystem(), TimeProvider.System);

    private static string? Environment(string name, string? codexHome)
        => name == "CODEX_HOME" ? codexHome : name is "HOME" or "USERPROFILE" ? Home : null;

    private static string? Absolute(string? relative)
        => string.IsNullOrWhiteSpace(relative) ? relative : Path.Combine(Root, relative.Replace('/', Path.DirectorySeparatorChar));
}
