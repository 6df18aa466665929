using System.Text;
using System.Text.Json;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;

namespace Codexport.Engine.HookSetup;

/// <summary>
/// Adds and removes groups of one event in <c>hooks.json</c> by inserting and cutting text: every byte of the rest stays, however it is
/// laid out.
/// </summary>
internal static class HooksJsonEditor
{
    private static readonly byte[] EmptyFile = "{}\n"u8.ToArray();

    /// <summary>Inserts a group as the first of its event; makes event, table and file where they are missing.</summary>
    public static byte[] InsertFirst(byte[]? content, HookHandler handler, string path)
    {
        var isNew = content is null || content.AsSpan().Trim(" \t\r\n"u8).IsEmpty;
        var bytes = isNew ? EmptyFile : content!;
        var places = Locate(bytes, path);
        var style = isNew ? new Layout("\n", "  ", IsCompact: false) : Layout.Of(bytes);
        var (open, depth, wrap) = (places.Event, places.Hooks) switch
        {
            ({ } list, _) => (list, 3, (Func<Json, Json>)(group => group)),
            (null, { } hooks) => (hooks, 2, group => new Json(CodexportHook.Event, [group], IsArray: true)),
            _ => (places.Root, 1, group => new Json("hooks", [new Json(handler.Event, [group], IsArray: true)], IsArray: false)),
        };
        var item = wrap(Group(handler));
        return Insert(bytes, open, item, depth, style);
    }

    /// <summary>Cuts a group out of its event; an event that is empty then goes with it.</summary>
    public static byte[] Remove(byte[] content, string eventName, int groupIndex, string path)
    {
        var places = Locate(content, path, eventName);
        if (places.Groups.Count <= groupIndex)
        {
            return content;
        }

        if (places.Groups.Count == 1 && places.EventMember is { } member)
        {
            return Cut(content, member.Start, member.End);
        }

        var (start, end) = places.Groups[groupIndex];
        return Cut(content, start, end);
    }

    private static byte[] Cut(byte[] content, int start, int end)
    {
        // With the comma behind it and the blanks up to the next one, or as the last with the comma before it.
        var next = SkipBlanks(content, end);
        if (next < content.Length && content[next] == ',')
        {
            return [.. content[..start], .. content[SkipBlanks(content, next + 1)..]];
        }

        var before = start;
        while (before > 0 && IsBlank(content[before - 1]))
        {
            before--;
        }

        before = before > 0 && content[before - 1] == ',' ? before - 1 : before;
        return [.. content[..before], .. content[end..]];
    }

    private static byte[] Insert(byte[] bytes, int open, Json item, int depth, Layout style)
    {
        var next = SkipBlanks(bytes, open);
        var isEmpty = bytes[next] is (byte)'}' or (byte)']';
        var blanks = Encoding.UTF8.GetString(bytes, open, next - open);
        string text;
        if (!isEmpty && !blanks.Contains('\n', StringComparison.Ordinal))
        {
            text = blanks + item.ToCompact() + ",";
        }
        else if (!isEmpty)
        {
            var indent = blanks[(blanks.LastIndexOf('\n') + 1)..];
            text = style.NewLine + indent + item.ToLines(style, indent) + ",";
        }
        else if (style.IsCompact)
        {
            text = item.ToCompact();
        }
        else
        {
            var outer = string.Concat(Enumerable.Repeat(style.Unit, depth - 1));
            text = style.NewLine + outer + style.Unit + item.ToLines(style, outer + style.Unit);
            text += blanks.Contains('\n', StringComparison.Ordinal) ? string.Empty : style.NewLine + outer;
        }

        return [.. bytes[..open], .. Encoding.UTF8.GetBytes(text), .. bytes[open..]];
    }

    private static Json Group(HookHandler handler)
    {
        var hook = new List<Json> { Json.Of("type", "command"), Json.Of("command", handler.Command!) };
        if (handler.Timeout is { } timeout)
        {
            hook.Add(new Json("timeout", timeout));
        }

        return new Json(
            null,
            [Json.Of("matcher", handler.Matcher!), new Json("hooks", [new Json(null, hook, IsArray: false)], IsArray: true)],
            IsArray: false);
    }

    private static bool IsBlank(byte value) => value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    private static int SkipBlanks(byte[] bytes, int position)
    {
        while (position < bytes.Length && IsBlank(bytes[position]))
        {
            position++;
        }

        return position;
    }

