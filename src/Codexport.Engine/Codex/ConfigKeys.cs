namespace Codexport.Engine.Codex;

/// <summary>What the keys of <c>config.toml</c> mean to replication.</summary>
internal static class ConfigKeys
{
    /// <summary>
    /// Tables that Codex keeps for one machine: trust in folders, trust in hooks, notices that were dismissed. The master takes them out
    /// (unless <c>canonicalKeys</c> lists them), the follower keeps its own.
    /// </summary>
    public static IReadOnlyList<IReadOnlyList<string>> MachineLocal { get; } = [["projects"], ["hooks", "state"], ["notice"]];
}
