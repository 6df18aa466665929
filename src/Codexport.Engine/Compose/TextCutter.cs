using System.Globalization;
using System.Text;
using Codexport.Engine.Toml;
using Codexport.Engine.Toml.Syntax;

namespace Codexport.Engine.Compose;

/// <summary>Cuts a document into blocks. Together they are its text, character for character.</summary>
internal sealed class TextCutter
{
    private readonly ConfigUnits _units;
    private readonly Dictionary<string, int> _seen = new(StringComparer.Ordinal);
    private readonly List<TextSection> _sections = [];
    private List<string> _lead = [];

    private TextCutter(ConfigUnits units) => _units = units;

    /// <summary>Cuts.</summary>
    /// <param name="document">The document.</param>
    /// <param name="units">Its units.</param>
    /// <param name="isLocal">Whether it is the follower's own text, where a comment right below a table belongs to that table.</param>
    internal static TextParts Cut(TomlDocument document, ConfigUnits units, bool isLocal = false)
    {
        var cutter = new TextCutter(units);
        cutter._sections.Add(new TextSection(string.Empty, null, document.Root, []));
        for (var element = document.Elements.First; element is not null; element = element.Next)
        {
            cutter.Add(element);
        }

        return BlockMarkers.Attach(
            new TextParts(cutter._sections, cutter._lead, document.ToString() is ['\uFEFF', ..] ? "\uFEFF" : string.Empty), isLocal);
    }

    private void Add(Element element)
    {
        var text = new StringBuilder();
        element.Write(text);
        switch (element)
        {
            case HeaderElement header:
                AddHeader(header, text.ToString());
                _lead = [];
                break;
            case KeyValueElement line:
                var keys = KeysOf(line.Key);
                _sections[^1].Items.Add(new TextBlock(
                    string.Join('\0', keys), _lead, text.ToString(), [.. _units.Covering(line.Value)], keys)
                { Tail = line.Tail.ToString() });
                _lead = [];
                break;
            default:
                _lead.Add(text.ToString());
                break;
        }
    }

    private void AddHeader(HeaderElement header, string text)
    {
        var keys = KeysOf(header.Key);
        var table = header.Section!.Table;
        var units = UnitsOf(table);
        var name = (header.IsArray ? "[[" : "[") + string.Join('\0', keys);

        // Elements of one list have the same header: the unit tells them apart, else their number does.
        name += units is [{ Element: { } element }] ? "\0#" + element : string.Empty;
        var number = _seen[name] = _seen.GetValueOrDefault(name) + 1;
        name += number == 1 ? string.Empty : "\0#" + number.ToString(CultureInfo.InvariantCulture);
        _sections.Add(new TextSection(name, new TextBlock(string.Empty, _lead, text, units, keys) { Tail = header.Tail.ToString() }, table, []));
    }

    // A header that only opens a table is not a unit's; one of a server, or of a list's element, is.
    private IReadOnlyList<UnitKey> UnitsOf(TomlTable table)
    {
        var units = _units.Covering(table).ToList();
        return units is [var only] && (only.Path.Count <= KeyDepth(table)) ? [only] : [];
    }

    private static int KeyDepth(TomlTable table) => table.Path.Count(segment => segment.Key is not null);

    private static string[] KeysOf(KeySyntax key) => [.. key.Parts.Select(part => part.Value)];
}
