using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Codexport.Engine.Codex.Hooks;

/// <summary>A member of an object.</summary>
/// <param name="Token">The name as it is spelled, with its quotation marks.</param>
/// <param name="Name">The name; the spelling where it is no Unicode.</param>
/// <param name="Value">The value.</param>
/// <param name="Start">Where the name begins in the text, in bytes; 0 for what was made here.</param>
internal sealed record RawMember(string Token, string Name, RawJson Value, int Start = 0);

/// <summary>
/// A JSON value that keeps what is not ours to change: numbers and texts in their spelling, members in their order, names that stand
/// there twice, texts that are no Unicode.
/// </summary>
internal sealed class RawJson
{
    /// <summary>How deep values may be nested.</summary>
    internal const int MaxDepth = 512;

    private string? _key;

    private RawJson(JsonValueKind kind, string token, string? text, IReadOnlyList<RawMember> members, IReadOnlyList<RawJson> items)
        => (Kind, Token, Text, Members, Items) = (kind, token, text, members, items);

    /// <summary>What it is.</summary>
    internal JsonValueKind Kind { get; }

    /// <summary>How a value without parts is spelled.</summary>
    internal string Token { get; }

    /// <summary>What a text says; null for all else, and for what is no Unicode.</summary>
    internal string? Text { get; }

    /// <summary>The members of an object; none for all else.</summary>
    internal IReadOnlyList<RawMember> Members { get; }

    /// <summary>The items of a list; none for all else.</summary>
    internal IReadOnlyList<RawJson> Items { get; }

    internal bool IsObject => Kind == JsonValueKind.Object;

    internal bool IsList => Kind == JsonValueKind.Array;

    /// <summary>The same for the same value, in whatever order an object's members stand and however texts are spelled.</summary>
    internal string Key => _key ??= Kind switch
    {
        JsonValueKind.Object => $"{{{string.Join(',', Members.OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => $"{Counted(member.Name)}:{member.Value.Key}"))}}}",
        JsonValueKind.Array => $"[{string.Join(',', Items.Select(item => item.Key))}]",
        JsonValueKind.String when Text is not null => Counted(Text),
        _ => Token,
    };

    /// <summary>A member's value, the last where there are several; null where there is none.</summary>
    internal RawJson? this[string name] => Members.LastOrDefault(member => member.Name == name)?.Value;

    /// <summary>Reads a text.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    internal static RawJson Parse(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        reader.Read();
        var value = Read(ref reader);

        // What follows the value, if anything does, is an error.
        reader.Read();
        return value;
    }

    internal static RawJson Object(IEnumerable<RawMember> members) => new(JsonValueKind.Object, string.Empty, null, [.. members], []);

    internal static RawJson List(IEnumerable<RawJson> items) => new(JsonValueKind.Array, string.Empty, null, [], [.. items]);

    /// <summary>The text for a file.</summary>
    internal string ToText()
    {
        var text = new StringBuilder();
        Print(text, 0);
        return text.Append('\n').ToString();
    }

    /// <summary>The text that a reader stands on; null where it is no Unicode.</summary>
    internal static string? TryDecode(Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half of a pair of surrogates: JSON allows it, no text can hold it.
            return null;
        }
    }

    private static RawJson Read(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var members = new List<RawMember>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var (start, token) = ((int)reader.TokenStartIndex, Quoted(reader));
                    var name = TryDecode(reader) ?? token;
                    reader.Read();
                    members.Add(new RawMember(token, name, Read(ref reader), start));
                }

                return Object(members);
            case JsonTokenType.StartArray:
                var items = new List<RawJson>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(Read(ref reader));
                }

                return List(items);
            case JsonTokenType.String:
                return new RawJson(JsonValueKind.String, Quoted(reader), TryDecode(reader), [], []);
            default:
                var kind = reader.TokenType switch
                {
                    JsonTokenType.Number => JsonValueKind.Number,
                    JsonTokenType.True => JsonValueKind.True,
                    JsonTokenType.False => JsonValueKind.False,
                    _ => JsonValueKind.Null,
                };
                return new RawJson(kind, Encoding.UTF8.GetString(reader.ValueSpan), null, [], []);
        }
    }

    private static string Quoted(Utf8JsonReader reader) => $"\"{Encoding.UTF8.GetString(reader.ValueSpan)}\"";

    private static string Counted(string text) => string.Create(CultureInfo.InvariantCulture, $"\"{text.Length}\"{text}");

    private void Print(StringBuilder text, int depth)
    {
        if (!IsObject && !IsList)
        {
            text.Append(Token);
            return;
        }

        text.Append(IsObject ? '{' : '[');
        var count = IsObject ? Members.Count : Items.Count;
        for (var index = 0; index < count; index++)
        {
            text.Append(index > 0 ? "," : string.Empty).Append('\n').Append(' ', (depth + 1) * 2);
            if (IsObject)
            {
                text.Append(Members[index].Token).Append(": ");
            }

            (IsObject ? Members[index].Value : Items[index]).Print(text, depth + 1);
        }

        if (count > 0)
        {
            text.Append('\n').Append(' ', depth * 2);
        }

        text.Append(IsObject ? '}' : ']');
    }
}
