using System.Diagnostics;
using System.Globalization;

namespace Codexport.Benchmarks.Comparisons;

/// <summary>One change among 50,000 files: a rebuild against <c>find -newer</c>, and how soon the watcher has it in service.</summary>
internal static class RebuildComparisons
{
    private const int Skills = 50_000;

    public static async Task<IReadOnlyList<Outcome>> RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var find = Workbench.Require("find");
        var master = bench.NewCodexHome("master", Skills, 256);
        var codex = Path.Combine(master, ".codex");
        await bench.CodexportAsync(master, cancellationToken, "master", "init");

        // Past the time in which a file's time cannot tell whether it changed after it was read.
        await Task.Delay(2500, cancellationToken);
        await bench.CodexportAsync(master, cancellationToken, "master", "rebuild");
        List<double> rebuilds = [];
        List<double> finds = [];
        for (var round = 0; round < 7; round++)
        {
            var stamp = Path.Combine(bench.Root, "stamp");
            await File.WriteAllTextAsync(stamp, "x", cancellationToken);
            await Task.Delay(20, cancellationToken);
            await ChangeAsync(codex, round, cancellationToken);
            finds.Add((await Workbench.RunAsync(find, [codex, "-newer", stamp], cancellationToken)).Elapsed.TotalMilliseconds);
            var run = await bench.CodexportAsync(master, cancellationToken, "master", "rebuild", "--json");
            if (!run.Output.Contains("published", StringComparison.Ordinal))
            {
                throw new InvalidOperationException("The change was not published: " + run.Output);
            }

            rebuilds.Add(run.Elapsed.TotalMilliseconds);
        }

        var rebuild = Workbench.Median(rebuilds);
        var peer = Workbench.Median(finds);
        var delay = await WatchAsync(bench, master, codex, cancellationToken);
        return
        [
            new("rebuild after one change in 50,000 files / find -newer", $"{rebuild:0} ms", $"{peer:0} ms", rebuild / peer, 4),
            new("in service after a save, from the watcher, s", $"{delay:0.00} s", "-", delay, 0.5),
        ];
    }

    private static Task ChangeAsync(string codex, int round, CancellationToken cancellationToken)
        => File.WriteAllBytesAsync(Path.Combine(codex, "skills", "skill-25000", "SKILL.md"), Workbench.SkillText(1_000_000 + round, 256), cancellationToken);

    private static async Task<double> WatchAsync(Workbench bench, string master, string codex, CancellationToken cancellationToken)
    {
        var (_, port) = await bench.StartMasterAsync(master, cancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")) };

        // The watcher needs its watches set up over all folders.
        await Task.Delay(4000, cancellationToken);
        List<double> delays = [];
        for (var round = 0; round < 5; round++)
        {
            var before = await client.GetStringAsync("/v1/head", cancellationToken);
            await ChangeAsync(codex, 100 + round, cancellationToken);
            var watch = Stopwatch.StartNew();
            while (await client.GetStringAsync("/v1/head", cancellationToken) == before)
            {
                if (watch.Elapsed > TimeSpan.FromSeconds(30))
                {
                    throw new InvalidOperationException("The watcher did not publish the change.");
                }

                await Task.Delay(5, cancellationToken);
            }

            delays.Add(watch.Elapsed.TotalSeconds);
            await Task.Delay(500, cancellationToken);
        }

        return Workbench.Median(delays);
    }
}
