namespace Codexport.Benchmarks.Comparisons;

/// <summary>
/// The native program of a release against the one that is compiled ahead of time: <c>build/release --dry-run</c> makes it, or
/// <c>CODEXPORT_NATIVE</c> names it. By processor time, which other work on the machine disturbs least.
/// </summary>
internal static class NativeComparisons
{
    private const int Rounds = 21;
    private const int JoinRounds = 5;

    public static async Task<IReadOnlyList<Outcome>> RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new NotHereException("processor times of children are asked of getrusage");
        }

        var native = FindNative();
        var master = bench.NewCodexHome("master", 5000);
        await bench.CodexportAsync(master, cancellationToken, "master", "init");
        var (server, port) = await bench.StartMasterAsync(native, master, cancellationToken);
        var follower = bench.NewFolder("follower");
        await bench.CodexportAsync(follower, cancellationToken, "follower", "join", await bench.JoinLinkAsync(master, port, cancellationToken), "--apply");
        var atRestLarge = await RestingMemoryAsync(server.Id, cancellationToken);
        var small = bench.NewCodexHome("small", 20);
        await bench.CodexportAsync(small, cancellationToken, "master", "init");
        var (smallServer, _) = await bench.StartMasterAsync(native, small, cancellationToken);
        var atRest = await RestingMemoryAsync(smallServer.Id, cancellationToken);

        string[] version = ["--version"];
        string[] quick = ["sync", "--quick", "--home", follower];
        string[] apply = ["sync", "--apply", "--home", follower];
        var times = await Workbench.ProcessorMediansAsync(
            Rounds, cancellationToken,
            (native, version), (bench.Program, version), (native, quick), (bench.Program, quick), (native, apply), (bench.Program, apply));

        var rsync = Workbench.Require("rsync");
        var source = await FollowerComparisons.StartRsyncAsync(bench, rsync, Path.Combine(master, ".codex"), cancellationToken);
        var link = await bench.JoinLinkAsync(master, port, cancellationToken);
        List<(double Processor, double Elapsed)> joins = [], others = [];
        List<double> copies = [];
        for (var round = 0; round < JoinRounds; round++)
        {
            joins.Add(await JoinAsync(native, bench.NewFolder($"native-{round}")));
            others.Add(await JoinAsync(bench.Program, bench.NewFolder($"other-{round}")));
            copies.Add((await Workbench.RunAsync(rsync, ["-a", source, Path.Combine(bench.Root, $"copy-{round}")], cancellationToken)).Elapsed.TotalMilliseconds);
        }

        var (join, copy) = (Workbench.Median([.. joins.Select(run => run.Elapsed)]), Workbench.Median(copies));
        return
        [
            Row("'--version', native / ahead of time", times[0], times[1], 1),
            Row("no-change 'sync --quick', native / ahead of time", times[2], times[3], 0.2),
            Row("no-change 'sync --apply', 5000 skills, native / ahead of time", times[4], times[5], 1),
            Row(
                "first join of 5000 skills, native / ahead of time",
                Workbench.Median([.. joins.Select(run => run.Processor)]), Workbench.Median([.. others.Select(run => run.Processor)]), 1),
            new("first join of 5000 skills, native / rsync -a, time", $"{join:0} ms", $"{copy:0} ms", join / copy, 1.2),
            new("native server's memory at rest, MB", $"{atRest:0.0} MB", "-", atRest, 40),
            new("native server's memory at rest, 5000 skills, MB", $"{atRestLarge:0.0} MB", "-", atRestLarge, 80),
        ];

        async Task<(double Processor, double Elapsed)> JoinAsync(string program, string home)
        {
            var before = ChildTimes.Read();
            var run = await Workbench.RunAsync(program, ["follower", "join", link, "--apply", "--home", home], cancellationToken);
            return ((ChildTimes.Read() - before).TotalMilliseconds, run.Elapsed.TotalMilliseconds);
        }
    }

    /// <summary>The native program.</summary>
    public static string FindNative()
    {
        var folder = Path.Combine(Workbench.RepositoryRoot(), "artifacts", "release", "native");
        return Environment.GetEnvironmentVariable("CODEXPORT_NATIVE")
            ?? (Directory.Exists(folder) ? Directory.GetFiles(folder, "codexport", SearchOption.AllDirectories).FirstOrDefault() : null)
            ?? throw new NotHereException("there is no native program: run 'build/release --dry-run' first, or name one in CODEXPORT_NATIVE");
    }

    // After the join it has nothing to do; the collector gives back what it does not need within seconds.
    private static async Task<double> RestingMemoryAsync(int processId, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(5), cancellationToken);
        return Workbench.MemoryOf(processId) / 1e6;
    }

    private static Outcome Row(string figure, double ours, double peer, double limit)
        => new(figure, $"{ours:0.0} ms", $"{peer:0.0} ms", ours / peer, limit);
}
