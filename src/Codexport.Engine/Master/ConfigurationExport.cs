using Codexport.Engine.Codex;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Master;

/// <summary>Turns the files that speak of this machine into their portable form.</summary>
/// <param name="paths">This machine's paths.</param>
/// <param name="canonicalKeys">Machine-local tables that are exported all the same.</param>
internal sealed class ConfigurationExport(PortablePaths paths, IReadOnlyList<string> canonicalKeys)
{
    /// <summary>
    /// A configuration without its machine-local tables, paths exchanged for variables in values and keys; comments, order and every other
    /// byte stay. Changes <paramref name="document"/>.
    /// </summary>
    public byte[] Export(TomlDocument document)
    {
        foreach (var table in ConfigKeys.MachineLocalExcept(canonicalKeys))
        {
            document.Remove(TomlPath.FromKeys(table));
        }

        document.MapStrings((_, text) => Changed(text));
        document.MapKeys((_, key) => Changed(key));
        return document.ToBytes();
    }

    /// <summary>A hooks file with its commands in portable form.</summary>
    public byte[] Export(HooksFile hooks) => hooks.RewriteCommands((command, _) => paths.Encode(command));

    private string? Changed(string text)
    {
        var encoded = paths.Encode(text);
        return encoded == text ? null : encoded;
    }
}
