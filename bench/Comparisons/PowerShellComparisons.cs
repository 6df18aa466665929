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
        var hook = $"if (Import-Module Codexport -PassThru -ErrorAction Ignore) {{ Sync-CodexportFollower -Quick -HomePath '{follower}' }}";
        var times = await Workbench.MediansAsync(
            31,
            cancellationToken,
            (pwsh, Command("exit")),
            (pwsh, Command(hook)),
            (pwsh, Command("Import-Module Codexport")));
        return
        [
            new("no-change hook in pwsh / 'pwsh -c exit'", $"{times[1]:0} ms", $"{times[0]:0} ms", times[1] / times[0], 1.35),
            new("'Import-Module Codexport' over 'pwsh -c exit', ms", $"{times[2]:0} ms", $"{times[0]:0} ms", times[2] - times[0], 60),
        ];
    }

    /// <summary>How the hook starts pwsh.</summary>
    public static string[] Command(string text) => ["-NoProfile", "-NonInteractive", "-Command", text];
}
