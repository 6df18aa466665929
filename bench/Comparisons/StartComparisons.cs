namespace Codexport.Benchmarks.Comparisons;

/// <summary>What a quick sync without news costs, against the bare start of the same program.</summary>
internal static class StartComparisons
{
    public static async Task<IReadOnlyList<Outcome>> RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var master = bench.NewCodexHome("master", 20);
        await bench.CodexportAsync(master, cancellationToken, "master", "init");
        var (_, port) = await bench.StartMasterAsync(master, cancellationToken);
        var follower = bench.NewFolder("follower");
        await bench.CodexportAsync(follower, cancellationToken, "follower", "join", await bench.JoinLinkAsync(master, port, cancellationToken), "--apply");
        var times = await Workbench.MediansAsync(
            21,
            cancellationToken,
            (bench.Program, ["--version"]),
            (bench.Program, ["sync", "--quick", "--home", follower]));
        return [new("no-change 'sync --quick' / '--version'", $"{times[1]:0} ms", $"{times[0]:0} ms", times[1] / times[0], 2.2)];
    }
}
