using Codexport.Engine.Homes;
using Codexport.Engine.Settings;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Compose;

/// <summary>What the person decided about one configuration file.</summary>
/// <param name="File">Its path below the Codex home, for the reports.</param>
/// <param name="OnDrift">What happens to canonical units that were changed locally.</param>
/// <param name="Keep">Key paths that the follower owns.</param>
/// <param name="AllowedServers">MCP servers that may replace canonical ones of the same name.</param>
/// <param name="OverlayServers">MCP servers that the generated text has from the person's own overlay.</param>
internal sealed record MergeRules(
    string File, DriftPolicy OnDrift, IReadOnlyList<TomlPath> Keep, IReadOnlyCollection<string> AllowedServers,
    IReadOnlyCollection<string> OverlayServers)
{
    /// <summary>Units that the generated text has from the person's own overlay.</summary>
    internal IReadOnlyCollection<UnitKey> OverlayKeys { get; init; } = [];

    /// <summary>This machine's paths, where a link gives a home a second spelling that means the same.</summary>
    internal PortablePaths? Paths { get; init; }

    /// <summary>Whether two values say the same.</summary>
    internal bool IsSame(TomlNode left, TomlNode? right) => left.SemanticEquals(right)
        || (Paths is not null && right is not null && Respelled(left).SemanticEquals(Respelled(right)));

    internal bool IsKept(UnitKey key) => Keep.Any(path => key.Path.StartsWith(path));

    internal bool IsAllowed(UnitKey key) => key.ServerName is { } name && AllowedServers.Contains(name) && !OverlayServers.Contains(name);

    /// <summary>Whether a server of that name on the follower claims a name of the master's.</summary>
    internal bool IsClaim(UnitKey key) => key.ServerName is { } name && !OverlayServers.Contains(name);

    private TomlNode Respelled(TomlNode node) => node switch
    {
        TomlString text => Paths!.Encode(text.Value),
        TomlTable table => new TomlTable(table.Select(member => KeyValuePair.Create(member.Key, Respelled(member.Value)))),
        TomlList list => new TomlArray(list.Select(Respelled)),
        _ => node.CloneValue(),
    };
}
