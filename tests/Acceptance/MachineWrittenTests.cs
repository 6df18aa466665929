using Codexport.Engine.Codex;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Platform.Processes;
using Codexport.Engine.Results;
using Codexport.Tests.Shared;

namespace Codexport.Tests.Acceptance;

/// <summary>What the real Codex writes into its home by itself is no news to the fleet.</summary>
public sealed class MachineWrittenTests : IAsyncDisposable
{
    private readonly CodexHome _home = new(withCodex: RealCodex.Find() is not null);
    private readonly ModelServer _model = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Work => Directory.CreateDirectory(Path.Combine(_home.Root, "work")).FullName;

    [Theory]
    [MemberData(nameof(RealCodex.Versions), MemberType = typeof(RealCodex))]
    public async Task Rebuild_AfterSessionsOfEveryKind_PublishesNothingNew(string version)
    {
        var codex = _home.Program = RealCodex.Require(version);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no tmux.");
        Directory.CreateDirectory(Path.Combine(_home.Codex, "rules"));
        await File.WriteAllTextAsync(_home.ConfigFile, _model.Configuration, Token);
        await File.WriteAllTextAsync(Path.Combine(_home.Codex, "AGENTS.md"), "be brief", Token);
        var master = new MasterOperations(_home.Context);
        var first = await master.InitializeAsync(null, Token);

        await ExecAsync(codex);
        await AppServerAsync(codex);
        for (var start = 1; start <= 3; start++)
        {
            await using var terminal = await TerminalSession.OpenAsync(codex, _home.User, _home.Codex, Work);
            await terminal.PromptAsync("say hi");
            await terminal.WaitForAsync(screen => screen.Contains("hello", StringComparison.Ordinal));
        }

        var again = await master.RebuildAsync(acceptDeletions: false, Token);
        Assert.Equal(RebuildStatus.Current, again.Status);
        Assert.Equal(first.Revision, again.Revision);
        Assert.NotEqual(_model.Configuration, await File.ReadAllTextAsync(_home.ConfigFile, Token));
        Assert.True(_model.Requests.Count >= 4);
    }

    public async ValueTask DisposeAsync()
    {
        await _model.DisposeAsync();
        _home.Dispose();
    }

    private async Task ExecAsync(CodexProgram codex)
    {
        var request = new ProcessRequest(codex.Path, ["exec", "--skip-git-repo-check", "say hi"])
        {
            WorkingFolder = Work,
            Environment = new Dictionary<string, string?> { ["CODEX_HOME"] = _home.Codex, ["HOME"] = _home.User },
        };
        var outcome = await ProcessLauncher.Default.RunAsync(request, Token);
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
    }

    private async Task AppServerAsync(CodexProgram codex)
    {
        var environment = new Dictionary<string, string?> { ["CODEX_HOME"] = _home.Codex, ["HOME"] = _home.User };
        await using var server = await CodexAppServer.StartAsync(_home.Context, codex, environment, Token);
        Assert.Empty(await server.ListHooksAsync(Work, Token));
    }
}
