using System.Text;
using Codexport.Engine.Codex;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Homes;
using Codexport.Engine.Protocol;
using Codexport.Tests.Cli;
using Codexport.Tests.Follower;
using Codexport.Tests.Shared;

namespace Codexport.Tests.Acceptance;

/// <summary>A session that is open in the terminal takes in what its own hook has just synced.</summary>
public sealed class OpenTerminalTests : IAsyncDisposable
{
    private readonly SimulatedMaster _master = new();
    private readonly FollowerHome _home = new();
    private readonly ModelServer _model = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(RealCodex.Versions), MemberType = typeof(RealCodex))]
    public async Task Terminal_WhenItsHookSyncs_RunsTheNewHookAtTheNextPrompt(string version)
    {
        var codex = RealCodex.Require(version);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no tmux.");
        var ran = Path.Combine(_home.Folder, "new-hook-ran");
        Publish(hooks: null);
        await _home.JoinAsync(_master);
        await OnFollowerAsync("hook", "install", "--runner", "native", "--timeout", "60");
        var work = Directory.CreateDirectory(Path.Combine(_home.Folder, "work")).FullName;
        await using var terminal = await TerminalSession.OpenAsync(codex, _home.Folder, _home.Context.Home.CodexFolder, work);
        Assert.SkipUnless(Directory.Exists(Path.GetDirectoryName(OpenSessions.SocketFile(_home.Context.Home))), "This Codex has no process that serves its terminals.");
        Publish($$$"""{"hooks":{"UserPromptSubmit":[{"hooks":[{"type":"command","command":"echo ran >>'{{{ran}}}'"}]}]}}""");

        await terminal.PromptAsync("the first prompt");
        await terminal.WaitForAsync(screen => screen.Contains("from the next prompt on", StringComparison.Ordinal) && screen.Contains("hello", StringComparison.Ordinal));
        Assert.Contains("new-hook-ran", _home.Read("hooks.json"), StringComparison.Ordinal);

        // With the first prompt it may have run already: Codex asks for these hooks after those of the start.
        File.Delete(ran);
        await terminal.PromptAsync("the second prompt");
        await terminal.WaitForAsync(_ => File.Exists(ran));

        Assert.Equal("ran\n", await File.ReadAllTextAsync(ran, Token));
    }

    public async ValueTask DisposeAsync()
    {
        await _master.DisposeAsync();
        await _model.DisposeAsync();
        _home.Dispose();
    }

    private void Publish(string? hooks)
    {
        List<RevisionFile> files = [_master.File("config.toml", Encoding.UTF8.GetBytes(_model.Configuration))];
        List<string> trusted = [];
        if (hooks is not null)
        {
            var bytes = Encoding.UTF8.GetBytes(hooks);
            files.Add(_master.File("hooks.json", bytes));
            trusted.AddRange(HooksFile.Parse(bytes, "hooks.json").Handlers.Select(handler => HookTrust.Hash(handler, PathStyle.Current)!));
        }

        // The program looks at the real clock.
        _master.Sign(_master.Publish(new RevisionDocument(files, trusted)), _master.Head.Sequence + 1, DateTimeOffset.UtcNow.AddDays(1));
    }

    private async Task OnFollowerAsync(params string[] arguments)
    {
        var run = await ProgramRun.CodexportAsync([.. arguments, "--home", _home.Folder]);
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }
}
