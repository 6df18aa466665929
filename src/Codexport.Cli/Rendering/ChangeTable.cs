using Codexport.Engine.Results;

namespace Codexport.Cli.Rendering;

/// <summary>Changes with their reasons, as a table and the notes that belong to it.</summary>
internal static class ChangeTable
{
    private const int MostNames = 3;

    /// <summary>Writes the changes; beyond <paramref name="most"/>, those that only bring the master's content are counted instead.</summary>
    public static void Write(IReadOnlyList<ChangeInfo> changes, TextWriter writer, int most = int.MaxValue)
    {
        var shown = changes.Count <= most ? changes : [.. changes.Where(change => change.Reason != ChangeReason.Canonical)];
        if (shown.Count > 0)
        {
            var table = new Table("ACTION", "WHY", "PATH", "KEY", "FROM", "TO");
            foreach (var change in shown)
            {
                table.Add(
                    change.Action.ToString().ToLowerInvariant(), Why(change.Reason), change.Path, change.Key ?? string.Empty,
                    change.Before ?? string.Empty, change.After ?? string.Empty);
            }

            table.Write(writer);
        }

        foreach (var same in shown.Where(change => change.Note is not null).GroupBy(change => change.Note!))
        {
            writer.WriteLine($"{Text.Printable(Names([.. same.Select(Name).Distinct()]))}: {Text.Printable(same.Key)}");
        }

        if (shown.Count < changes.Count)
        {
            writer.WriteLine($"{Text.Count(changes.Count - shown.Count, "further change")} from the master; --json lists every one.");
        }
    }

    private static string Name(ChangeInfo change) => change.Key is null ? change.Path : $"{change.Path}, {change.Key}";

    private static string Names(List<string> names) => names.Count <= MostNames
        ? string.Join("; ", names)
        : $"{string.Join("; ", names.Take(MostNames))} and {Text.Count(names.Count - MostNames, "other")}";

    private static string Why(ChangeReason reason) => reason switch
    {
        ChangeReason.Canonical => "canonical",
        ChangeReason.KeptLocal => "kept local",
        _ => reason.ToString().ToLowerInvariant(),
    };
}
