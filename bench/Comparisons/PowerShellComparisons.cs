namespace Codexport.Benchmarks.Comparisons;

/// <summary>The hook's command under a real pwsh, and the cost of importing the module, against an empty pwsh.</summary>
internal static class PowerShellComparisons
{
    public static async Task<IReadOnlyList<Outcome>> RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var pwsh = Workbench.Require(OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh");
        var master = bench.NewCodexHome("master", 20);
        await bench.CodexportAsync(master, cancellationToken, "master", "init");
        var (_, port) = await bench.StartMasterAsync(master, cancellationToken);
        var follower = bench.NewFolder("follower");
        await bench.CodexportAsync(follower, cancellationToken, "follower", "join", await bench.JoinLinkAsync(master, port, cancellationToken), "--apply");

        // The module is found by name, as it is when installed.
        Environment.SetEnvironmentVariable("PSModulePath", Path.Combine(Workbench.RepositoryRoot(), "artifacts", "module"));
        var times = await Workbench.MediansAsync(
            31,
            cancellationToken,
            (pwsh, ["-NoProfile", "-c", "exit"]),
            (pwsh, ["-NoProfile", "-NonInteractive", "-Command", $"Sync-CodexportFollower -Quick -HomePath '{follower}'"]),
            (pwsh, ["-NoProfile", "-c", "Import-Module Codexport"]));
        return
        [
            new("no-change 'Sync-CodexportFollower -Quick' / 'pwsh -c exit'", $"{times[1]:0} ms", $"{times[0]:0} ms", times[1] / times[0], 1.5),
            new("'Import-Module Codexport' over 'pwsh -c exit', ms", $"{times[2]:0} ms", $"{times[0]:0} ms", times[2] - times[0], 60),
        ];
    }
}
