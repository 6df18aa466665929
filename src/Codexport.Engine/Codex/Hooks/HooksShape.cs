using System.Text.Json;

namespace Codexport.Engine.Codex.Hooks;

/// <summary>
/// What Codex (0.169) does not accept in a hooks file. One such thing anywhere, and it reads no hook of the whole file; it says so in the
/// answer to <c>hooks/list</c> alone. Events and keys that it does not know are no such thing, but for keys beside <c>hooks</c>.
/// </summary>
internal static class HooksShape
{
    private static readonly HashSet<string> Events = new(StringComparer.Ordinal)
    {
        "PreModelRequest", "PostModelRequest", "PreToolUse", "PermissionRequest", "PostToolUse", "PreCompact", "PostCompact", "SessionStart",
        "SessionEnd", "UserPromptSubmit", "SubagentStart", "SubagentStop", "Stop", "Interrupt",
    };

    private static readonly string[] HandlerKeys =
        ["type", "command", "commandWindows", "command_windows", "server", "tool", "timeout", "async", "statusMessage", "additionalContextLimit"];

    /// <summary>Whether Codex knows an event.</summary>
    internal static bool IsEvent(string name) => Events.Contains(name);

    /// <summary>The first thing that Codex does not accept, with its place; null where there is none.</summary>
    internal static string? ProblemOf(RawJson root)
    {
        if (root.Members.Select(ProblemOf).FirstOrDefault(problem => problem is not null) is { } found)
        {
            return found;
        }

        foreach (var (_, name, value, _) in root["hooks"]?.Members ?? [])
        {
            if (!IsEvent(name))
            {
                continue;
            }

            if (!value.IsList)
            {
                return $"hooks.{name} is not a list";
            }

            for (var index = 0; index < value.Items.Count; index++)
            {
                if (ProblemOfGroup(value.Items[index]) is { } problem)
                {
                    return $"hooks.{name}[{index}]{problem}";
                }
            }
        }

        return null;
    }

    /// <summary>What is wrong with a member of the file itself; null where nothing is.</summary>
    internal static string? ProblemOf(RawMember member) => member switch
    {
        { Name: "hooks", Value: { IsObject: true } or { IsList: true } } => null,
        { Name: "hooks" } => "hooks is not an object",
        { Name: "description" } => IsTextOrNull(member.Value) ? null : "description is not text",
        _ => $"'{member.Name}' is not a key that Codex knows there",
    };

    /// <summary>What is wrong with a group or with a handler of it, to be put behind the group's place; null where nothing is.</summary>
    internal static string? ProblemOfGroup(RawJson group)
    {
        if (ProblemOfGroupAlone(group) is { } problem)
        {
            return problem;
        }

        // Codex takes a list for a group too: the matcher, then the handlers.
        var handlers = group.IsList ? group.Items.ElementAtOrDefault(1) : group["hooks"];
        for (var index = 0; index < (handlers?.Items.Count ?? 0); index++)
        {
            if (ProblemOfHandler(handlers!.Items[index]) is { } wrong)
            {
                return $".hooks[{index}]{wrong}";
            }
        }

        return null;
    }

    /// <summary>What is wrong with a group whatever its handlers are; null where nothing is.</summary>
    internal static string? ProblemOfGroupAlone(RawJson group)
    {
        if (!group.IsObject && !group.IsList)
        {
            return " is not an object";
        }

        var (matcher, handlers) = group.IsList ? (group.Items.ElementAtOrDefault(0), group.Items.ElementAtOrDefault(1)) : (group["matcher"], group["hooks"]);
        return Twice(group, ["matcher", "hooks"]) is { } twice ? $" says '{twice}' twice"
            : group.Items.Count > 2 ? " has more than a matcher and handlers"
            : !IsTextOrNull(matcher) ? ".matcher is not text"
            : handlers is { IsList: false } ? ".hooks is not a list"
            : null;
    }

    /// <summary>What is wrong with a handler; null where nothing is.</summary>
    internal static string? ProblemOfHandler(RawJson handler)
    {
        if (handler.IsList)
        {
            // Codex takes a list for a handler too, by a rule that is not ours to know.
            return null;
        }

        if (!handler.IsObject)
        {
            return " is not an object";
        }

        return Twice(handler, HandlerKeys) is { } twice ? $" says '{twice}' twice" : handler["type"]?.Text switch
        {
            "prompt" or "agent" => null,
            "command" => Require(handler, "command") ?? ProblemOfOptions(handler),
            "mcp_tool" => Require(handler, "server") ?? Require(handler, "tool") ?? (IsCountOrNull(handler["timeout"]) ? null : ".timeout is not a number of seconds"),
            null => ".type is not text",
            var type => $".type is '{type}', which Codex does not know",
        };
    }

    private static string? ProblemOfOptions(RawJson handler)
        => !IsTextOrNull(handler["commandWindows"]) || !IsTextOrNull(handler["command_windows"]) ? ".commandWindows is not text"
            : handler["commandWindows"] is not null && handler["command_windows"] is not null ? " says 'commandWindows' twice"
            : !IsCountOrNull(handler["timeout"]) ? ".timeout is not a number of seconds"
            : handler["async"] is { Kind: not (JsonValueKind.True or JsonValueKind.False) } ? ".async is neither true nor false"
            : !IsTextOrNull(handler["statusMessage"]) ? ".statusMessage is not text"
            : !IsCountOrNull(handler["additionalContextLimit"]) ? ".additionalContextLimit is not a number"
            : null;

    private static string? Require(RawJson handler, string name) => handler[name]?.Text is null ? $".{name} is not text" : null;

    private static bool IsTextOrNull(RawJson? value) => value is null or { Kind: JsonValueKind.Null } or { Text: not null };

    private static bool IsCountOrNull(RawJson? value)
        => value is null or { Kind: JsonValueKind.Null } || (value.Kind == JsonValueKind.Number && ulong.TryParse(value.Token, out _));

    private static string? Twice(RawJson json, string[] names)
        => names.FirstOrDefault(name => json.Members.Count(member => member.Name == name) > 1);
}
