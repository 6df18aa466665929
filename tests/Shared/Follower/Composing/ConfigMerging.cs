using Codexport.Engine.Compose;
using Codexport.Engine.Settings;
using Codexport.Engine.Toml;

namespace Codexport.Tests.Follower.Composing;

/// <summary>The three-way merge of configurations, by their texts.</summary>
internal static class ConfigMerging
{
    public static MergeRules Policy(DriftPolicy onDrift = DriftPolicy.Canonical) => new("config.toml", onDrift, [], [], []);

    public static MergedConfig Merge(MergeRules rules, string? @base, string? local, string generated) => ConfigMerge.Merge(
        rules,
        @base is null ? null : TomlDocument.Parse(@base),
        local is null ? null : TomlDocument.Parse(local),
        TomlDocument.Parse(generated));
}
