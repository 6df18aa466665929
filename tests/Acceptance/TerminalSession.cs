using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Codexport.Engine.Codex;
using Codexport.Engine.Platform.Processes;

namespace Codexport.Tests.Acceptance;

/// <summary>The terminal UI of the real Codex, in a terminal of tmux, with the process that serves it.</summary>
internal sealed class TerminalSession : IAsyncDisposable
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);

    private readonly string _tmux;
    private readonly string _socket = "codexport-" + Guid.NewGuid().ToString("N");
    private readonly ProcessRequest _stop;
    private readonly string _codexHome;

    private TerminalSession(string tmux, ProcessRequest stop, string codexHome) => (_tmux, _stop, _codexHome) = (tmux, stop, codexHome);

    /// <summary>Opens it and waits for its prompt; skips the test where there is no tmux.</summary>
    public static async Task<TerminalSession> OpenAsync(CodexProgram codex, string userHome, string codexHome, string workingFolder)
    {
        var tmux = ProgramFinder.Find(RealCodex.Surroundings.Files, RealCodex.Surroundings.Environment, "tmux");
        Assert.SkipWhen(tmux is null, "No 'tmux' is on PATH.");
        var stop = new ProcessRequest(codex.Path, ["app-server", "daemon", "stop"])
        {
            Environment = new Dictionary<string, string?> { ["HOME"] = userHome, ["CODEX_HOME"] = codexHome },
        };
        var session = new TerminalSession(tmux!, stop, codexHome);
        await session.RunAsync("-f", "/dev/null", "new-session", "-d", "-x", "160", "-y", "45", "-c", workingFolder,
            "env", $"HOME={userHome}", $"CODEX_HOME={codexHome}", codex.Path);
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
    {
        await ProcessLauncher.Default.RunAsync(new ProcessRequest(_tmux, ["-L", _socket, "kill-server"]), CancellationToken.None);

        // What serves the terminal outlives it, and so does what keeps that up to date. A Codex without them refuses the command.
        await ProcessLauncher.Default.RunAsync(_stop, CancellationToken.None);
        var record = Path.Combine(_codexHome, "app-server-daemon", "daemon-updater.pid");
        if (File.Exists(record) && JsonNode.Parse(await File.ReadAllTextAsync(record, CancellationToken.None))?["pid"]?.ToJsonString() is { } pid
            && File.Exists($"/proc/{pid}/cmdline") && (await File.ReadAllTextAsync($"/proc/{pid}/cmdline", CancellationToken.None)).StartsWith(_codexHome, StringComparison.Ordinal))
        {
            using var updater = Process.GetProcessById(int.Parse(pid, CultureInfo.InvariantCulture));
            updater.Kill();
        }
    }

    private async Task<ProcessOutcome> RunAsync(params string[] arguments)
    {
        var outcome = await ProcessLauncher.Default.RunAsync(
            new ProcessRequest(_tmux, ["-L", _socket, .. arguments]), TestContext.Current.CancellationToken);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return outcome;
    }
}
