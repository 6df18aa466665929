using Codexport.Engine.Toml;

namespace Codexport.Engine.Codex;

/// <summary>What the keys of <c>config.toml</c> mean to replication.</summary>
internal static class ConfigKeys
{
    private const string Application = "the desktop application writes it for itself, with places and versions of this machine";

    /// <summary>
    /// Keys that Codex or its desktop application keep for one machine, although they stand beside the person's. The master takes them out
    /// (unless <c>canonicalKeys</c> lists them), the follower keeps its own. <c>docs/codex-home.md</c> shows the same table.
    /// </summary>
    public static IReadOnlyList<MachineKey> MachineLocal { get; } =
    [
        new("projects", "in which folders the person trusts what Codex finds"),
        new("hooks.state.*", "trust in hooks; it is carried over in another way")
        {
            ByName = key => CodexPlugins.OfHookState(key) is null, Condition = "whose key is a path",
        },
        new("notice", "notices that were dismissed"),
        new("audio", "microphone and loudspeaker"),
        new("sqlite_home", "a place on this machine"),
        new("log_dir", "a place on this machine"),
        new("tui.model_availability_nux", "how often the terminal UI has announced a model") { IsOfProgram = true },
        new("tui.screen_reader_detection_done", "that the terminal UI has looked for a screen reader") { IsOfProgram = true },
        new("desktop", Application) { IsOfProgram = true },
        new("mcp_servers.node_repl", Application) { IsOfProgram = true },
        new("mcp_servers.computer-use", Application) { IsOfProgram = true },
        new("notify", Application) { ByValue = IsOfTheApplication, Condition = "that leads to the desktop application", IsOfProgram = true },
        new("marketplaces.*", "a marketplace that Codex or its application unpacked")
        {
            ByValue = IsUnpacked, Condition = "whose source lies in `.codex/.tmp`",
        },
        new("marketplaces.*.last_updated", "when Codex last fetched it"),
        new("marketplaces.*.last_revision", "what Codex last fetched"),
    ];

    /// <summary>Keys whose value is the path of a file that Codex reads, from the Codex home on where it is relative.</summary>
    public static IReadOnlyList<string> NamingAFile { get; } = ["model_instructions_file", "experimental_compact_prompt_file", "model_catalog_json"];

    /// <summary>Whether a program wrote a value and writes it anew by itself.</summary>
    public static bool IsOfProgram(TomlPath path, TomlNode value) => MachineLocal.Any(key => key.IsOfProgram && key.Covers(path, value));

    /// <summary>What a configuration names of such files: the key and the value as it is written.</summary>
    public static IEnumerable<(string Key, string Value)> FindNamedFiles(TomlTable root)
        => NamingAFile.Select(key => (key, Value: root[key]?.AsString())).Where(named => !string.IsNullOrEmpty(named.Value)).Select(named => (named.key, named.Value!));

    private static bool IsOfTheApplication(TomlNode value) => value is TomlList words
        && words.Select(word => word.AsString()).OfType<string>().Select(word => word.Replace('\\', '/')).Any(word =>
            word.Contains("/Codex.app/", StringComparison.OrdinalIgnoreCase)
            || word.Contains("/Codex Computer Use.app/", StringComparison.OrdinalIgnoreCase)
            || word.Contains("SkyComputerUseClient", StringComparison.OrdinalIgnoreCase)
            || word.Contains("/OpenAI.Codex_", StringComparison.OrdinalIgnoreCase)
            || word.Contains("/computer-use/", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a marketplace is one that Codex or its application unpacked.</summary>
    public static bool IsUnpacked(TomlNode value) => value is TomlTable table && table["source"]?.AsString() is { } source
        && source.Replace('\\', '/').Contains("/.codex/.tmp/", StringComparison.OrdinalIgnoreCase);
}
