using System.Globalization;
using Codexport.Engine.Codex;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Errors;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Compose;

/// <summary>
/// Trust in the hooks of plugins. Its keys hold no path and its hashes are the same everywhere, so it travels in <c>config.toml</c> as it is:
/// <c>trusted_hash</c> of the hook, and of an updated plugin <c>trusted_content_hash</c> of all its code. Codex itself compares both.
/// </summary>
internal static class PluginHooks
{
    private const string TrustedHash = "trusted_hash";
    private const string TrustedContentHash = "trusted_content_hash";

    private static readonly TomlPath States = ["hooks", "state"];

    /// <summary>Takes the master's trust out of what it sent.</summary>
    internal static void RemoveTrust(TomlDocument document)
    {
        foreach (var key in Keys(document).ToList())
        {
            document.Remove(States.Append(key).Append(TrustedHash));
            document.Remove(States.Append(key).Append(TrustedContentHash));
            if (document.Find(States.Append(key)) is TomlTable { Count: 0 })
            {
                document.Remove(States.Append(key));
            }
        }
    }

    /// <summary>What the hooks run that become trusted with a new text of <c>config.toml</c>.</summary>
    /// <param name="scope">The composition.</param>
    /// <param name="local">The text of before; null when there was none.</param>
    /// <param name="merged">The new text.</param>
    internal static IEnumerable<string> NewlyTrusted(ComposeScope scope, TomlDocument? local, TomlDocument merged)
        => Keys(merged).Where(key => TrustOf(merged, key) is { } hash && (local is null || TrustOf(local, key) != hash)).Select(key => Describe(scope, key));

    private static IEnumerable<string> Keys(TomlDocument document)
        => document.Find(States) is TomlTable states ? states.Keys.Where(key => CodexPlugins.OfHookState(key) is not null) : [];

    private static string? TrustOf(TomlDocument document, string key)
        => document.Find(States.Append(key)) is TomlTable state && state[TrustedHash]?.AsString() is { } hash ? $"{hash}/{state[TrustedContentHash]?.AsString()}" : null;

    // PLUGIN:FILE:EVENT:GROUP:HANDLER
    private static string Describe(ComposeScope scope, string key)
    {
        var parts = key.Split(':');
        var handler = parts.Length < 5 ? null : Handlers(scope, parts[0], string.Join(':', parts[1..^3])).FirstOrDefault(handler =>
            HookTrust.SnakeCase(handler.Event) == parts[^3]
            && handler.GroupIndex.ToString(CultureInfo.InvariantCulture) == parts[^2]
            && handler.HandlerIndex.ToString(CultureInfo.InvariantCulture) == parts[^1]);
        return handler is null ? key : $"{handler.Event} of plugin {parts[0]}: {HooksLayer.WhatRuns(handler, scope)}";
    }

    private static IEnumerable<HookHandler> Handlers(ComposeScope scope, string plugin, string file)
    {
        var folder = CodexPlugins.FolderOf(plugin);
        foreach (var found in scope.Input.Document.Files.Where(found => CodexPlugins.PluginFolderOf(found.Path) == folder && found.Path.EndsWith("/" + file, StringComparison.Ordinal)))
        {
            IReadOnlyList<HookHandler> handlers;
            try
            {
                handlers = HooksFile.Parse(scope.Contents.ReadAll(found.Hash), found.Path).Handlers;
            }
            catch (CodexportException error) when (error.Code == ErrorCode.JsonInvalid)
            {
                // Codex reads no hook of it either; the key names what was trusted.
                scope.Context.Trace?.Invoke(error.Message);
                continue;
            }

            foreach (var handler in handlers)
            {
                yield return handler;
            }
        }
    }
}
