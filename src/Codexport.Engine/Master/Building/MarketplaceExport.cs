using Codexport.Engine.Codex;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Paths;
using Codexport.Engine.Settings;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Master.Building;

/// <summary>
/// Takes marketplaces out of a configuration that are folders of this machine alone: where their folder is missing, Codex can no longer list
/// plugins. What was installed from them travels all the same.
/// </summary>
/// <param name="context">The home and the disk.</param>
/// <param name="settings">The master's settings.</param>
/// <param name="named">Paths that are exported because the configuration names them.</param>
internal sealed class MarketplaceExport(EngineContext context, LocalSettings settings, IReadOnlyList<string> named)
{
    private readonly ExportPolicy _policy = new(settings, ignoreCase: !context.Files.IsCaseSensitive, named);
    private readonly IReadOnlyList<TomlPath> _canonical = [.. settings.CanonicalKeys.Select(TomlPath.Parse)];

    /// <summary>Takes them out of a document.</summary>
    /// <param name="document">The configuration; it is changed.</param>
    /// <param name="file">Its name, for the person.</param>
    /// <returns>What was left out and why, whole sentences.</returns>
    public IReadOnlyList<string> LeaveOut(TomlDocument document, string file)
    {
        var warnings = new List<string>();
        foreach (var (name, value) in (document.Root[CodexPlugins.Marketplaces] as TomlTable ?? new TomlTable([])).ToList())
        {
            TomlPath path = [CodexPlugins.Marketplaces, name];
            if (value is not TomlTable table || table["source_type"]?.AsString() != "local" || table["source"]?.AsString() is not { } source
                || ConfigKeys.IsUnpacked(value) || Travels(source) || _canonical.Any(key => path.StartsWith(key)))
            {
                continue;
            }

            document.Remove(path);
            if (document.Root[CodexPlugins.Marketplaces] is TomlTable { Count: 0 })
            {
                document.Remove([CodexPlugins.Marketplaces]);
            }

            warnings.Add(
                $"The marketplace '{SafePath.Printable(name)}' of '{file}' was left out: its folder, '{SafePath.Printable(source)}', is not part of what is exported. "
                    + "Plugins that were installed from it travel; followers get updates of them from this master alone.");
        }

        return warnings;
    }

    private bool Travels(string source)
    {
        if (!Path.IsPathFullyQualified(source))
        {
            return false;
        }

        var comparison = context.Files.IsCaseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        string[] homes = [context.Home.CodexFolder, context.Files.ResolveLinks(context.Home.CodexFolder) ?? context.Home.CodexFolder];
        return homes.Select(home => PathBelow.Of(home, Path.GetFullPath(source), comparison)).OfType<string>().FirstOrDefault() is { Length: > 0 } below
            && _policy.LeavesByItself(below, isFolder: true);
    }
}
