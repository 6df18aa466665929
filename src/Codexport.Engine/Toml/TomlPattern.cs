using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Codexport.Engine.Toml;

/// <summary>A path of keys in which <c>*</c> stands for any one key, such as <c>mcp_servers.*.env</c>.</summary>
internal static partial class TomlPattern
{
    /// <summary>Reads a pattern; false where it is not a path of keys.</summary>
    public static bool TryParse(string pattern, [NotNullWhen(true)] out TomlPath? path)
        => TomlPath.TryParse(Star().Replace(pattern, "'*'"), out path) && path.All(segment => segment.Key is not null);

    [GeneratedRegex(@"(?<=^|\.)\*(?=\.|$)")]
    private static partial Regex Star();
}
