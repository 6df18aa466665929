using Codexport.Cli;

namespace Codexport.Tests.Cli;

public sealed class QuickSyncCommandLineTests
{
    [Theory]
    [InlineData("sync --quick", null, null)]
    [InlineData("--home /h sync --quick", "/h", null)]
    [InlineData("sync --quick --home /h", "/h", null)]
    [InlineData("sync --codex-dir /c --quick --home /h", "/h", "/c")]
    public void TryParse_WhenTheFormIsSimple_TakesIt(string arguments, string? home, string? codexFolder)
    {
        Assert.True(QuickSyncCommandLine.TryParse(arguments.Split(' '), out var options));
        Assert.Equal(home, options.Home);
        Assert.Equal(codexFolder, options.CodexFolder);
    }

    [Theory]
    [InlineData("sync", "--quick", "--home", "")]
    [InlineData("sync", "--quick", "--codex-dir", "")]
    [InlineData("sync", "--quick", "--quiet", "--home", "")]
    [InlineData("sync", "--quick", "--plain", "--home", "")]
    public async Task Run_WhenTheHomeThatIsNamedIsEmpty_TellsThePersonAndSucceeds(params string[] arguments)
    {
        var run = await ProgramRun.CodexportAsync(arguments);
        Assert.Equal(0, run.ExitCode);
        var isPlain = arguments.Contains("--plain");
        Assert.Empty(isPlain ? run.Output : run.Error);
        var told = isPlain ? run.Error : run.Json["systemMessage"]!.GetValue<string>();
        Assert.Contains("perhaps a variable is not set", told, StringComparison.Ordinal);
        Assert.Single((run.Output + run.Error).Trim().Split('\n'));
    }

    [Theory]
    [InlineData("sync")]
    [InlineData("--quick sync")]
    [InlineData("sync --quick --quick")]
    [InlineData("sync --quick --json")]
    [InlineData("sync --quick --home")]
    [InlineData("sync --quick --home --json")]
    [InlineData("sync --quick extra")]
    [InlineData("sync --quick --help")]
    [InlineData("sync --quick --home a --home b")]
    public void TryParse_WhenItIsAnythingElse_LeavesItToTheFullCommandLine(string arguments)
        => Assert.False(QuickSyncCommandLine.TryParse(arguments.Split(' '), out _));
}
