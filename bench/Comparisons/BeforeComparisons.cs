namespace Codexport.Benchmarks.Comparisons;

/// <summary>
/// This build against an earlier one in one run: import, the hook's command and the quick sync. <c>CODEXPORT_BEFORE</c> names a checkout of
/// the earlier commit in which <c>dotnet build -c Release</c> was run.
/// </summary>
internal static class BeforeComparisons
{
    private const int Rounds = 31;

    public static async Task<IReadOnlyList<Outcome>> RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var before = Environment.GetEnvironmentVariable("CODEXPORT_BEFORE")
            ?? throw new NotHereException("CODEXPORT_BEFORE names no checkout of an earlier commit that was built");
        var pwsh = Workbench.Require(OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh");
        var ours = await SideAsync(bench, "now", Workbench.RepositoryRoot(), cancellationToken);
        var theirs = await SideAsync(bench, "before", before, cancellationToken);
        var times = await Workbench.MediansAsync(
            Rounds, cancellationToken,
            (pwsh, PowerShellComparisons.Command($"Import-Module '{ours.Module}'")), (pwsh, PowerShellComparisons.Command($"Import-Module '{theirs.Module}'")),
            (pwsh, Hook(ours)), (pwsh, Hook(theirs)),
            (ours.Program, ["sync", "--quick", "--home", ours.Follower]), (theirs.Program, ["sync", "--quick", "--home", theirs.Follower]));
        return
        [
            Row("'Import-Module Codexport', now / before", times[0], times[1]),
            Row("no-change hook in pwsh, now / before", times[2], times[3]),
            Row("no-change 'sync --quick', now / before", times[4], times[5]),
            new("gallery package, now / before", $"{ours.Package / 1e6:0.0} MB", $"{theirs.Package / 1e6:0.0} MB", ours.Package / theirs.Package, 2),
        ];
    }

    private static string[] Hook(Side side) => PowerShellComparisons.Command($"Import-Module '{side.Module}'; Sync-CodexportFollower -Quick -HomePath '{side.Follower}'");

    // Each side follows a master of its own version.
    private static async Task<Side> SideAsync(Workbench bench, string name, string root, CancellationToken cancellationToken)
    {
        var artifacts = Path.Combine(root, "artifacts");
        var program = Path.Combine(artifacts, "bin", "Codexport.Cli", "release", OperatingSystem.IsWindows() ? "codexport.exe" : "codexport");
        if (!File.Exists(program))
        {
            throw new NotHereException($"{program} is not built");
        }

        var master = bench.NewCodexHome($"master-{name}", 20);
        await Workbench.RunAsync(program, ["master", "init", "--home", master], cancellationToken);
        var (_, port) = await bench.StartMasterAsync(program, master, cancellationToken);
        var follower = bench.NewFolder($"follower-{name}");
        var link = await Workbench.JoinLinkAsync(program, master, port, cancellationToken);
        await Workbench.RunAsync(program, ["follower", "join", link, "--apply", "--home", follower], cancellationToken);
        var package = Directory.GetFiles(Path.Combine(artifacts, "package"), "Codexport.*.nupkg").Select(file => new FileInfo(file)).MaxBy(file => file.LastWriteTimeUtc);
        return new Side(program, Path.Combine(artifacts, "module", "Codexport"), follower, package?.Length ?? 0);
    }

    private static Outcome Row(string figure, double ours, double theirs) => new(figure, $"{ours:0} ms", $"{theirs:0} ms", ours / theirs, 1.1);

    private sealed record Side(string Program, string Module, string Follower, double Package);
}
