using System.Text.RegularExpressions;
using Codexport.Tests.Cli;

namespace Codexport.Tests;

/// <summary>What the documents say of the code must stay true.</summary>
public sealed partial class DocumentationTests
{
    [Fact]
    public void SecurityTable_NamesOnlyTestsThatExist()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories);
        var tests = sources.SelectMany(path => TestMethod().Matches(File.ReadAllText(path))).Select(match => match.Groups[1].Value)
            .ToHashSet(StringComparer.Ordinal);
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "security.md"));
        var named = TestName().Matches(text).Select(match => match.Groups[1].Value).ToList();

        Assert.True(named.Count > 30, $"Only {named.Count} tests are named in the table.");
        Assert.All(named, name => Assert.Contains(name, tests));
    }

    [Fact]
    public void Security_BindsEveryStatementToATest()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "security.md"));
        var (prose, tables) = (text[..text.IndexOf("\n## ", StringComparison.Ordinal)], text[text.IndexOf("\n## ", StringComparison.Ordinal)..]);
        var paragraphs = prose.Split("\n\n").Where(paragraph => paragraph.StartsWith("**", StringComparison.Ordinal)).ToList();
        var rows = tables.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.Contains("| Test |", StringComparison.Ordinal)).ToList();
        Assert.True(paragraphs.Count >= 10 && rows.Count >= 60, $"{paragraphs.Count} paragraphs and {rows.Count} rows were found.");
        Assert.All(paragraphs.Concat(rows), statement => Assert.Matches(TestName(), statement));
    }

    [Fact]
    public void Security_BindsEverySentenceToATest_ButThoseThatExplain()
    {
        string[] explanations =
        [
            "One key.", "Secrets of a form that nobody knows", "Whoever wipes that state", "In plain words, following means", "That is right for a change of keys",
            "If the old key was **stolen**", "So after a theft", "Only Codexport's own records may differ",
            "So whoever takes the serving machine", "The identity's key is in the machine's memory",
        ];
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "security.md"));
        var paragraphs = text[..text.IndexOf("\n## ", StringComparison.Ordinal)].Split("\n\n").Where(paragraph => paragraph.StartsWith("**", StringComparison.Ordinal));
        var unbound = paragraphs.SelectMany(paragraph => SentenceEnd().Split(Title().Replace(paragraph, ""))).Where(sentence => !TestName().IsMatch(sentence)).ToList();

        Assert.All(unbound, sentence => Assert.True(explanations.Any(start => sentence.StartsWith(start, StringComparison.Ordinal)), $"No test is named for: {sentence}"));
        Assert.All(explanations, start => Assert.Contains(unbound, sentence => sentence.StartsWith(start, StringComparison.Ordinal)));
    }

    [Fact]
    public void Security_NamesTheClassThatATestIsIn()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "security.md"));
        var sources = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .GroupBy(path => Path.GetFileNameWithoutExtension(path), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => string.Concat(group.Select(File.ReadAllText)), StringComparer.Ordinal);
        foreach (Match match in QualifiedName().Matches(text))
        {
            var source = Assert.Contains(match.Groups[1].Value, sources);
            Assert.Contains($" {match.Groups[2].Value}(", source, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/architecture.md")]
    [InlineData("docs/protocol.md")]
    [InlineData("docs/security.md")]
    public void Links_LeadToFilesThatExist(string document)
    {
        var path = Path.Combine(Repository.Root, document);
        var targets = Link().Matches(File.ReadAllText(path)).Select(match => match.Groups[1].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal));
        Assert.All(targets, target => Assert.True(Path.Exists(Path.Combine(Path.GetDirectoryName(path)!, target)), target));
    }

    // A test in any project: its attributes, one a line, and its name.
    [GeneratedRegex(@"^ *\[(?:Fact|Theory|Property)\b.*\r?\n(?: *\[.*\r?\n)* *public (?:async )?\w+ (\w+)\(", RegexOptions.Multiline)]
    private static partial Regex TestMethod();

    [GeneratedRegex(@"`(?:\w+\.)?(\w+_\w+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"`(\w+Tests)\.(\w+_\w+)`")]
    private static partial Regex QualifiedName();

    [GeneratedRegex(@"^\*\*[^*]+\*\*\s+")]
    private static partial Regex Title();

    [GeneratedRegex(@"(?<=[.*)])\s+(?=[A-Z`])")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"\]\(([^)#]+)\)")]
    private static partial Regex Link();
}
