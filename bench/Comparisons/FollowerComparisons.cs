using System.Globalization;
using System.Text.Json;
using Codexport.Tests.Shared;

namespace Codexport.Benchmarks.Comparisons;

/// <summary>A fleet's everyday: first join, nothing new, one change, with 5,000 skills of 4 KB.</summary>
internal static class FollowerComparisons
{
    private const int Skills = 5000;

    public static async Task<IReadOnlyList<Outcome>> RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var rsync = Workbench.Require("rsync");
        var master = bench.NewCodexHome("master", Skills);
        await bench.CodexportAsync(master, cancellationToken, "master", "init");
        var (_, port) = await bench.StartMasterAsync(master, cancellationToken, "--no-watch");
        var link = await bench.JoinLinkAsync(master, port, cancellationToken);
        var rsyncUrl = await StartRsyncAsync(bench, rsync, Path.Combine(master, ".codex"), cancellationToken);

        List<double> joins = [];
        List<double> copies = [];
        var follower = string.Empty;
        for (var round = 0; round < 5; round++)
        {
            follower = bench.NewFolder($"follower-{round}");
            joins.Add((await bench.CodexportAsync(follower, cancellationToken, "follower", "join", link, "--apply")).Elapsed.TotalMilliseconds);
            copies.Add((await Workbench.RunAsync(rsync, ["-a", rsyncUrl, Path.Combine(bench.Root, $"copy-{round}")], cancellationToken)).Elapsed.TotalMilliseconds);
        }

        var still = await Workbench.MediansAsync(
            11,
            cancellationToken,
            (bench.Program, ["sync", "--quick", "--home", follower]),
            (bench.Program, ["sync", "--apply", "--home", follower]));

        List<double> changes = [];
        long wire = 0;
        for (var round = 0; round < 6; round++)
        {
            await File.WriteAllBytesAsync(
                Path.Combine(master, ".codex", "skills", "skill-02500", "SKILL.md"), Workbench.SkillText(1_000_000 + round, 4096), cancellationToken);
            await bench.CodexportAsync(master, cancellationToken, "master", "rebuild");

            // The first asks for JSON, to read the bytes; the others are timed in the same form as the sync without news.
            if (round == 0)
            {
                using var json = JsonDocument.Parse((await SyncChangeAsync(bench, follower, "\"applied\"", cancellationToken, "--json")).Output);
                wire = json.RootElement.GetProperty("bytesDownloaded").GetInt64();
            }
            else
            {
                changes.Add((await SyncChangeAsync(bench, follower, "Applied revision", cancellationToken)).Elapsed.TotalMilliseconds);
            }
        }

        var join = Workbench.Median(joins);
        var copy = Workbench.Median(copies);
        var change = Workbench.Median(changes);
        return
        [
            new($"first join of {Skills} skills / rsync -a", $"{join:0} ms", $"{copy:0} ms", join / copy, 2),
            new($"no-change 'sync --apply', {Skills} skills / quick", $"{still[1]:0} ms", $"{still[0]:0} ms", still[1] / still[0], 2),
            new("one change, time / no-change 'sync --apply'", $"{change:0} ms", $"{still[1]:0} ms", change / still[1], 5),
            new("one change, KB on the wire", $"{wire / 1024.0:0.0} KB", "-", wire / 1024.0, 64),
        ];
    }

    // The server takes up what was published in its own time; the run that brings the change is the one that counts.
    private static async Task<Run> SyncChangeAsync(
        Workbench bench, string follower, string sign, CancellationToken cancellationToken, params string[] form)
    {
        for (var attempt = 0; attempt < 50; attempt++)
        {
            var run = await bench.CodexportAsync(follower, cancellationToken, ["sync", "--apply", .. form]);
            if (run.Output.Contains(sign, StringComparison.Ordinal))
            {
                return run;
            }
        }

        throw new InvalidOperationException("The change did not arrive.");
    }

    /// <summary>Serves a folder by rsync, and gives its address.</summary>
    public static async Task<string> StartRsyncAsync(Workbench bench, string rsync, string source, CancellationToken cancellationToken)
    {
        var port = LoopbackPort.FindFree();
        var configuration = Path.Combine(bench.Root, "rsyncd.conf");
        var user = Environment.UserName == "root" ? "uid = root\ngid = root\n" : string.Empty;
        await File.WriteAllTextAsync(
            configuration, $"{user}use chroot = no\naddress = 127.0.0.1\n[codex]\npath = {source}\nread only = yes\n", cancellationToken);
        bench.StartServer(rsync, "--daemon", "--no-detach", "--config", configuration, "--port", port.ToString(CultureInfo.InvariantCulture));
        await Workbench.WaitForPortAsync(port, cancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"rsync://127.0.0.1:{port}/codex/");
    }
}
