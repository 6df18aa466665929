using System.Diagnostics;

namespace Codexport.Tests.Cli;

/// <summary>
/// A real process, killed with SIGKILL at random moments of <c>sync --apply</c>. The run after it finds the master away, so all it can do
/// is recover: what it leaves is the old revision whole or the new one whole.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Kills = 100;
    private const int Files = 60;
    private static readonly string[] OwnFiles = ["notes.txt"];

    [Fact]
    public async Task SyncApply_WhenKilledAtAnyMoment_LeavesOldOrNewAfterTheNextRun()
    {
        await using var fixture = new CommandLineFixture();
        WriteEdition(fixture.Master, "old");
        CommandLineFixture.Write(fixture.Follower, ".codex/notes.txt", "the person's own\n");
        await fixture.StartMasterAsync("--no-watch");
        await using var door = new NetworkDoor(fixture.Port);
        var link = (await fixture.LinkAsync()).Replace($"port={fixture.Port}", $"port={door.Port}", StringComparison.Ordinal);
        var join = await fixture.OnFollowerAsync("follower", "join", link, "--apply", "--json");
        Assert.True(join.ExitCode == 0, join.Output + join.Error);
        var old = join.Json["revision"]!.GetValue<string>();
        WriteEdition(fixture.Master, "new");
        await fixture.RebuildAsync();
        var duration = await MeasureSyncAsync(fixture);

        // The moments come from a fixed seed; what they hit differs with the machine's pace all the same.
        var random = new Random(20_261_122);
        string? edition = "new";
        var outcomes = new Dictionary<string, int>(StringComparer.Ordinal) { ["old"] = 0, ["new"] = 0, ["killed"] = 0, ["interrupted"] = 0 };
        for (var kill = 0; kill < Kills; kill++)
        {
            if (edition != "old")
            {
                await RunAsync(fixture, 0, "apply", "--revision", old);
                Assert.Equal("old", FindEdition(fixture.Follower));
            }

            // Most runs must still be at work when they are killed, so the span follows the machine's pace.
            var wasRunning = await KillAsync(fixture, duration * (0.1 + random.NextDouble()));
            duration *= wasRunning ? 1.05 : 0.85;
            outcomes["killed"] += wasRunning ? 1 : 0;
            outcomes["interrupted"] += FindEdition(fixture.Follower) is null ? 1 : 0;

            door.IsOpen = false;
            await RunAsync(fixture, 5, "sync", "--apply");
            door.IsOpen = true;
            edition = FindEdition(fixture.Follower);
            Assert.True(edition is not null, $"Kill {kill} left a mixture.");
            outcomes[edition]++;
        }

        await RunAsync(fixture, 0, "sync", "--apply");
        Assert.Equal("new", FindEdition(fixture.Follower));
        Assert.Equal("the person's own\n", CommandLineFixture.Read(fixture.Follower, ".codex/notes.txt"));
        output.WriteLine(string.Join(", ", outcomes.Select(outcome => $"{outcome.Key}: {outcome.Value}")));
    }

    private static async Task<TimeSpan> MeasureSyncAsync(CommandLineFixture fixture)
    {
        // The server takes up what was published in its own time.
        var deadline = Stopwatch.StartNew();
        while (true)
        {
            var start = Stopwatch.GetTimestamp();
            var run = await fixture.OnFollowerAsync("sync", "--apply", "--json");
            Assert.True(run.ExitCode == 0, run.Output + run.Error);
            if (run.Json["status"]!.GetValue<string>() == "applied")
            {
                return Stopwatch.GetElapsedTime(start);
            }

            Assert.True(deadline.Elapsed < TimeSpan.FromSeconds(120), "The new edition did not come into service.");
        }
    }

    private static async Task<bool> KillAsync(CommandLineFixture fixture, TimeSpan after)
    {
        using var process = ProgramRun.Start(Repository.Program, "sync", "--apply", "--home", fixture.Follower);
        await Task.Delay(after, TestContext.Current.CancellationToken);
        var wasRunning = !process.HasExited;
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return wasRunning;
    }

    private static async Task RunAsync(CommandLineFixture fixture, int exitCode, params string[] arguments)
    {
        var run = await fixture.OnFollowerAsync([.. arguments, "--json"]);
        Assert.True(run.ExitCode == exitCode, $"{string.Join(' ', arguments)} ended with {run.ExitCode}: {run.Output}{run.Error}");
    }

    /// <summary>Which edition stands in the Codex home, whole and with nothing besides; null when it is a mixture.</summary>
    private static string? FindEdition(string home)
    {
        var files = CommandLineFixture.Snapshot(Path.Combine(home, ".codex"));
        return new[] { "old", "new" }.FirstOrDefault(edition =>
            files.Count == Expected(edition).Count + OwnFiles.Length
            && Expected(edition).All(file => files.TryGetValue(file.Key, out var content) && content == file.Value));
    }

    private static Dictionary<string, string> Expected(string edition)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, text) in Edition(edition).Append(("AGENTS.md", "# Rules\n")).Append(("config.toml", "# team\nmodel = \"gpt-5-codex\"\n"))
            .Append(("skills/one/SKILL.md", "first skill\n")).Append(("skills/two/SKILL.md", "second skill\n")))
        {
            files[path.Replace('/', Path.DirectorySeparatorChar)] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));
        }

        return files;
    }

    // Each edition has a file that the other lacks, so that there is something to delete.
    private static IEnumerable<(string Path, string Text)> Edition(string edition)
        => Enumerable.Range(0, Files).Select(number => ($"skills/skill-{number}/SKILL.md", $"{edition} edition of skill {number}\n"))
            .Append(($"rules/{edition}.rules", $"# {edition}\n"));

    private static void WriteEdition(string home, string edition)
    {
        var rules = Path.Combine(home, ".codex", "rules");
        if (Directory.Exists(rules))
        {
            Directory.Delete(rules, recursive: true);
        }

        foreach (var (path, text) in Edition(edition))
        {
            CommandLineFixture.Write(home, $".codex/{path}", text);
        }
    }
}
