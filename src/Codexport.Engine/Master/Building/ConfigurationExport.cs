using Codexport.Engine.Codex;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Homes;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Master.Building;

/// <summary>Turns the files that speak of this machine into their portable form.</summary>
/// <param name="paths">This machine's paths.</param>
/// <param name="canonicalKeys">Machine-local tables that are exported all the same.</param>
internal sealed class ConfigurationExport(PortablePaths paths, IReadOnlyList<string> canonicalKeys)
{
    private readonly IReadOnlyList<TomlPath> _canonical = [.. canonicalKeys.Select(TomlPath.Parse)];

    /// <summary>
    /// A configuration without its machine-local tables, paths exchanged for variables in values and keys; comments, order and every other
    /// byte stay. Changes <paramref name="document"/>.
    /// </summary>
    public byte[] Export(TomlDocument document)
    {
        foreach (var table in ConfigKeys.MachineLocal)
        {
            Remove(document, TomlPath.FromKeys(table));
        }

        return ExportValues(document);
    }

    /// <summary>A TOML file with paths exchanged for variables in values and keys, and nothing taken out. Changes <paramref name="document"/>.</summary>
    public byte[] ExportValues(TomlDocument document)
    {
        document.MapStrings((_, text) => Changed(text));
        document.MapKeys((_, key) => Changed(key));
        return document.ToBytes();
    }

    /// <summary>A hooks file with its commands in portable form.</summary>
    public byte[] Export(HooksFile hooks) => hooks.RewriteCommands((command, _) => paths.Encode(command));

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
            return;
        }

        foreach (var key in table.Select(member => member.Key).ToList())
        {
            Remove(document, path.Append(key));
        }
    }

    private string? Changed(string text)
    {
        var encoded = paths.Encode(text);
        return encoded == text ? null : encoded;
    }
}
