using Codexport.Engine.Toml;

namespace Codexport.Engine.Master.Publishing;

/// <summary>
/// Holds back a configuration that lost too much: a program that crashes while it writes may leave an empty <c>config.toml</c>, and that
/// must not take the MCP servers from every follower. Keys and servers are counted as <see cref="DeletionGuard"/> counts files.
/// </summary>
internal static class ConfigurationGuard
{
    private const int MostInPercent = 20;

    // One server or two keys are what a person takes out in one go, unless nothing is left then.
    private const int FewestServers = 2;
    private const int FewestKeys = 3;

    /// <summary>Why publication waits for the person's word; null when it need not.</summary>
    /// <param name="path">The file's path below the Codex home.</param>
    /// <param name="before">What is published.</param>
    /// <param name="after">What would be.</param>
    internal static string? Reason(string path, byte[] before, byte[] after)
    {
        if (!TomlDocument.TryParse(before, path, out var old, out _) || !TomlDocument.TryParse(after, path, out var now, out _))
        {
            return null;
        }

        var keys = Keys(old.Root, string.Empty).ToList();
        if (keys.Count > 0 && !Keys(now.Root, string.Empty).Any())
        {
            return $"all that '{path}' says ({(keys.Count == 1 ? "1 key" : $"{keys.Count} keys")}) would be deleted on every follower: the file is empty";
        }

        var servers = Servers(old).ToList();
        var gone = servers.Except(Servers(now), StringComparer.Ordinal).ToList();
        if (gone.Count >= FewestServers && TooMany(gone.Count, servers.Count))
        {
            return $"{gone.Count} of {servers.Count} MCP servers in '{path}' would be deleted on every follower ({string.Join(", ", gone)})";
        }

        var lost = keys.Except(Keys(now.Root, string.Empty), StringComparer.Ordinal).Count();
        return lost >= FewestKeys && TooMany(lost, keys.Count)
            ? $"{lost} of {keys.Count} keys in '{path}' would be deleted on every follower, which is more than {MostInPercent} %"
            : null;
    }

    private static bool TooMany(int lost, int all) => 100L * lost > (long)MostInPercent * all;

    private static IEnumerable<string> Servers(TomlDocument document) => (document.Root["mcp_servers"] as TomlTable)?.Keys ?? [];

    private static IEnumerable<string> Keys(TomlTable table, string path)
        => table.SelectMany(member => member.Value is TomlTable below
            ? Keys(below, $"{path}{member.Key}\0")
            : [$"{path}{member.Key}"]);
}
