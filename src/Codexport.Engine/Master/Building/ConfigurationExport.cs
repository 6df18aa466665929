using Codexport.Engine.Codex;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Homes;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Master.Building;

/// <summary>Turns the files that speak of this machine into their portable form.</summary>
/// <param name="paths">This machine's paths.</param>
/// <param name="canonicalKeys">Machine-local keys that are exported all the same.</param>
/// <param name="machineKeys">Further keys that this machine keeps for itself; patterns as those of <see cref="MachineKey"/>.</param>
internal sealed class ConfigurationExport(PortablePaths paths, IReadOnlyList<string> canonicalKeys, IReadOnlyList<string>? machineKeys = null)
{
    private readonly IReadOnlyList<MachineKey> _machineLocal = [.. ConfigKeys.MachineLocal, .. (machineKeys ?? []).Select(key => new MachineKey(key, string.Empty))];

    private readonly IReadOnlyList<TomlPath> _canonical = [.. canonicalKeys.Select(TomlPath.Parse)];

    /// <summary>
    /// A configuration without what belongs to this machine, paths exchanged for variables in values and keys; comments, order and every other
    /// byte stay. Changes <paramref name="document"/>.
    /// </summary>
    public byte[] Export(TomlDocument document)
    {
        foreach (var path in _machineLocal.SelectMany(key => key.Find(document.Root).ToList()))
        {
            Remove(document, path);
        }

        return ExportValues(document);
    }

    /// <summary>A TOML file with paths exchanged for variables in values and keys, and nothing taken out. Changes <paramref name="document"/>.</summary>
    /// <param name="document">The file.</param>
    /// <param name="platform">Where its commands run; null for this machine's platform.</param>
    public byte[] ExportValues(TomlDocument document, PathStyle? platform = null)
    {
        PortableTexts.Encode(document, paths, platform ?? paths.Style);
        return document.ToBytes();
    }

    /// <summary>A hooks file with its commands in portable form.</summary>
    public byte[] Export(HooksFile hooks) => hooks.RewriteCommands(
        (command, key) => paths.EncodeCommand(command, CommandPlaces.LanguageOfHook(key[(key.LastIndexOf('.') + 1)..], paths.Style)));

    // All of it, but for what canonicalKeys lists, be it the whole table or a key in it.
    private void Remove(TomlDocument document, TomlPath path)
    {
        if (_canonical.Any(key => path.StartsWith(key)))
        {
            return;
        }

        if (!_canonical.Any(key => key.StartsWith(path)) || document.Find(path) is not TomlTable table)
        {
            document.Remove(path);
            RemoveEmptied(document, path.Parent!);
            return;
        }

        foreach (var key in table.Select(member => member.Key).ToList())
        {
            Remove(document, path.Append(key));
        }
    }

    // Codex wrote the header for its key alone: without the key it would come and go as news to everybody.
    private static void RemoveEmptied(TomlDocument document, TomlPath path)
    {
        for (; path.Count > 0 && document.Find(path) is TomlTable { Count: 0 }; path = path.Parent!)
        {
            document.Remove(path);
        }
    }
}
