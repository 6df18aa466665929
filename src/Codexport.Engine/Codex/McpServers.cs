using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Codex;

/// <summary>The MCP servers of a home, by name.</summary>
public static class McpServers
{
    private const string Table = "mcp_servers";

    /// <summary>The names in <c>config.toml</c> and in <c>mcps.local.toml</c>, each once, with the file that defines it; a file that is not there defines none.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.TomlInvalid"/>.</exception>
    public static IReadOnlyList<(string Name, string File)> FindNames(EngineContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        string[] files = [Path.Join(context.Home.CodexFolder, CodexLayout.ConfigFile), context.Home.LocalServersFile];
        return [.. files.SelectMany(file => Read(context, file).Select(name => (name, file))).DistinctBy(server => server.name)];
    }

    /// <summary>The server that a key of <c>config.toml</c> belongs to; null for every other key.</summary>
    public static string? NameIn(string? key)
        => TomlPath.TryParse(key, out var path) && path.Count > 1 && path[0].Key == Table ? path[1].Key : null;

    private static IEnumerable<string> Read(EngineContext context, string file)
        => AtomicFile.TryReadAllBytes(context.Files, file) is { } content && TomlDocument.Parse(content, file).Root[Table] is TomlTable servers
            ? servers.Select(server => server.Key)
            : [];
}
