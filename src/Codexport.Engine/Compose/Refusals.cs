using Codexport.Engine.Errors;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Compose;

/// <summary>Makes the one error that stops an apply out of what was found, the gravest first.</summary>
internal static class Refusals
{
    private const int Shown = 10;

    internal static CodexportException? For(CompositionReport report, LocalSettings settings)
    {
        if (report.Errors.Count > 0)
        {
            return report.Errors[0];
        }

        if (report.LinksInTheWay.Count > 0)
        {
            return Links(report.LinksInTheWay);
        }

        if (report.Conflicts.Count > 0)
        {
            return Conflicts(report);
        }

        if (report.ToAdopt.Count > 0)
        {
            return Adoption(report);
        }

        return settings.OnDrift == DriftPolicy.Fail && report.Drift.Count > 0 ? Drift(report.Drift) : null;
    }

    private static CodexportException Conflicts(CompositionReport report)
    {
        var notes = report.Conflicts.Select(conflict => conflict.Note!).ToList();
        return new CodexportException(
            ErrorCode.NameConflict,
            $"{Count(notes.Count, "name is", "names are")} claimed by this follower and by the master: {List(notes.Select(note => note.TrimEnd('.')))}.",
            "Nothing was changed. Rename what is yours, or allow it to win as said, then sync again; 'codexport diff' shows both sides.",
            report.Conflicts[0].Key ?? report.Conflicts[0].Path)
        {
            Details =
            [
                .. report.Conflicts.Select(conflict => KeyValuePair.Create(
                    "conflict", $"{conflict.Path}{(conflict.Key is null ? "" : ": " + conflict.Key)}; here {conflict.Before}; master {conflict.After}")),
            ],
        };
    }

    private static CodexportException Adoption(CompositionReport report)
    {
        var paths = report.ToAdopt;
        var links = report.LinksToAdopt;
        var named = paths.Select(path => links.TryGetValue(path, out var target) ? $"{path} (a link to '{target}')" : path);
        return new CodexportException(
            ErrorCode.AdoptionRequired,
            $"{(paths.Count == 1 ? "1 file is here already and differs" : $"{paths.Count} files are here already and differ")} from the master's: {List(named)}.",
            "Nothing was changed. Run again with --adopt to back them up and take the master's, or move them away."
                + (links.Count == 0 ? string.Empty : " A link makes way for a file; what it leads to stays as it is."),
            paths[0])
        {
            Details = [.. paths.Select(path => KeyValuePair.Create("file", path)), .. links.Select(link => KeyValuePair.Create("link", $"{link.Key} -> {link.Value}"))],
        };
    }

    private static CodexportException Links(SortedDictionary<string, string> links) => new(
        ErrorCode.PathBlocked,
        $"{(links.Count == 1 ? "1 symbolic link stands" : $"{links.Count} symbolic links stand")} where the master's files go: "
            + $"{List(links.Select(link => $"'{link.Key}', which leads to '{link.Value}'"))}. Codexport writes through no link.",
        "Nothing was changed. Put a folder or file of its own in the place of each link. Skills of your own that it leads to can lie under skills in ~/.codexport.",
        links.First().Key)
    {
        Details = [.. links.Select(link => KeyValuePair.Create("link", $"{link.Key} -> {link.Value}"))],
    };

    private static CodexportException Drift(List<string> drift) => new(
        ErrorCode.DriftRefused,
        $"{Count(drift.Count, "thing", "things")} that the master manages {(drift.Count == 1 ? "was" : "were")} changed here: {List(drift)}.",
        "Nothing was changed. Undo the changes, list keys under keep, or set onDrift to \"canonical\" or \"keep\" in local.toml.",
        drift[0])
    {
        Details = [.. drift.Select(item => KeyValuePair.Create("drift", item))],
    };

    private static string Count(int count, string one, string many) => count == 1 ? $"1 {one}" : $"{count} {many}";

    private static string List(IEnumerable<string> items)
    {
        var all = items.ToList();
        return string.Join("; ", all.Take(Shown)) + (all.Count > Shown ? $"; and {all.Count - Shown} more" : string.Empty);
    }
}
