using Codexport.Engine.Codex;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Building;
using Codexport.Engine.Settings;
using Codexport.Tests.Cli;

namespace Codexport.Tests.Codex;

/// <summary>The tables of what travels: the documentation says the same, and the code does what they say.</summary>
public sealed class CodexItemsTests
{
    private static readonly Dictionary<CodexItemKind, string> Words = new()
    {
        [CodexItemKind.Portable] = "travels",
        [CodexItemKind.Credential] = "credential",
        [CodexItemKind.MachineLocal] = "machine-local",
        [CodexItemKind.MachineSecret] = "machine secret",
        [CodexItemKind.NeverAnywhere] = "never anywhere",
        [CodexItemKind.LeftOut] = "left out",
    };

    public static TheoryData<string> Names => [.. CodexItems.All.Select(item => item.Name).Where(name => !AgentsHome.IsOutsideCodexHome(name))];

    [Fact]
    public void Items_AreThoseOfTheDocumentation() => Assert.Equal(
        Rows("## Files", 4),
        CodexItems.All.Select(item => new[] { $"`{item.Name}`", Words[item.Kind], item.Category?.ToString().ToLowerInvariant() ?? "", item.About }));

    [Fact]
    public void MachineKeys_AreThoseOfTheDocumentation() => Assert.Equal(
        Rows("## Keys of config.toml", 2),
        ConfigKeys.MachineLocal.Select(key => new[] { $"`{key.Pattern}`{(key.Condition.Length > 0 ? " " : "")}{key.Condition}", key.About }));

    [Theory]
    [MemberData(nameof(Names))]
    public void Item_GoesWhereItsKindSays_WhateverIsIncluded(string name)
    {
        var item = CodexItems.All.Single(other => other.Name == name);
        var plain = item.PlainName.Replace("*", "x", StringComparison.Ordinal);
        var byItself = new ExportPolicy(new LocalSettings(), ignoreCase: false).TopLevelName(plain, item.IsFolder, out _);
        var included = new ExportPolicy(new LocalSettings { ExportInclude = ["*", "**"] }, ignoreCase: false).TopLevelName(plain, item.IsFolder, out _);
        var inside = item.Name == CodexPlugins.Cache + "/" ? plain + "/market/plugin/1.0/x" : plain + "/x";
        var travels = item.Kind is CodexItemKind.Portable or CodexItemKind.Credential;
        var isSecret = item.Kind is CodexItemKind.Credential or CodexItemKind.MachineSecret;

        Assert.Equal(travels ? plain : null, byItself);
        Assert.Equal(travels ? plain : null, included);
        Assert.Equal(!travels && item.Kind != CodexItemKind.LeftOut, CodexLayout.IsNeverExported(item.IsFolder ? inside : plain));
        Assert.Equal(isSecret, CodexLayout.IsCredential(item.IsFolder ? inside : plain));
        Assert.Equal(travels, item.Category is not null);
    }

    private static IEnumerable<string[]> Rows(string heading, int columns)
        => File.ReadAllLines(Path.Combine(Repository.Root, "docs", "codex-home.md"))
            .SkipWhile(line => line != heading).Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1)
            .Select(line => line.Split('|')[1..^1].Select(cell => cell.Trim()).ToArray())
            .Select(cells => cells.Length == columns ? cells : throw new InvalidDataException(string.Join('|', cells)));
}
