using System.Globalization;

namespace Codexport.Benchmarks.Comparisons;

/// <summary>Runs the comparisons and prints a table; the exit code is 1 when a figure is not reached.</summary>
internal static class ComparisonSuite
{
    private static readonly Comparison[] All =
    [
        new("start", StartComparisons.RunAsync),
        new("native", NativeComparisons.RunAsync),
        new("before", BeforeComparisons.RunAsync),
        new("pwsh", PowerShellComparisons.RunAsync),
        new("toml", TomlComparisons.RunAsync),
        new("session", SessionComparisons.RunAsync),
        new("follower", FollowerComparisons.RunAsync),
        new("rebuild", RebuildComparisons.RunAsync),
        new("server", ServerComparisons.RunAsync),
        new("dashboard", DashboardComparisons.RunAsync),
        new("memory", MemoryComparisons.RunAsync),
        new("load", LoadComparisons.RunAsync),
        new("abuse", AbuseComparisons.RunAsync),
        new("soak", SoakComparisons.RunAsync),
        new("idle", SoakComparisons.RunIdleAsync),
    ];

    public static async Task<int> RunAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var missed = 0;
        Console.WriteLine($"{"figure",-58} {"ours",16} {"peer",16} {"value",8} {"limit",9}");
        foreach (var comparison in All.Where(comparison => names.Count == 0 || names.Contains(comparison.Name)))
        {
            await using var bench = new Workbench();
            try
            {
                foreach (var outcome in await comparison.RunAsync(bench, cancellationToken))
                {
                    missed += outcome.IsReached ? 0 : 1;
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{outcome.Figure,-58} {outcome.Ours,16} {outcome.Peer,16} {outcome.Value,8:0.00} {(outcome.AtLeast ? ">=" : "<=") + outcome.Limit.ToString("0.##", CultureInfo.InvariantCulture),9}{(outcome.IsReached ? "" : "  MISSED")}"));
                }
            }
            catch (NotHereException missing)
            {
                Console.WriteLine($"{comparison.Name}: skipped, {missing.Message}");
            }
        }

        return missed == 0 ? 0 : 1;
    }
}
