using Codexport.Engine.Toml;

namespace Codexport.Engine.Codex;

/// <summary>
/// Plugins of Codex: a table <c>[plugins."NAME@MARKETPLACE"]</c> says that one is wanted, its code lies below the Codex home in
/// <c>plugins/cache/MARKETPLACE/NAME/VERSION/</c>, and what the person decided about its hooks stands in <c>[hooks.state]</c> under keys that
/// begin with <c>NAME@MARKETPLACE:</c> and hold no path.
/// </summary>
internal static class CodexPlugins
{
    /// <summary>The folder of everything about plugins, most of which is one machine's.</summary>
    public const string Folder = "plugins";

    /// <summary>Where their code lies.</summary>
    public const string Cache = Folder + "/cache";

    /// <summary>The table of the plugins that are wanted.</summary>
    public const string Table = "plugins";

    /// <summary>The table of the places that plugins come from.</summary>
    public const string Marketplaces = "marketplaces";

    /// <summary>The one name that is left out everywhere else: a plugin brings the packages that it runs with.</summary>
    public const string Packages = "node_modules";

    // plugins, cache, MARKETPLACE and NAME stand before what belongs to a plugin.
    private const int ComponentsBefore = 4;

    /// <summary>The plugins that a configuration names, each once.</summary>
    public static IEnumerable<string> NamedIn(TomlTable root) => root[Table] is TomlTable plugins ? plugins.Keys : [];

    /// <summary>The folder of a plugin's code, whatever its version; null for a name that is not one of a plugin.</summary>
    /// <param name="plugin"><c>NAME@MARKETPLACE</c>.</param>
    public static string? FolderOf(string plugin)
    {
        var at = plugin.LastIndexOf('@');
        var (name, market) = at < 0 ? (plugin, string.Empty) : (plugin[..at], plugin[(at + 1)..]);
        return IsName(name) && IsName(market) ? $"{Cache}/{market}/{name}" : null;
    }

    /// <summary>Whether a path is that of a file of some plugin's code.</summary>
    public static bool IsCode(string path) => path.StartsWith(Cache + "/", StringComparison.Ordinal) && path.AsSpan().Count('/') >= ComponentsBefore;

    /// <summary>Whether a folder is one of some plugin's code, the plugin's own included.</summary>
    public static bool IsCodeFolder(ReadOnlySpan<char> path) => path.StartsWith(Cache + "/", StringComparison.Ordinal) && path.Count('/') >= ComponentsBefore - 1;

    /// <summary>The folder of the plugin that a file of its code belongs to; null for other files.</summary>
    public static string? PluginFolderOf(string path)
    {
        if (!IsCode(path))
        {
            return null;
        }

        var end = Cache.Length;
        for (var component = 2; component < ComponentsBefore; component++)
        {
            end = path.IndexOf('/', end + 1);
        }

        return path[..end];
    }

    /// <summary>The plugin that a key of <c>[hooks.state]</c> speaks of; null for hooks of files, whose keys begin with a path.</summary>
    public static string? OfHookState(string key)
    {
        var end = key.IndexOf(':', StringComparison.Ordinal);
        return end > 0 && FolderOf(key[..end]) is not null ? key[..end] : null;
    }

    // As a component of a path that leads nowhere else.
    private static bool IsName(string text) => text.Length > 0 && text is not ("." or "..") && text.AsSpan().IndexOfAny("/\\:@") < 0;
}
