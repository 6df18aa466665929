namespace Codexport.Cli.Rendering;

/// <summary>A plain text table: columns as wide as their longest cell, two spaces apart, numbers to the right.</summary>
/// <param name="headers">The column heads; one that begins with <c>&gt;</c> is aligned to the right.</param>
internal sealed class Table(params string[] headers)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row with one cell a column.</summary>
    public void Add(params string[] cells) => _rows.Add(Array.ConvertAll(cells, Text.Printable));

    /// <summary>Writes the table.</summary>
    public void Write(TextWriter writer)
    {
        var heads = Array.ConvertAll(headers, header => header.TrimStart('>'));
        var widths = new int[headers.Length];
        foreach (var row in _rows.Prepend(heads))
        {
            for (var column = 0; column < widths.Length; column++)
            {
                widths[column] = Math.Max(widths[column], row[column].Length);
            }
        }

        foreach (var row in _rows.Prepend(heads))
        {
            var cells = row.Select((cell, column) => headers[column].StartsWith('>') ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            writer.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }
}
