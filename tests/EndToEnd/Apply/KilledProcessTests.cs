using System.Diagnostics;
using System.Globalization;
using Codexport.Engine.Apply;
using Codexport.Engine.Content;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Tests.CrashHost;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Apply;

/// <summary>A real process that applies revision after revision is killed at random moments, 100 times.</summary>
public sealed class KilledProcessTests
{
    private const int Kills = 100;

    [Fact]
    public async Task Apply_WhenItsProcessIsKilled_TheNextRunFindsOneWholeRevision()
    {
        var token = TestContext.Current.CancellationToken;
        using var folder = TemporaryFolder.InMemory();
        var home = new CodexportHome(folder.Path, folder[".codex"]);
        var context = new EngineContext(home, new PhysicalFileSystem(), TimeProvider.System);
        Directory.CreateDirectory(folder[".codex/skills/mine"]);
        await File.WriteAllTextAsync(folder[".codex/skills/mine/SKILL.md"], "the person's own", token);
        var random = new Random(20261122);
        var statuses = new Dictionary<RecoveryStatus, int>();
        for (var kill = 0; kill < Kills; kill++)
        {
            await RunAndKillAsync(folder.Path, random, token);

            // The system gives the lock back with the process, and only then.
            using var follower = FileLock.Acquire(context.Files, home.FollowerLockFile);
            var recovery = await ApplyRecovery.RecoverAsync(context, new GeneratedRevision(0), token);
            Assert.NotEqual(RecoveryStatus.ComposeAgain, recovery.Status);
            statuses[recovery.Status] = statuses.GetValueOrDefault(recovery.Status) + 1;
            AssertWhole(folder);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", statuses));
        Assert.True(statuses.GetValueOrDefault(RecoveryStatus.Completed) > 0, "No kill fell behind the journal.");
        Assert.True(statuses.GetValueOrDefault(RecoveryStatus.RolledBack) > 0, "No kill fell before the journal.");
        Assert.Equal("the person's own", await File.ReadAllTextAsync(folder[".codex/skills/mine/SKILL.md"], token));
    }

    private static async Task RunAndKillAsync(string home, Random random, CancellationToken token)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(typeof(GeneratedRevision).Assembly.Location);
        start.ArgumentList.Add(home);
        using var process = Process.Start(start)!;
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(token));
        await Task.Delay(random.Next(0, 80), token);
        Assert.False(process.HasExited, "The process ended by itself.");
        process.Kill();
        await process.WaitForExitAsync(token);
    }

    private static void AssertWhole(TemporaryFolder folder)
    {
        var stateFile = folder[".codexport/state/applied.json"];
        var applied = File.Exists(stateFile) ? int.Parse(File.ReadAllText(stateFile), CultureInfo.InvariantCulture) : 0;
        var expected = new GeneratedRevision(applied).Files.ToDictionary(file => file.Key, file => file.Value.ToString());
        expected["skills/mine/SKILL.md"] = Sha256Hash.Of("the person's own"u8).ToString();
        var actual = Directory.EnumerateFiles(folder[".codex"], "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .ToDictionary(
                file => Path.GetRelativePath(folder[".codex"], file).Replace('\\', '/'),
                file => Sha256Hash.Of(File.ReadAllBytes(file)).ToString());
        Assert.Equal(expected.OrderBy(file => file.Key, StringComparer.Ordinal), actual.OrderBy(file => file.Key, StringComparer.Ordinal));
        Assert.DoesNotContain(Directory.EnumerateDirectories(folder[".codex/skills"]), name => !Directory.EnumerateFileSystemEntries(name).Any());
    }
}
