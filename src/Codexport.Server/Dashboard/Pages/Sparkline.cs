using Codexport.Engine.Results;

namespace Codexport.Server.Dashboard.Pages;

/// <summary>The last syncs of a follower as a row of bars: how much each was, and which failed. Failures differ by form, not by colour alone.</summary>
internal static class Sparkline
{
    private const int Slots = 20;
    private const int Step = 5;
    private const int Height = 20;

    /// <summary>The picture; a dash where nothing is known.</summary>
    public static Html Of(IReadOnlyList<FollowerSync>? syncs)
    {
        if (syncs is not { Count: > 0 })
        {
            return Html.Of($"""<span class="faint">–</span>""");
        }

        var last = syncs.Skip(syncs.Count - Slots).ToList();
        var failed = last.Count(sync => sync.Error is not null);
        var label = $"{Words.Count(last.Count, "sync")}, {(failed == 0 ? "none failed" : $"{failed} failed")}";
        var first = Slots - last.Count;
        var most = Math.Log2(2 + last.Max(sync => sync.Bytes));
        return Html.Of($"""
            <svg class="spark" width="{Slots * Step}" height="{Height}" viewBox="0 0 {Slots * Step} {Height}" role="img" aria-label="{label}"><title>{label}</title>{Html.Each(
                last.Select((sync, index) => (sync, index)), item => Bar(item.sync, (first + item.index) * Step, most))}</svg>
            """);
    }

    private static Html Bar(FollowerSync sync, int x, double most)
    {
        if (sync.Error is not null)
        {
            return Html.Of($"""<path class="bad" d="M{x} 2l4 4m0-4l-4 4"/><rect class="bad" x="{x + 1}" y="9" width="2" height="11"/>""");
        }

        var height = 4 + (int)Math.Round((Height - 4) * Math.Log2(2 + sync.Bytes) / most);
        height = Math.Min(Height, height);
        return Html.Of($"""<rect class="good" x="{x}" y="{Height - height}" width="4" height="{height}" rx="1"/>""");
    }
}