    private static Places Locate(byte[] content, string path, string eventName = CodexportHook.Event)
    {
        // Reports what is no JSON at all, with line and column.
        HooksFile.Parse(content, path);
        var reader = new Utf8JsonReader(content, new JsonReaderOptions { MaxDepth = RawJson.MaxDepth });
        reader.Read();
        var places = new Places { Root = (int)reader.BytesConsumed };
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isHooks = RawJson.TryDecode(reader) == "hooks";
            reader.Read();
            if (!isHooks)
            {
                reader.Skip();
                continue;
            }

            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw InTheWay(path, "hooks", "an object");
            }

            LocateEvent(ref reader, places, path, eventName);
        }

        return places;
    }

    private static void LocateEvent(ref Utf8JsonReader reader, Places places, string path, string eventName)
    {
        places.Hooks = (int)reader.BytesConsumed;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isEvent = RawJson.TryDecode(reader) == eventName;
            var start = (int)reader.TokenStartIndex;
            reader.Read();
            if (!isEvent)
            {
                reader.Skip();
                continue;
            }

            if (reader.TokenType != JsonTokenType.StartArray)
            {
                throw InTheWay(path, $"hooks.{eventName}", "a list");
            }

            places.Event = (int)reader.BytesConsumed;
            places.Groups.Clear();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                var groupStart = (int)reader.TokenStartIndex;
                reader.Skip();
                places.Groups.Add((groupStart, (int)reader.BytesConsumed));
            }

            places.EventMember = (start, (int)reader.BytesConsumed);
        }
    }

    private static CodexportException InTheWay(string path, string key, string expected) => new(
        ErrorCode.JsonInvalid, $"'{key}' in '{path}' is not {expected}, so no hook can be put there.", "Correct the file; Codex does not read it either.", path);

    private sealed class Places
    {
        /// <summary>Right behind the root's opening brace.</summary>
        public int Root { get; init; }

        public int? Hooks { get; set; }

        public int? Event { get; set; }

        public (int Start, int End)? EventMember { get; set; }

        public List<(int Start, int End)> Groups { get; } = [];
    }

    private sealed record Layout(string NewLine, string Unit, bool IsCompact)
    {
        public static Layout Of(byte[] content)
        {
            var text = Encoding.UTF8.GetString(content);
            var body = text.TrimEnd();
            var line = body.IndexOf('\n', StringComparison.Ordinal);
            if (line < 0)
            {
                return new Layout("\n", "  ", IsCompact: body.Any(letter => letter is not ('{' or '}' or ' ')));
            }

            var start = line + 1;
            var end = start;
            while (end < body.Length && body[end] is ' ' or '\t')
            {
                end++;
            }

            var unit = end > start ? body[start..end] : "  ";
            return new Layout(line > 0 && body[line - 1] == '\r' ? "\r\n" : "\n", unit, IsCompact: false);
        }
    }

    /// <summary>A piece of JSON to write: a member with a name, or an item without one.</summary>
    private sealed record Json(string? Name, IReadOnlyList<Json> Items, bool IsArray)
    {
        private readonly string? _value;

        public Json(string name, long value)
            : this(name, [], IsArray: false) => _value = value.ToString(System.Globalization.CultureInfo.InvariantCulture);

        private Json(string name, string literal)
            : this(name, [], IsArray: false) => _value = literal;

        public static Json Of(string name, string text) => new(name, Literal(text));

        public string ToCompact() => Head(string.Empty)
            + (_value ?? (IsArray ? "[" : "{") + string.Join(",", Items.Select(item => item.ToCompact())) + (IsArray ? "]" : "}"));

        public string ToLines(Layout style, string indent)
        {
            if (_value is not null)
            {
                return Head(" ") + _value;
            }

            var inner = style.NewLine + indent + style.Unit;
            return Head(" ") + (IsArray ? "[" : "{")
                + string.Join(",", Items.Select(item => inner + item.ToLines(style, indent + style.Unit)))
                + style.NewLine + indent + (IsArray ? "]" : "}");
        }

        private string Head(string space) => Name is null ? string.Empty : Literal(Name) + ":" + space;

        private static string Literal(string text)
        {
            using var buffer = new MemoryStream();
            using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = CanonicalJsonEncoder.Instance }))
            {
                json.WriteStringValue(text);
            }

            return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
        }
    }
}
