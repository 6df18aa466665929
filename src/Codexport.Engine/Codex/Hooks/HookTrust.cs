using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Codexport.Engine.Content;
using Codexport.Engine.Homes;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Codex.Hooks;

/// <summary>
/// How Codex names and recognizes a hook that the person trusts: a state key made of place and position, and a hash of what it does.
/// </summary>
internal static class HookTrust
{
    private const long DefaultTimeout = 600;
    private const long DefaultTimeoutAtTheEnd = 1;
    private const long MaxTimeoutAtTheEnd = 3;

    private static readonly HashSet<string> EventsWithoutMatcher = new(StringComparer.Ordinal)
    {
        "user_prompt_submit", "stop", "interrupt", "pre_model_request", "post_model_request",
    };

    // At the others Codex ignores additionalContextLimit, and so does its hash.
    private static readonly HashSet<string> EventsWithContext = new(StringComparer.Ordinal)
    {
        "session_start", "subagent_start", "user_prompt_submit", "pre_tool_use", "post_tool_use",
    };

    /// <summary>The event's name as state keys and hashes spell it: <c>SessionStart</c> becomes <c>session_start</c>.</summary>
    public static string SnakeCase(string eventName)
    {
        var result = new StringBuilder(eventName.Length + 4);
        foreach (var letter in eventName)
        {
            if (char.IsAsciiLetterUpper(letter) && result.Length > 0 && result[^1] != '_')
            {
                result.Append('_');
            }

            result.Append(char.ToLowerInvariant(letter));
        }

        return result.ToString();
    }

    /// <summary>The key below <c>[hooks.state]</c>: <c>/abs/hooks.json:session_start:0:0</c>.</summary>
    /// <param name="sourceFile">Absolute path of the defining file, spelled as Codex does.</param>
    /// <param name="handler">The hook.</param>
    public static string StateKey(string sourceFile, HookHandler handler) => string.Create(
        CultureInfo.InvariantCulture, $"{sourceFile}:{SnakeCase(handler.Event)}:{handler.GroupIndex}:{handler.HandlerIndex}");

    /// <summary>
    /// The hash that Codex compares with <c>trusted_hash</c>, over the command that runs on <paramref name="platform"/>; null for what
    /// Codex does not run there.
    /// </summary>
    public static string? Hash(HookHandler handler, PathStyle platform)
    {
        var eventName = SnakeCase(handler.Event);
        if (!handler.IsReadable || !Runs(handler, eventName, platform))
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = CanonicalJsonEncoder.Instance }))
        {
            json.WriteStartObject();
            json.WriteString("event_name"u8, eventName);
            json.WriteStartArray("hooks"u8);
            if (handler.Type == "command")
            {
                WriteCommand(json, handler, eventName, handler.CommandOn(platform)!);
            }
            else
            {
                WriteTool(json, handler);
            }

            json.WriteEndArray();
            if (handler.Matcher is not null && !EventsWithoutMatcher.Contains(eventName))
            {
                json.WriteString("matcher"u8, handler.Matcher);
            }

            json.WriteEndObject();
        }

        return $"sha256:{Sha256Hash.Of(buffer.WrittenSpan)}";
    }

    /// <summary>
    /// The portable hashes of those hooks that are trusted here, for <see cref="RevisionDocument.TrustedHooks"/>: computed over the portable
    /// form of the command that runs on this platform, so that a follower recognizes it after its own paths are filled in.
    /// </summary>
    /// <param name="handlers">The hooks of one file, as written on this machine.</param>
    /// <param name="sourceFiles">The spellings of that file's absolute path that Codex may have used.</param>
    /// <param name="states">What <c>[hooks.state]</c> holds, by key.</param>
    /// <param name="paths">This machine's paths.</param>
    /// <param name="platform">This machine's platform.</param>
    public static IEnumerable<string> PortableTrustedHashes(
        IEnumerable<HookHandler> handlers,
        IReadOnlyCollection<string> sourceFiles,
        IReadOnlyDictionary<string, HookState> states,
        PortablePaths paths,
        PathStyle platform)
    {
        foreach (var handler in handlers)
        {
            var hash = Hash(handler, platform);
            var isTrusted = hash is not null && sourceFiles.Any(file =>
                states.TryGetValue(StateKey(file, handler), out var state) && state.IsEnabled && state.TrustedHash == hash);
            if (isTrusted && Hash(handler.WithCommands((key, text) => paths.EncodeCommand(text, CommandPlaces.LanguageOfHook(key, platform))), platform) is { } portable)
            {
                yield return portable;
            }
        }
    }

    // Codex has no MCP tools at the end of a session.
    private static bool Runs(HookHandler handler, string eventName, PathStyle platform) => handler.Type switch
    {
        "command" => handler.CommandOn(platform) is not null,
        "mcp_tool" => handler is { Server: not null, Tool: not null } && eventName != "session_end",
        _ => false,
    };

    private static void WriteTool(Utf8JsonWriter json, HookHandler handler)
    {
        json.WriteStartObject();
        json.WritePropertyName("input"u8);
        json.WriteRawValue(handler.HashedInput ?? "{}", skipInputValidation: true);
        json.WriteString("server"u8, handler.Server);
        if (handler.StatusMessage is not null)
        {
            json.WriteString("statusMessage"u8, handler.StatusMessage);
        }

        json.WriteNumber("timeout"u8, Math.Max(1, handler.Timeout ?? DefaultTimeout));
        json.WriteString("tool"u8, handler.Tool);
        json.WriteString("type"u8, "mcp_tool"u8);
        json.WriteEndObject();
    }

    private static void WriteCommand(Utf8JsonWriter json, HookHandler handler, string eventName, string command)
    {
        // Keys in ordinal order: the hash depends on it.
        json.WriteStartObject();
        if (handler.AdditionalContextLimit is { } limit && EventsWithContext.Contains(eventName))
        {
            json.WriteNumber("additionalContextLimit"u8, limit);
        }

        json.WriteBoolean("async"u8, handler.IsAsync);
        json.WriteString("command"u8, command);
        if (handler.StatusMessage is not null)
        {
            json.WriteString("statusMessage"u8, handler.StatusMessage);
        }

        var timeout = eventName is "session_end" or "interrupt"
            ? Math.Min(handler.Timeout ?? DefaultTimeoutAtTheEnd, MaxTimeoutAtTheEnd)
            : handler.Timeout ?? DefaultTimeout;
        json.WriteNumber("timeout"u8, Math.Max(1, timeout));
        json.WriteString("type"u8, "command"u8);
        json.WriteEndObject();
    }
}
