using Codexport.Engine.Platform.Paths;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Codexport.Tests.Platform;

public sealed class SafePathTests
{
    /// <summary>Each row: the path, and whether Unix, Windows and portable rules take it.</summary>
    public static TheoryData<string, bool, bool, bool> Table => new()
    {
        { "config.toml", true, true, true },
        { "skills/pdf/SKILL.md", true, true, true },
        { "skills/ünïcödé/日本語.md", true, true, true },
        { "skills/emoji-😀/SKILL.md", true, true, true },
        { "skills/...three/x", true, true, true },
        { "prompts/with space.md", true, true, true },
        { "com10.txt", true, true, true },
        { "console.md", true, true, true },
        { "", false, false, false },
        { "/etc/passwd", false, false, false },
        { "//server/share", false, false, false },
        { "skills//x", false, false, false },
        { "skills/", false, false, false },
        { ".", false, false, false },
        { "..", false, false, false },
        { "../up", false, false, false },
        { "a/../b", false, false, false },
        { "a/./b", false, false, false },
        { "a/..", false, false, false },
        { "..\\up", false, false, false },
        { "a\\b", false, false, false },
        { "\\\\server\\share\\x", false, false, false },
        { "\\\\?\\C:\\x", false, false, false },
        { "C:\\x", false, false, false },
        { "nul\0byte", false, false, false },
        { "tab\there", false, false, false },
        { "line\nbreak", false, false, false },
        { "escape\u001b[31m", false, false, false },
        { "next\u0085line", false, false, false },
        { "delete\u007f", false, false, false },
        { ".codexport/state", false, false, false },
        { "skills/.codexport-1.tmp", false, false, false },
        { "SKILLS/.CODEXPORT", false, false, false },
        { "C:/x", true, false, false },
        { "C:x", true, false, false },
        { "file:stream", true, false, false },
        { "config.toml::$DATA", true, false, false },
        { "what?", true, false, false },
        { "star*", true, false, false },
        { "a<b", true, false, false },
        { "a>b", true, false, false },
        { "a|b", true, false, false },
        { "a\"b", true, false, false },
        { "trailing.", true, false, false },
        { "trailing ", true, false, false },
        { "folder./x", true, false, false },
        { "folder /x", true, false, false },
        { "CON", true, false, false },
        { "nul", true, false, false },
        { "skills/aux/SKILL.md", true, false, false },
        { "Nul.txt", true, false, false },
        { "nul .txt", true, false, false },
        { "prn.tar.gz", true, false, false },
        { "COM1", true, false, false },
        { "com1.log", true, false, false },
        { "LPT9.x", true, false, false },
        { "COM¹", true, false, false },
        { "lpt³.txt", true, false, false },
        { "CONIN$", true, false, false },
        { "conout$.x", true, false, false },
        { "cafe\u0301.md", true, true, false },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Check_ForEachRow_JudgesByTheRulesOfThatPlatform(string path, bool unix, bool windows, bool portable)
    {
        Assert.Equal(unix, SafePath.Check(path, PathRules.Unix) is null);
        Assert.Equal(windows, SafePath.Check(path, PathRules.Windows) is null);
        Assert.Equal(portable, SafePath.Check(path, PathRules.Portable) is null);
    }

    // Not rows of the table: a test runner passes its rows on as UTF-8, which cannot hold half a pair.
    [Fact]
    public void Check_WhenASurrogateIsUnpaired_RefusesEverywhere()
    {
        string[] paths = ["half\ud800", "half\udc00x"];
        Assert.All(paths, path => Assert.NotNull(SafePath.Check(path, PathRules.Unix)));
        Assert.All(paths, path => Assert.NotNull(SafePath.Check(path, PathRules.Windows)));
        Assert.All(paths, path => Assert.NotNull(SafePath.Check(path, PathRules.Portable)));
    }

    [Fact]
    public void Check_OfLongPaths_CountsBytes()
    {
        Assert.Null(SafePath.Check(new string('a', 255), PathRules.Portable));
        Assert.NotNull(SafePath.Check(new string('a', 256), PathRules.Unix));
        Assert.NotNull(SafePath.Check(new string('é', 128), PathRules.Unix));
        var longest = string.Join('/', Enumerable.Repeat(new string('a', 127), 8));
        Assert.Null(SafePath.Check(longest + "b", PathRules.Portable));
        Assert.NotNull(SafePath.Check(longest + "bc", PathRules.Unix));
    }

    [Property(MaxTest = 2000)]
    public Property Check_OfAnyPathThatPasses_StaysBelowTheRootOnBothSeparators()
    {
        var pieces = Gen.Elements(
            "a", "b.md", "..", ".", "", "/", "\\", ":", "C:", "~", "con", "nul.txt", " ", ".", "\u0301", "é", "\0", "\u001b", "…", "\ud800", "COM¹", "x y", "$HOME", "%TEMP%");
        var paths = pieces.ListOf().Select(parts => string.Concat(parts)).Or(
            pieces.ListOf().Select(parts => string.Join('/', parts)));
        return Prop.ForAll(Smaller.Texts(paths), path =>
        {
            foreach (var rules in new[] { PathRules.Unix, PathRules.Windows, PathRules.Portable })
            {
                if (SafePath.Check(path, rules) is null)
                {
                    Assert.True(StaysBelow(path), path);
                    Assert.StartsWith("/root/", Path.GetFullPath(Path.Join("/root", path)), StringComparison.Ordinal);
                }
            }

            // What every platform can hold, each one can.
            if (SafePath.Check(path, PathRules.Portable) is null)
            {
                Assert.Null(SafePath.Check(path, PathRules.Windows));
                Assert.Null(SafePath.Check(path, PathRules.Unix));
            }
        });
    }

    [Fact]
    public void Printable_OfHostilePath_HoldsNoControlCharacter()
        => Assert.Equal("a\\u001b[31m\\u202eb\\ud800", SafePath.Printable("a\u001b[31m\u202eb\ud800"));

    [Theory]
    [InlineData("Readme.md", "README.md")]
    [InlineData("Straße/x", "STRAßE/X")]
    [InlineData("caf\u00e9", "cafe\u0301")]
    [InlineData("CAF\u00c9", "cafe\u0301")]
    [InlineData("Skills/a", "skills/b")]
    public void Find_WhereCaseAndFormDoNotCount_SeesTheCollision(string first, string second)
    {
        Assert.Single(PathCollisions.Find([first, second], isCaseSensitive: false));
        Assert.Empty(PathCollisions.Find([first, second], isCaseSensitive: true));
    }

    [Theory]
    [InlineData("skills", "skills/a")]
    [InlineData("a/b/c/d", "a/b")]
    [InlineData("a/b", "a/b/c/d")]
    public void Find_WhenAFileIsAFolderToo_SeesIt(string first, string second)
        => Assert.Single(PathCollisions.Find([first, second, "other/file"], isCaseSensitive: true));

    [Fact]
    public void Find_InAnOrdinaryTree_FindsNothing()
        => Assert.Empty(PathCollisions.Find(["a/b", "a/c", "ab", "a.b", "config.toml", "skills/a/SKILL.md", "skills/b/SKILL.md"], isCaseSensitive: false));

    /// <summary>An independent walk that takes both slashes for separators.</summary>
    private static bool StaysBelow(string path)
    {
        var depth = 0;
        foreach (var name in path.Split('/', '\\'))
        {
            depth += name switch { ".." => -1, "." or "" => 0, _ => 1 };
            if (depth < 0)
            {
                return false;
            }
        }

        return depth > 0 && path[0] is not ('/' or '\\');
    }
}
