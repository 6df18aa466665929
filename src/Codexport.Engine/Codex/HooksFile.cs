using System.Buffers;
using System.Text;
using System.Text.Json;
using Codexport.Engine.Bundles;

namespace Codexport.Engine.Codex;

/// <summary>
/// A <c>hooks.json</c>: <c>{"hooks":{"SessionStart":[{"matcher":"…","hooks":[{"type":"command","command":"…"}]}]}}</c>. Reads the handlers
/// and rewrites their commands in place; every byte that is no rewritten command stays, unknown fields included.
/// </summary>
public sealed class HooksFile
{
    private static readonly JsonWriterOptions StringsOnly = new() { Encoder = CanonicalJsonEncoder.Instance };

    private readonly byte[] _content;

    private HooksFile(byte[] content, IReadOnlyList<HookHandler> handlers)
    {
        _content = content;
        Handlers = handlers;
    }

    /// <summary>The handlers in the order in which they stand.</summary>
    public IReadOnlyList<HookHandler> Handlers { get; }

    /// <summary>Why Codex reads no hook of this file, with the place; null when nothing speaks against it.</summary>
    public string? Problem { get; private init; }

    /// <summary>Reads the file.</summary>
    /// <param name="content">Its bytes.</param>
    /// <param name="path">Its path, for errors.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.JsonInvalid"/> with line and column.</exception>
    public static HooksFile Parse(byte[] content, string path)
    {
        try
        {
            using var json = JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = RawJson.MaxDepth });
            var raw = RawJson.Parse(content);
            HooksJson.RequireNamesOnce(raw, content, path);
            return new HooksFile(content, [.. ReadHandlers(json.RootElement, path).Select(handler => Judge(handler, raw))]) { Problem = HooksShape.ProblemOf(raw) };
        }
        catch (InvalidOperationException error)
        {
            throw WrongShape(path, "a text in it is no Unicode", error);
        }
        catch (JsonException error)
        {
            var line = (error.LineNumber ?? 0) + 1;
            var column = (error.BytePositionInLine ?? 0) + 1;
            throw new CodexportException(
                ErrorCode.JsonInvalid,
                $"'{path}' is no JSON: line {line}, column {column}.",
                "Correct the file; Codex itself does not read it either.",
                path,
                error)
            {
                Details = [new("file", path), new("line", $"{line}"), new("column", $"{column}")],
            };
        }
    }

    /// <summary>The file's bytes with every <c>command</c> and <c>commandWindows</c> of a handler rewritten.</summary>
    /// <param name="rewrite">Gives the new text; the key path (<c>hooks.SessionStart[0].hooks[0].command</c>) is for errors.</param>
    public byte[] RewriteCommands(Func<string, string, string> rewrite)
    {
        var result = new ArrayBufferWriter<byte>(_content.Length + 256);
        var copied = 0;
        foreach (var (start, length, text, keyPath) in CommandTokens())
        {
            var rewritten = rewrite(text, keyPath);
            if (rewritten == text)
            {
                continue;
            }

            result.Write(_content.AsSpan(copied, start - copied));
            using (var json = new Utf8JsonWriter(result, StringsOnly))
            {
                json.WriteStringValue(rewritten);
            }

            copied = start + length;
        }

        if (copied == 0)
        {
            return _content;
        }

        result.Write(_content.AsSpan(copied));
        return result.WrittenSpan.ToArray();
    }

    private static HookHandler Judge(HookHandler handler, RawJson root)
    {
        var group = root["hooks"]![handler.Event]!.Items[handler.GroupIndex];
        var problem = HooksShape.ProblemOfGroupAlone(group) ?? HooksShape.ProblemOfHandler(group["hooks"]!.Items[handler.HandlerIndex]);
        return handler with { IsReadable = problem is null };
    }

    private static List<HookHandler> ReadHandlers(JsonElement root, string path)
    {
        var handlers = new List<HookHandler>();
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("hooks", out var events) || events.ValueKind != JsonValueKind.Object)
        {
            // Codex reads such a file as one without hooks, and so do we.
            return root.ValueKind == JsonValueKind.Object ? handlers : throw WrongShape(path, "it holds no JSON object");
        }

        foreach (var item in events.EnumerateObject())
        {
            var groupIndex = 0;
            foreach (var group in Items(item.Value))
            {
                var matcher = Text(group, "matcher");
                var handlerIndex = 0;
                foreach (var handler in Items(Property(group, "hooks")))
                {
                    handlers.Add(Read(handler, new HookHandler(item.Name, groupIndex, handlerIndex++, matcher)));
                }

                groupIndex++;
            }
        }

        return handlers;
    }

    private static HookHandler Read(JsonElement json, HookHandler handler) => handler with
    {
        Type = Text(json, "type") ?? string.Empty,
        Command = Text(json, "command"),
        CommandWindows = Text(json, "commandWindows"),
        Timeout = Number(json, "timeout"),
        IsAsync = Property(json, "async").ValueKind == JsonValueKind.True,
        StatusMessage = Text(json, "statusMessage"),
        AdditionalContextLimit = Number(json, "additionalContextLimit"),
    };

    private static JsonElement.ArrayEnumerator Items(JsonElement element)
        => element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : default;

    private static JsonElement Property(JsonElement element, string name)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    private static string? Text(JsonElement element, string name)
        => Property(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static long? Number(JsonElement element, string name)
        => Property(element, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : null;

    private static CodexportException WrongShape(string path, string what, Exception? inner = null) => new(
        ErrorCode.JsonInvalid, $"'{path}' is no hooks file: {what}.", "Correct the file; Codex itself does not read it either.", path, inner);

    /// <summary>Where the command strings stand in the bytes: found by their path, so that equal names elsewhere are left alone.</summary>
    private List<(int Start, int Length, string Text, string KeyPath)> CommandTokens()
    {
        var found = new List<(int, int, string, string)>();
        var path = new Stack<PathStep>();
        var reader = new Utf8JsonReader(_content, new JsonReaderOptions { MaxDepth = RawJson.MaxDepth });
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    path.Pop();
                    path.Push(new PathStep(NameOf(reader), -1));
                    break;
                case JsonTokenType.StartObject:
                    Advance(path);
                    path.Push(new PathStep(string.Empty, -1));
                    break;
                case JsonTokenType.StartArray:
                    Advance(path);
                    path.Push(new PathStep(null, -1));
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    path.Pop();
                    break;
                default:
                    Advance(path);
                    if (reader.TokenType == JsonTokenType.String && IsCommand(path))
                    {
                        var start = (int)reader.TokenStartIndex;
                        found.Add((start, (int)reader.BytesConsumed - start, reader.GetString()!, Spell(path)));
                    }

                    break;
            }
        }

        return found;
    }

    // Half of a pair of surrogates in a name is no text, and no name that is looked for.
    private static string NameOf(Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Encoding.UTF8.GetString(reader.ValueSpan);
        }
    }

    // The step of an array counts its items.
    private static void Advance(Stack<PathStep> path)
    {
        if (path.TryPeek(out var top) && top.Name is null)
        {
            path.Pop();
            path.Push(top with { Index = top.Index + 1 });
        }
    }

    private static bool IsCommand(Stack<PathStep> path)
    {
        // Top first: command, [handler], hooks, [group], Event, hooks.
        var steps = path.ToArray();
        return steps.Length == 6
            && steps[0].Name is "command" or "commandWindows"
            && steps[1].Name is null
            && steps[2].Name == "hooks"
            && steps[3].Name is null
            && steps[4].Name is not null
            && steps[5].Name == "hooks";
    }

    private static string Spell(Stack<PathStep> path)
    {
        var text = new StringBuilder();
        foreach (var step in path.Reverse())
        {
            text.Append(step.Name is null ? $"[{step.Index}]" : text.Length == 0 ? step.Name : $".{step.Name}");
        }

        return text.ToString();
    }

    private readonly record struct PathStep(string? Name, int Index);
}
