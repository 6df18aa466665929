using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Codex.Hooks;

/// <summary>
/// A <c>hooks.json</c>: <c>{"hooks":{"SessionStart":[{"matcher":"…","hooks":[{"type":"command","command":"…"}]}]}}</c>. Reads the handlers
/// and rewrites their commands in place; every byte that is not a rewritten command stays, unknown fields included.
/// </summary>
internal sealed class HooksFile
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
            var root = RawJson.Parse(content);
            if (!root.IsObject || !Utf8.IsValid(content))
            {
                throw WrongShape(path, root.IsObject ? "a text in it is no UTF-8" : "it holds no JSON object");
            }

            HooksJson.RequireNamesOnce(root, content, path);
            return new HooksFile(content, ReadHandlers(root)) { Problem = HooksShape.ProblemOf(root) };
        }
        catch (JsonException error)
        {
            var (line, column) = ((int)(error.LineNumber ?? 0) + 1, (int)(error.BytePositionInLine ?? 0) + 1);
            throw new CodexportException(
                ErrorCode.JsonInvalid,
                $"'{path}' is not JSON: line {line}, column {column}.",
                "Correct the file; Codex itself does not read it either.",
                path,
                error)
            {
                Details = [new("file", path)],
                Place = (line, column),
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

    // Where something else stands than Codex reads, there are no handlers.
    private static List<HookHandler> ReadHandlers(RawJson root)
    {
        var handlers = new List<HookHandler>();
        foreach (var (_, name, groups, _) in root["hooks"]?.Members ?? [])
        {
            for (var groupIndex = 0; groupIndex < groups.Items.Count; groupIndex++)
            {
                var group = groups.Items[groupIndex];
                var items = group["hooks"]?.Items ?? [];
                for (var index = 0; index < items.Count; index++)
                {
                    handlers.Add(Read(items[index], new HookHandler(name, groupIndex, index, group["matcher"]?.Text)
                    {
                        IsReadable = (HooksShape.ProblemOfGroupAlone(group) ?? HooksShape.ProblemOfHandler(items[index])) is null,
                    }));
                }
            }
        }

        return handlers;
    }

    private static HookHandler Read(RawJson json, HookHandler handler) => handler with
    {
        Type = json["type"]?.Text ?? string.Empty,
        Command = json["command"]?.Text,
        Server = json["server"]?.Text,
        Tool = json["tool"]?.Text,
        HashedInput = json["input"] is { IsObject: true } input ? HookInput.Hashed(input) : null,
        CommandWindows = json["commandWindows"]?.Text,
        Timeout = Number(json["timeout"]),
        IsAsync = json["async"]?.Kind == JsonValueKind.True,
        StatusMessage = json["statusMessage"]?.Text,
        AdditionalContextLimit = Number(json["additionalContextLimit"]),
    };

    private static long? Number(RawJson? json) => json?.Kind == JsonValueKind.Number
        && long.TryParse(json.Token, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static CodexportException WrongShape(string path, string what) => new(
        ErrorCode.JsonInvalid, $"'{path}' is not a hooks file: {what}.", "Correct the file; Codex itself does not read it either.", path);

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
                    path.Push(new PathStep(RawJson.TryDecode(reader) ?? string.Empty, -1));
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
                    if (reader.TokenType == JsonTokenType.String && IsCommand(path) && RawJson.TryDecode(reader) is { } text)
                    {
                        var start = (int)reader.TokenStartIndex;
                        found.Add((start, (int)reader.BytesConsumed - start, text, Spell(path)));
                    }

                    break;
            }
        }

        return found;
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
