using Codexport.Engine.Toml;

namespace Codexport.Engine.Codex;

/// <summary>
/// Keys of <c>config.toml</c> that a program wrote and no person set. They stay on their machine: the master takes them out, and on a
/// follower its own are neither drift nor in conflict with what a master may still send.
/// </summary>
internal static class MachineWrittenKeys
{
    /// <summary>The command that Codex runs at the end of a turn.</summary>
    internal const string NotifyKey = "notify";

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

    /// <summary>Whether a program wrote a value: a key of its own, or <c>notify</c> with a program that lies in an installed application.</summary>
    internal static bool IsOfProgram(TomlPath path, TomlNode value)
        => Contains(path) || (path is [{ Key: NotifyKey }] && value is TomlList { Count: > 0 } words && words[0].AsString() is { } program && IsOfApplication(program));

    // A bundle of macOS, or the folder of packaged applications on Windows: there nobody but an installer puts programs.
    private static bool IsOfApplication(string program)
        => program.Contains(".app/Contents/", StringComparison.Ordinal) || program.Contains("\\WindowsApps\\", StringComparison.OrdinalIgnoreCase);
}
