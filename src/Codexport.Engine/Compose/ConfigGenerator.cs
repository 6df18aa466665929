using Codexport.Engine.Codex;
using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Results;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Compose;

/// <summary>
/// Makes the generated text of a configuration file: canonical with this machine's paths, then what differs on this platform, then the
/// person's MCP servers, then the overrides.
/// </summary>
internal sealed class ConfigGenerator(ComposeScope scope)
{
    private readonly Dictionary<string, HashSet<UnitKey>> _overlayKeys = new(StringComparer.Ordinal);

    /// <summary>Names of the person's own servers that are part of the generated text.</summary>
    internal HashSet<string> LocalServers { get; } = new(StringComparer.Ordinal);

    /// <summary>What of the generated text of a file is the person's own overlay.</summary>
    internal IReadOnlyCollection<UnitKey> OverlayKeys(string path) => _overlayKeys.GetValueOrDefault(path) ?? [];

    /// <summary>What the master sent, as written; null when it has no such file.</summary>
    internal TomlDocument? Portable(string path)
    {
        if (scope.Canonical(path) is not { } file)
        {
            return null;
        }

        var isRead = TomlDocument.TryParse(scope.Contents.ReadAll(file.Hash), path, out var document, out var error);
        if (isRead)
        {
            CodexCategories.Restrict(document!, scope.Input.Settings.FollowCategories);
        }

        if (isRead && path == CodexLayout.ConfigFile)
        {
            ConfigHooks.RemoveOwn(document!);
            if (!scope.Input.Settings.TrustHooks)
            {
                PluginHooks.RemoveTrust(document!);
            }
        }

        return isRead ? document : throw new CodexportException(
            ErrorCode.ConfigurationRejected, $"The master's {path} does not parse: {error!.Message}",
            "Nothing was changed. Correct the file on the master; this follower keeps what it has.", path, error)
        {
            Details = error.Details,
        };
    }

    /// <summary>The generated document; null when nothing defines the file.</summary>
    internal TomlDocument? Generate(string path)
    {
        var document = Portable(path) is { } portable ? Decode(portable, path) : null;
        if (path == CodexLayout.ConfigFile)
        {
            if (scope.Input.Document.Platforms.TryGetValue(scope.Context.Machine.Platform, out var text))
            {
                var platform = TomlDocument.Parse(text, $"{path} [platform.{scope.Context.Machine.Platform}]");
                CodexCategories.Restrict(platform, scope.Input.Settings.FollowCategories);
                document = Over(path, document, Decode(platform, path));
            }

            document = AddServers(path, document);
        }

        return scope.Override(path) is { } bytes ? OverOwn(path, document, ParseOwn(bytes, $"overrides/{path}")) : document;
    }

    private TomlDocument Decode(TomlDocument document, string path)
    {
        scope.Report.Warnings.AddRange(PortableTexts.Decode(document, scope.Paths, path).Select(key => PortableTexts.LeftOut(path, key)));
        return document;
    }

    private static TomlDocument Over(string path, TomlDocument? document, TomlDocument overlay)
        => ConfigMerge.Overlay(path, document ?? TomlDocument.Parse(string.Empty, path), overlay);

    private TomlDocument OverOwn(string path, TomlDocument? document, TomlDocument overlay)
    {
        if (!_overlayKeys.TryGetValue(path, out var keys))
        {
            _overlayKeys[path] = keys = [];
        }

        keys.UnionWith(ConfigUnits.Of(overlay.Root).Keys);
        return Over(path, document, overlay);
    }

    private TomlDocument? AddServers(string path, TomlDocument? document)
    {
        if (AtomicFile.TryReadAllBytes(scope.Context.Files, scope.Context.Home.LocalServersFile) is not { } bytes)
        {
            return document;
        }

        var servers = ParseOwn(bytes, scope.Context.Home.LocalServersFile);
        foreach (var (key, node) in servers.Root.Where(member => member.Key != ConfigUnits.Servers).ToList())
        {
            scope.Report.Warnings.Add(
                $"'{scope.Context.Home.LocalServersFile}', line {node.Location.Line}: '{key}' is ignored; only mcp_servers.NAME belongs here, other keys into overrides/config.toml.");
            servers.Remove([key]);
        }

        foreach (var (name, node) in servers.Root[ConfigUnits.Servers] as TomlTable ?? Enumerable.Empty<KeyValuePair<string, TomlNode>>())
        {
            Admit(path, name, node, document?.Find([ConfigUnits.Servers, name]));
        }

        return servers.Root.Count == 0 ? document : OverOwn(path, document, servers);
    }

    private void Admit(string path, string name, TomlNode mine, TomlNode? canonical)
    {
        LocalServers.Add(name);
        if (canonical is null || canonical.SemanticEquals(mine))
        {
            return;
        }

        var key = new UnitKey([ConfigUnits.Servers, name]);
        var isAllowed = scope.Input.Settings.AllowMcpOverrides.Contains(name);
        var change = new ChangeInfo(
            path, key.Shown, ChangeAction.Keep, isAllowed ? ChangeReason.Overlay : ChangeReason.Conflict, SecretMask.Show(key, mine),
            SecretMask.Show(key, canonical),
            isAllowed
                ? $"The MCP server '{name}' of mcps.local.toml stands in for the master's."
                : $"Both mcps.local.toml and the master define the MCP server '{name}'; rename or remove yours, or add \"{name}\" to allowMcpOverrides in local.toml to let yours win.");
        if (!isAllowed)
        {
            scope.Report.AddConflict(change);
            return;
        }

        scope.Report.Changes.Add(change);
        scope.Report.Warnings.Add(change.Note!);
    }

    private static TomlDocument ParseOwn(byte[] bytes, string path)
        => TomlDocument.TryParse(bytes, path, out var document, out var error)
            ? document
            : throw new CodexportException(ErrorCode.SettingsInvalid, error.Message, error.Remedy, path, error) { Details = error.Details };
}
