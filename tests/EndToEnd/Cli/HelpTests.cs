using Codexport.Cli;
using Codexport.Cli.Composition;
using SystemCommand = System.CommandLine.Command;

namespace Codexport.Tests.Cli;

public sealed class HelpTests
{
    public static TheoryData<string> Commands()
    {
        var paths = new TheoryData<string>();
        Collect(CommandLine.CreateRoot(new GlobalOptions()), string.Empty, paths);
        return paths;
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_OfEveryCommand_DescribesItAndItsOptions(string path)
    {
        var run = await ProgramRun.CodexportAsync([.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        Assert.Contains("Description:", run.Output, StringComparison.Ordinal);
        Assert.Contains("Usage:", run.Output, StringComparison.Ordinal);
        Assert.Contains("--home <DIR>", run.Output, StringComparison.Ordinal);
        Assert.Contains("--json", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Tree_EveryCommandOptionAndArgument_IsDescribed()
    {
        var missing = new List<string>();
        FindUndescribed(CommandLine.CreateRoot(new GlobalOptions()), missing);
        Assert.Empty(missing);
    }

    [Fact]
    public async Task Help_OfTheProgram_ShowsExamplesAndExitCodes()
    {
        var run = await ProgramRun.CodexportAsync("--help");
        Assert.Contains("codexport demo", run.Output, StringComparison.Ordinal);
        Assert.Contains("follower join", run.Output, StringComparison.Ordinal);
        Assert.Contains("5 master unreachable", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_IsTheOneOfTheBuild()
    {
        var run = await ProgramRun.CodexportAsync("--version");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(Repository.Version, run.Output.Trim());
    }

    private static void Collect(SystemCommand command, string path, TheoryData<string> paths)
    {
        paths.Add(path);
        foreach (var child in command.Subcommands)
        {
            Collect(child, $"{path} {child.Name}".Trim(), paths);
        }
    }

    private static void FindUndescribed(SystemCommand command, List<string> missing)
    {
        missing.AddRange(command.Options.Where(option => string.IsNullOrWhiteSpace(option.Description)).Select(option => $"{command.Name} {option.Name}"));
        missing.AddRange(command.Arguments.Where(argument => string.IsNullOrWhiteSpace(argument.Description)).Select(argument => $"{command.Name} {argument.Name}"));
        foreach (var child in command.Subcommands)
        {
            if (string.IsNullOrWhiteSpace(child.Description))
            {
                missing.Add(child.Name);
            }

            FindUndescribed(child, missing);
        }
    }
}
