using Codexport.Engine.Homes;

namespace Codexport.Engine.Codex.Hooks;

/// <summary>One hook as <c>hooks.json</c> or <c>[hooks]</c> of <c>config.toml</c> defines it.</summary>
/// <param name="Event">The event's name as written, such as <c>SessionStart</c>.</param>
/// <param name="GroupIndex">Which group of the event, from 0.</param>
/// <param name="HandlerIndex">Which handler of the group, from 0.</param>
/// <param name="Matcher">The group's matcher; null when it has none.</param>
internal sealed record HookHandler(string Event, int GroupIndex, int HandlerIndex, string? Matcher)
{
    /// <summary><c>type</c>; Codex runs <c>command</c>.</summary>
    public string Type { get; init; } = "command";

    /// <summary><c>command</c>.</summary>
    public string? Command { get; init; }

    /// <summary><c>server</c> of an <c>mcp_tool</c>.</summary>
    public string? Server { get; init; }

    /// <summary><c>tool</c> of an <c>mcp_tool</c>.</summary>
    public string? Tool { get; init; }

    /// <summary><c>input</c> of an <c>mcp_tool</c> as Codex hashes it: JSON with sorted keys; null when not given.</summary>
    public string? HashedInput { get; init; }

    /// <summary><c>commandWindows</c>: what runs on Windows in place of <see cref="Command"/>.</summary>
    public string? CommandWindows { get; init; }

    /// <summary><c>timeout</c>, seconds; null when not given.</summary>
    public long? Timeout { get; init; }

    /// <summary><c>async</c>.</summary>
    public bool IsAsync { get; init; }

    /// <summary><c>statusMessage</c>; null when not given.</summary>
    public string? StatusMessage { get; init; }

    /// <summary><c>additionalContextLimit</c>; null when not given.</summary>
    public long? AdditionalContextLimit { get; init; }

    /// <summary>Whether Codex would accept it as it is written; false for one with a value of a wrong type.</summary>
    public bool IsReadable { get; init; } = true;

    /// <summary>What runs on a platform; null when nothing does.</summary>
    public string? CommandOn(PathStyle platform) => platform == PathStyle.Windows ? CommandWindows ?? Command : Command;

    /// <summary>The key whose text runs on a platform.</summary>
    public string CommandKeyOn(PathStyle platform) => platform == PathStyle.Windows && CommandWindows is not null ? "commandWindows" : "command";

    /// <summary>The same hook with its commands rewritten, such as into their portable form.</summary>
    /// <param name="rewrite">Gives the new text; it gets the key and the text.</param>
    public HookHandler WithCommands(Func<string, string, string> rewrite) => this with
    {
        Command = Command is null ? null : rewrite("command", Command),
        CommandWindows = CommandWindows is null ? null : rewrite("commandWindows", CommandWindows),
    };
}
