using Codexport.Tests.Cli;

namespace Codexport.Tests.Architecture;

/// <summary>The table of the engine's folders in <c>docs/architecture.md</c>: each may use the folders that its row names, all above it.</summary>
internal sealed class LayerTable
{
    private const string Heading = "## The engine's folders";
    private readonly List<Row> _rows;

    private LayerTable(List<Row> rows) => _rows = rows;

    public IReadOnlyList<Row> Rows => _rows;

    public static LayerTable Read()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md"));
        var start = text.IndexOf(Heading, StringComparison.Ordinal);
        Assert.True(start >= 0, $"'{Heading}' is not in docs/architecture.md.");
        var section = text[(start + Heading.Length)..];
        section = section[..section.IndexOf("\n## ", StringComparison.Ordinal)];
        return new LayerTable([.. section.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(Row.Parse)]);
    }

    /// <summary>The folder that a namespace of the engine is; the engine's own namespace is <c>.</c>.</summary>
    public static string FolderOf(string fullName)
    {
        var parts = fullName.Split('.')[2..^1];
        return parts.Length == 0 ? "." : string.Join('/', parts);
    }

    /// <summary>The row of a folder: its own, or that of the folder which it stands in.</summary>
    public int IndexOf(string folder)
    {
        for (var name = folder; name.Length > 0; name = name.Contains('/', StringComparison.Ordinal) ? name[..name.LastIndexOf('/')] : string.Empty)
        {
            if (_rows.FindIndex(row => row.Folder == name) is >= 0 and var index)
            {
                return index;
            }
        }

        return -1;
    }

    /// <summary>Whether a name in the last column means a row: that row itself, or all rows in a folder that has no row of its own.</summary>
    public bool Means(string use, Row row)
        => row.Folder == use || (!_rows.Exists(other => other.Folder == use) && row.Folder.StartsWith(use + "/", StringComparison.Ordinal));

    /// <summary>A folder and those that it may use.</summary>
    internal sealed record Row(string Folder, IReadOnlyList<string> Uses)
    {
        public static Row Parse(string line)
        {
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            return new Row(
                cells[1].Trim('`').TrimEnd('/'),
                [.. cells[3].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)]);
        }

    }
}
