using Codexport.Engine.Master.Building;

namespace Codexport.Tests.Master;

public sealed class GlobTests
{
    [Theory]
    [InlineData("*.md", "a.md", true)]
    [InlineData("*.md", "x/a.md", true)]
    [InlineData("/*.md", "x/a.md", false)]
    [InlineData("./a", "a", true)]
    [InlineData("skills/*/x", "skills/a/x", true)]
    [InlineData("skills/*/x", "skills/a/b/x", false)]
    [InlineData("skills/**/x", "skills/x", true)]
    [InlineData("skills/**/x", "skills/a/b/x", true)]
    [InlineData("skills/**", "skills/a/b", true)]
    [InlineData("skills/**", "skills", false)]
    [InlineData("skills/", "skills", true)]
    [InlineData("**/*ab", "a/xa/b", false)]
    [InlineData("**/a*b/c", "x/ab/a-b/c", true)]
    [InlineData("a?c", "abc", true)]
    [InlineData("x/a?c", "x/a/c", false)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[!a-c]x", "bx", false)]
    [InlineData("[]x", "[]x", true)]
    [InlineData("a*b*c", "aXbYbZc", true)]
    [InlineData("a*b*c", "aXbYbZ", false)]
    [InlineData("A", "a", false)]
    [InlineData("", "a", false)]
    public void Matches_FollowsTheRules(string pattern, string path, bool expected)
        => Assert.Equal(expected, new Glob(pattern, ignoreCase: false, anyDepth: true).Matches(path));

    [Theory]
    [InlineData("A[b]*", "abC")]
    [InlineData("[A-Z]", "q")]
    public void Matches_WhenCaseDoesNotCount_IgnoresIt(string pattern, string path)
        => Assert.True(new Glob(pattern, ignoreCase: true, anyDepth: true).Matches(path));

    [Theory]
    [InlineData("notes/*.md", "notes", true)]
    [InlineData("notes/*.md", "other", false)]
    [InlineData("notes/*.md", "notes/x", false)]
    [InlineData("n*/x/y", "notes/x", true)]
    [InlineData("**/y", "a/b/c", true)]
    [InlineData("a", "a", false)]
    public void MayMatchBelow_LooksOnlyWhereSomethingCanBe(string pattern, string folder, bool expected)
        => Assert.Equal(expected, new Glob(pattern, ignoreCase: false, anyDepth: false).MayMatchBelow(folder));

    [Fact]
    public void Matches_OddPatterns_StayFast()
        => Assert.False(new Glob(string.Concat(Enumerable.Repeat("*a", 30)), false, false).Matches(new string('a', 2000) + "b"));
}
