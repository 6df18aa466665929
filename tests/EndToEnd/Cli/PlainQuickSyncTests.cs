using System.Text;
using Codexport.Engine.Platform.Processes;
using Codexport.Engine.Protocol;
using Codexport.Tests.Follower;

namespace Codexport.Tests.Cli;

/// <summary>What the sync before Codex leaves on a terminal.</summary>
public sealed class PlainQuickSyncTests : IAsyncDisposable
{
    private readonly SimulatedMaster _master = new();
    private readonly FollowerHome _home = new();

    public async ValueTask DisposeAsync()
    {
        await _master.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task PlainQuickSync_OnATerminal_LeavesItsOneLineAndNothingOfTheProgress()
    {
        var script = ProgramFinder.Find(_home.Context.Files, Environment.GetEnvironmentVariable, "script");
        Assert.SkipWhen(script is null || !OperatingSystem.IsLinux(), "No 'script' of util-linux is on PATH.");
        Publish("first");
        await _home.JoinAsync(_master);
        Publish("second");

        // Longer than progress stays untold; the contents then come with progress.
        _master.Script = request =>
        {
            Thread.Sleep(TimeSpan.FromMilliseconds(500));
            return null;
        };
        var request = new ProcessRequest(
            script!, ["-qec", $"'{Repository.Program}' sync --apply --quick --plain --home '{_home.Folder}'", "/dev/null"])
        {
            Environment = new Dictionary<string, string?> { ["TERM"] = "xterm" },
        };
        var outcome = await ProcessLauncher.Default.RunAsync(request, TestContext.Current.CancellationToken);

        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
        Assert.Contains("Fetching", outcome.Output, StringComparison.Ordinal);
        var line = Assert.Single(Screen(outcome.Output), row => row.Length > 0);
        Assert.StartsWith("Codexport: applied revision", line, StringComparison.Ordinal);
        Assert.EndsWith("deleted).", line, StringComparison.Ordinal);
    }

    private void Publish(string text)
    {
        var file = _master.File("AGENTS.md", Encoding.UTF8.GetBytes(text + new string('x', 300_000)));

        // The program looks at the real clock.
        _master.Sign(_master.Publish(new RevisionDocument([file])), _master.Head.Sequence + 1, DateTimeOffset.UtcNow.AddDays(1));
    }

    // The rows as a terminal shows them: '\r' goes back to the first column, and what is written then overwrites.
    private static List<string> Screen(string output)
    {
        var rows = new List<StringBuilder> { new() };
        var column = 0;
        foreach (var letter in output)
        {
            switch (letter)
            {
                case '\r':
                    column = 0;
                    break;
                case '\n':
                    rows.Add(new StringBuilder());
                    column = 0;
                    break;
                default:
                    var row = rows[^1];
                    row.Append(' ', Math.Max(0, column + 1 - row.Length));
                    row[column++] = letter;
                    break;
            }
        }

        return [.. rows.Select(row => row.ToString().TrimEnd())];
    }
}
