using Codexport.Engine.Toml;

namespace Codexport.Engine.Codex;

/// <summary>
/// The keys of a configuration whose value is a file that Codex reads at its start. Codex does not start where such a file is missing, so
/// it travels with the configuration.
/// </summary>
internal static class NamedFiles
{
    /// <summary>The keys, at the top of <c>config.toml</c>, of a profile and of a custom agent.</summary>
    internal static IReadOnlyList<string> Keys { get; } = ["model_instructions_file", "experimental_compact_prompt_file", "model_catalog_json"];

    /// <summary>What a configuration names: the key and the value as it is written.</summary>
    internal static IEnumerable<(string Key, string Value)> Find(TomlTable root)
        => Keys.Select(key => (key, Value: root[key]?.AsString())).Where(named => !string.IsNullOrEmpty(named.Value)).Select(named => (named.key, named.Value!));
}
