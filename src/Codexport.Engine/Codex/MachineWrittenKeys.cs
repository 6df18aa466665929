using Codexport.Engine.Toml;

namespace Codexport.Engine.Codex;

/// <summary>
/// Keys of <c>config.toml</c> that a program wrote and no person set. They stay on their machine: the master takes them out, and on a
/// follower its own are neither drift nor in conflict with what a master may still send.
/// </summary>
internal static class MachineWrittenKeys
{
    private static readonly TomlPath[] Keys =
    [
        // Counters and findings of the terminal interface.
        ["tui", "model_availability_nux"],
        ["tui", "screen_reader_detection_done"],

        // Servers that the desktop application adds, with its version in them, and its own table.
        ["mcp_servers", "node_repl"],
        ["mcp_servers", "computer-use"],
        ["desktop"],
    ];

    /// <summary>All of them.</summary>
    internal static IReadOnlyList<TomlPath> All => Keys;

    /// <summary>Whether a key is one of them or stands below one.</summary>
    internal static bool Contains(TomlPath path) => Array.Exists(Keys, path.StartsWith);
}
