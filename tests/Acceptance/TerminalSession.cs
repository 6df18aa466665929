using Codexport.Engine.Codex;
using Codexport.Engine.Platform.Processes;

namespace Codexport.Tests.Acceptance;

/// <summary>The terminal UI of the real Codex, in a terminal of tmux.</summary>
internal sealed class TerminalSession : IAsyncDisposable
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);

    private readonly string _tmux;
    private readonly string _socket = "codexport-" + Guid.NewGuid().ToString("N");

    private TerminalSession(string tmux) => _tmux = tmux;

    /// <summary>Opens it and waits for its prompt; skips the test where there is no tmux.</summary>
    public static async Task<TerminalSession> OpenAsync(CodexProgram codex, CodexHome home, string workingFolder)
    {
        var tmux = ProgramFinder.Find(RealCodex.Surroundings.Files, RealCodex.Surroundings.Environment, "tmux");
        Assert.SkipWhen(tmux is null, "No 'tmux' is on PATH.");
        var session = new TerminalSession(tmux!);
        await session.RunAsync("-f", "/dev/null", "new-session", "-d", "-x", "160", "-y", "45", "-c", workingFolder,
            "env", $"HOME={home.User}", $"CODEX_HOME={home.Codex}", codex.Path);
        await session.WaitForAsync(screen => screen.Contains("? for shortcuts", StringComparison.Ordinal));
        return session;
    }

    /// <summary>What the terminal shows.</summary>
    public async Task<string> ScreenAsync() => (await RunAsync("capture-pane", "-p")).Output;

    /// <summary>Types a prompt and sends it.</summary>
    public async Task PromptAsync(string text)
    {
        await RunAsync("send-keys", "-l", text);
        await WaitForAsync(screen => screen.Contains(text, StringComparison.Ordinal));
        await RunAsync("send-keys", "Enter");
    }

    /// <summary>Waits until the terminal shows something.</summary>
    public async Task WaitForAsync(Func<string, bool> isThere)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Generous);
        var screen = string.Empty;
        try
        {
            while (!isThere(screen = await ScreenAsync()))
            {
                await Task.Delay(100, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            Assert.Fail("The terminal never showed what was waited for:\n" + screen);
        }
    }

    public async ValueTask DisposeAsync()
        => await ProcessLauncher.Default.RunAsync(new ProcessRequest(_tmux, ["-L", _socket, "kill-server"]), CancellationToken.None);

    private async Task<ProcessOutcome> RunAsync(params string[] arguments)
    {
        var outcome = await ProcessLauncher.Default.RunAsync(
            new ProcessRequest(_tmux, ["-L", _socket, .. arguments]), TestContext.Current.CancellationToken);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return outcome;
    }
}
