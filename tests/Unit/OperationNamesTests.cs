using System.Text.RegularExpressions;
using Codexport.Cli;
using Codexport.Cli.Composition;
using Codexport.Engine.Errors;
using Codexport.Tests.Cli;

namespace Codexport.Tests;

public sealed partial class OperationNamesTests
{
    [Theory]
    [InlineData("Run 'codexport master rebuild --accept-deletions'.", "Run 'Update-CodexportBundle -AcceptDeletions'.")]
    [InlineData("Run 'codexport sync --apply' again.", "Run 'Sync-CodexportFollower' again.")]
    [InlineData("run 'codexport sync --apply --adopt': files", "run 'Sync-CodexportFollower -Adopt': files")]
    [InlineData("Run 'codexport sync' first.", "Run 'Sync-CodexportFollower -StageOnly' first.")]
    [InlineData("'codexport follower join LINK --apply' with", "'Join-CodexportFollower LINK' with")]
    [InlineData("Join one first: codexport follower join LINK (see 'codexport master link').", "Join one first: Join-CodexportFollower LINK (see 'New-CodexportJoinLink').")]
    [InlineData("codexport follower join 'codexport://join?host=a&invite=b--c'", "Join-CodexportFollower 'codexport://join?host=a&invite=b--c'")]
    [InlineData("'codexport follower trust --fingerprint HEX'", "'Reset-CodexportTrust -Fingerprint HEX'")]
    [InlineData("'codexport follower trust --follow'", "'Reset-CodexportTrust -Follow'")]
    [InlineData("'codexport master followers approve laptop' there", "'Approve-CodexportFollower laptop' there")]
    [InlineData("use another home with --home, or --adopt.", "use another home with -HomePath, or -Adopt.")]
    [InlineData("'codexport --version' tells", "'Get-Module Codexport' tells")]
    [InlineData("'/opt/codexport sync/x' and codexport alone -- stay, as --unknown does", "'/opt/codexport sync/x' and codexport alone -- stay, as --unknown does")]
    public void ForCmdlets_SaysTheSameByCmdlets(string text, string expected) => Assert.Equal(expected, OperationNames.ForCmdlets(text));

    [Fact]
    public void EngineTexts_NameOnlyOperationsOfTheTable()
    {
        var mentions = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "Codexport.Engine"), "*.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != "OperationNames.cs")
            .SelectMany(file => File.ReadLines(file).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)))
            .SelectMany(line => Mention().Matches(line).Select(match => match.Value))
            .ToList();

        Assert.True(mentions.Count > 40, "The engine names hardly any operation: the search misses them.");
        Assert.All(mentions, mention => Assert.DoesNotContain("codexport ", OperationNames.ForCmdlets(mention), StringComparison.Ordinal));
    }

    [Fact]
    public void Table_HoldsEveryCommandOfTheProgramAndOnlyCmdletsThatThereAre()
    {
        var manifest = File.ReadAllText(Path.Combine(Repository.Root, "module", "Codexport.psd1"));
        var commands = Leaves(CommandLine.CreateRoot(new GlobalOptions()), string.Empty).Where(command => command is not ("demo" or "completion" or "man")).ToList();

        Assert.NotEmpty(commands);
        Assert.All(commands, command =>
        {
            var cmdlet = OperationNames.ForCmdlets($"codexport {command}").Split(' ')[0];
            Assert.Contains($"'{cmdlet}'", manifest, StringComparison.Ordinal);
        });
    }

    private static IEnumerable<string> Leaves(System.CommandLine.Command command, string path) => command.Subcommands.Count == 0
        ? [path]
        : command.Subcommands.SelectMany(child => Leaves(child, path.Length == 0 ? child.Name : $"{path} {child.Name}"));

    [GeneratedRegex(@"(?<=[' :(])codexport [a-z-][^'""{(]*")]
    private static partial Regex Mention();
}
