using System.Diagnostics;
using System.Runtime;
using System.Text;
using Codexport.Tests.Shared;

namespace Codexport.Benchmarks.Comparisons;

/// <summary>TOML of ten times the size, and ten times the edits on it: the time grows with the size and no more.</summary>
internal static class TomlComparisons
{
    private const long NoCollectionWithin = 200L << 20;

    private const double LargestRatio = 12;

    /// <summary>Ten times the edits on ten times the document: 100 if each edit walked the document, near 10 if none does. Between the two
    /// lies what larger data costs in cache misses.</summary>
    private const double LargestRatioOfEdits = 40;

    public static Task<IReadOnlyList<Outcome>> RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        List<Outcome> outcomes = [];
        foreach (var shape in LargeToml.Shapes)
        {
            var count = shape is "mixed" ? 400 : 2_000;
            var (small, large) = (Encoding.UTF8.GetBytes(LargeToml.Make(shape, count)), Encoding.UTF8.GetBytes(LargeToml.Make(shape, count * 10)));
            outcomes.Add(Compare($"parse and print {shape}", LargestRatio, () => LargeToml.ParseAndPrint(small), () => LargeToml.ParseAndPrint(large)));
            cancellationToken.ThrowIfCancellationRequested();
        }

        var (texts, moreTexts) = (LargeToml.Make("mixed", 500), LargeToml.Make("mixed", 5_000));
        foreach (var kind in LargeToml.Edits)
        {
            outcomes.Add(Compare(
                $"edits of the kind {kind}", LargestRatioOfEdits, () => LargeToml.EditAll(kind, texts, 500), () => LargeToml.EditAll(kind, moreTexts, 5_000)));
            cancellationToken.ThrowIfCancellationRequested();
        }

        return Task.FromResult<IReadOnlyList<Outcome>>(outcomes);
    }

    /// <summary>
    /// The best of several rounds, since disturbances only ever add time. The small one is run ten times with its results
    /// kept, so that both sides have as much memory to look after: otherwise the garbage collector's first run alone decides. Sizes are
    /// such that both fit into the processor's cache, whose end would show as a bend that is not the parser's.
    /// </summary>
    private static Outcome Compare(string figure, double limit, Func<object> small, Func<object> large)
    {
        var bestSmall = TimeSpan.MaxValue;
        var bestLarge = TimeSpan.MaxValue;
        for (var round = 0; round < 10; round++)
        {
            bestSmall = Min(bestSmall, Time(small, 10) / 10);
            bestLarge = Min(bestLarge, Time(large, 1));
        }

        return new($"{figure}, ten times larger", $"{bestLarge.TotalMilliseconds:0.00} ms", $"{bestSmall.TotalMilliseconds:0.00} ms", bestLarge / bestSmall, limit);
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Time(Func<object> act, int runs)
    {
        var kept = new object[runs];
        GC.Collect();

        // A collection looks through what was left behind before, which is not the parser's time.
        _ = GC.TryStartNoGCRegion(NoCollectionWithin);
        try
        {
            var before = Now();
            for (var i = 0; i < runs; i++)
            {
                kept[i] = act();
            }

            return Now() - before;
        }
        finally
        {
            if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
            {
                GC.EndNoGCRegion();
            }

            GC.KeepAlive(kept);
        }
    }

    /// <summary>The process's own time where the system counts it finely: a busy machine does not add to that.</summary>
    private static TimeSpan Now() => OperatingSystem.IsWindows() ? Stopwatch.GetElapsedTime(0) : Environment.CpuUsage.TotalTime;
}
