using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Codexport.Tests.Codex;

public sealed class PortablePathsTests
{
    private static readonly PortablePaths Ann = new(PathStyle.Unix, "/home/ann", "/home/ann/.codex");
    private static readonly PortablePaths WindowsAnn = new(PathStyle.Windows, @"C:\Users\Ann", @"C:\Users\Ann\.codex");

    [Theory]
    [InlineData("/home/ann", "${home}")]
    [InlineData("/home/ann/", "${home}/")]
    [InlineData("/home/ann/x y/ü", "${home}/x y/ü")]
    [InlineData("/home/ann/.codex/hooks/a.sh", "${codexDir}/hooks/a.sh")]
    [InlineData("/home/ann/.codex2", "${home}/.codex2")]
    [InlineData("/home/anna/x", "/home/anna/x")]
    [InlineData("/home/ann-old/x", "/home/ann-old/x")]
    [InlineData("/mnt/home/ann/x", "/mnt/home/ann/x")]
    [InlineData("/HOME/ANN", "/HOME/ANN")]
    [InlineData("--config=/home/ann/x", "--config=${home}/x")]
    [InlineData("-I/home/ann/include", "-I${home}/include")]
    [InlineData("/usr/bin:/home/ann/bin:/home/ann/.codex/bin", "/usr/bin:${home}/bin:${codexDir}/bin")]
    [InlineData("$PATH:/home/ann/bin", "$PATH:${home}/bin")]
    [InlineData("host:/home/ann/x", "host:/home/ann/x")]
    [InlineData("ann@host:/home/ann/x", "ann@host:/home/ann/x")]
    [InlineData("sh -c \"/home/ann/x && cat '/home/ann/.codex/y'\"", "sh -c \"${home}/x && cat '${codexDir}/y'\"")]
    [InlineData("file:///home/ann/x", "file://${home}/x")]
    [InlineData("https://example.org/home/ann/x", "https://example.org/home/ann/x")]
    [InlineData("${HOME}/x", "$${HOME}/x")]
    [InlineData("$${HOME}", "$$${HOME}")]
    [InlineData("${home}", "$${home}")]
    [InlineData("$HOME $ $$ {x}", "$HOME $ $$ {x}")]
    [InlineData("${A:=/home/ann/x}", "$${A:=${home}/x}")]
    [InlineData("", "")]
    public void Encode_OnUnix_FindsWholeComponents(string text, string expected)
    {
        Assert.Equal(expected, Ann.Encode(text));
        Assert.Equal(text, Ann.Decode(expected, "f", "k"));
        Assert.Equal(text, Ann.Decode(expected, "f", "k", isCommandLine: true));
    }

