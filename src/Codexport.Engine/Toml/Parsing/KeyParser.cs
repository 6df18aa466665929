using Codexport.Engine.Toml.Syntax;

namespace Codexport.Engine.Toml.Parsing;

/// <summary>Reads keys: bare, quoted, dotted.</summary>
internal sealed class KeyParser(Scanner scanner)
{
    private const int KnownLimit = 1024;

    private readonly List<KeyPart> _parts = [];

    /// <summary>Documents use few words as keys, each many times: one string for each.</summary>
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Reads a key and stops right behind its last part.</summary>
    /// <param name="depth">How deep the table lies that the key counts from.</param>
    internal KeySyntax Parse(int depth)
    {
        _parts.Clear();
        var leadingStart = scanner.Position;
        while (true)
        {
            if (depth + _parts.Count >= TomlDocument.MaxDepth)
            {
                throw scanner.Fail($"tables and arrays may be nested {TomlDocument.MaxDepth} deep at most");
            }

            _parts.Add(ParsePart(scanner.SliceFrom(leadingStart)));
            leadingStart = scanner.Position;
            scanner.SkipBlanks();
            if (scanner.Current != '.')
            {
                scanner.Position = leadingStart;
                return new KeySyntax([.. _parts]);
            }

            scanner.Position++;
            scanner.SkipBlanks();
        }
    }

    internal KeyPart ParsePart(ReadOnlyMemory<char> leading)
    {
        var start = scanner.Position;
        var location = scanner.LocationOf(start);
        if (scanner.Current is '"' or '\'')
        {
            StringParser.ReadSingleLine(scanner, null);
            var quoted = scanner.SliceFrom(start);
            return new KeyPart(leading, quoted, StringParser.Decode(quoted), location);
        }

        var length = scanner.Rest.IndexOfAnyExcept(TomlText.BareKey);
        scanner.Position = length < 0 ? scanner.Text.Length : start + length;
        if (scanner.Position == start)
        {
            throw scanner.Fail("a key is expected here: letters, digits, - and _, or any text in quotes");
        }

        var raw = scanner.SliceFrom(start);
        return new KeyPart(leading, raw, Intern(raw.Span), location);
    }

    private string Intern(ReadOnlySpan<char> key)
    {
        var lookup = _known.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(key, out var known))
        {
            known = key.ToString();
            if (_known.Count < KnownLimit)
            {
                _known.Add(known);
            }
        }

        return known;
    }
}