    [Theory]
    [InlineData(@"C:\Users\Ann\x", @"${home}\x")]
    [InlineData(@"c:\users\ANN\x", @"${home}\x")]
    [InlineData(@"C:/Users/Ann/.codex/x", @"${codexDir}/x")]
    [InlineData(@"C:\Users\Anna\x", @"C:\Users\Anna\x")]
    [InlineData(@"C:\bin;C:\Users\Ann\bin", @"C:\bin;${home}\bin")]
    [InlineData(@"--out:C:\Users\Ann\o", @"--out:${home}\o")]
    [InlineData(@"""C:\Users\Ann\a b.exe"" /q", @"""${home}\a b.exe"" /q")]
    [InlineData(@"D:\C:\Users\Ann", @"D:\C:\Users\Ann")]
    public void Encode_OnWindows_IgnoresCaseAndTakesBothSeparators(string text, string expected) => Assert.Equal(expected, WindowsAnn.Encode(text));

    [Theory]
    [InlineData("/", "/.codex", "/x/y", "/x/y")]
    [InlineData("/", "/.codex", "/.codex/y", "${codexDir}/y")]
    [InlineData("/home/ann/", "/data/codex/", "/data/codex/a /home/ann/b", "${codexDir}/a ${home}/b")]
    [InlineData("/home/a b", "/home/a b/.codex", "/home/a b/c", "${home}/c")]
    [InlineData("/home/ann", "/home/ann", "/home/ann/c", "${codexDir}/c")]
    public void Encode_NeverTakesARootDirectory(string home, string codex, string text, string expected)
        => Assert.Equal(expected, new PortablePaths(PathStyle.Unix, home, codex).Encode(text));

    [Fact]
    public void Encode_WhenDriveIsHome_LeavesPaths()
        => Assert.Equal(@"C:\x", new PortablePaths(PathStyle.Windows, @"C:\", @"C:\").Encode(@"C:\x"));

    [Fact]
    public void Encode_WhenVariableIsDeclared_KeepsIt()
    {
        var paths = new PortablePaths(PathStyle.Unix, "/home/ann", "/home/ann/.codex", new Dictionary<string, string> { ["work"] = "/w" });
        Assert.Equal("${work}/x $${other} $$${work}", paths.Encode("${work}/x ${other} $${work}"));
        Assert.Equal("/w/x ${other} $${work}", paths.Decode("${work}/x $${other} $$${work}", "f", "k"));
    }

    [Theory]
    [InlineData("${home}/a/b", false, @"D:\Bob\a\b")]
    [InlineData("${home}/a/b", true, @"D:\Bob/a/b")]
    [InlineData("${home}/a --flag /x", false, @"D:\Bob/a --flag /x")]
    [InlineData("--c=${home}/a/b", false, @"--c=D:\Bob/a/b")]
    [InlineData("${home}", false, @"D:\Bob")]
    public void Decode_OnWindows_TurnsSeparatorsOfWholePathsAlone(string text, bool isCommandLine, string expected)
        => Assert.Equal(expected, new PortablePaths(PathStyle.Windows, @"D:\Bob", @"D:\Bob\.codex").Decode(text, "f", "k", isCommandLine));

    [Theory]
    [InlineData(@"${home}\a\b", @"/home/bob/a/b")]
    [InlineData(@"${home}/a\b", @"/home/bob/a\b")]
    [InlineData(@"x ${home}\a", @"x /home/bob\a")]
    public void Decode_OnUnix_TurnsBackslashesOfWindowsPathsAlone(string text, string expected)
        => Assert.Equal(expected, new PortablePaths(PathStyle.Unix, "/home/bob", "/home/bob/.codex").Decode(text, "f", "k"));

    [Fact]
    public void Decode_WhenHomeIsRoot_WritesOneSeparator()
        => Assert.Equal("/x", new PortablePaths(PathStyle.Unix, "/", "/.codex").Decode("${home}/x", "f", "k"));

    [Theory]
    [InlineData("a ${nope}/x", "nope")]
    [InlineData("${}", "")]
    [InlineData("${open", "open")]
    public void Decode_WhenVariableIsUnknown_NamesFileKeyAndVariable(string text, string name)
    {
        var error = Assert.Throws<CodexportException>(() => Ann.Decode(text, "config.toml", "mcp_servers.x.command"));
        Assert.Equal(ErrorCode.VariableMissing, error.Code);
        Assert.Contains("config.toml", error.Message, StringComparison.Ordinal);
        Assert.Contains("mcp_servers.x.command", error.Message, StringComparison.Ordinal);
        Assert.Contains(error.Details, detail => detail.Key == "variable" && detail.Value == name);
    }

    [Property(MaxTest = 1000)]
    public bool Decode_UndoesEncode_ForEveryText(NonNull<string> text) => Ann.Decode(Ann.Encode(text.Get), "f", "k") == text.Get;

    [Property(MaxTest = 5000)]
    public Property Decode_UndoesEncode_ForEveryTextThatLooksLikeAPath()
    {
        string[] pieces =
        [
            "/home/ann", "/home/anna", "/.codex", "/", "\\", "$", "{", "}", "${", "home", "codexDir", "${home}", ":", ";", " ", "\"", "'", "=", "-I",
            "a", "ü", "\n", "file://", "@", ".", "~",
        ];
        var texts = Gen.Elements(pieces).ListOf().Select(string.Concat);
        return Prop.ForAll(
            Smaller.Texts(texts),
            text => Ann.Decode(Ann.Encode(text), "f", "k") == text && Ann.Decode(Ann.Encode(text), "f", "k", isCommandLine: true) == text);
    }

    [Property(MaxTest = 5000)]
    public Property Decode_UndoesEncode_OnWindowsUpToCaseAndSeparators()
    {
        string[] pieces = [@"C:\Users\Ann", "c:/users/ann", @"\.codex", "\\", "/", "$", "{", "}", "${", " ", "\"", ";", "a", "x", ":"];
        var texts = Gen.Elements(pieces).ListOf().Select(string.Concat);
        return Prop.ForAll(Smaller.Texts(texts), text => Normal(WindowsAnn.Decode(WindowsAnn.Encode(text), "f", "k")) == Normal(text));

        static string Normal(string text) => text.Replace('/', '\\').ToUpperInvariant();
    }
}
