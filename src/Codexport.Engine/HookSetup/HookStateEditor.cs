using System.Globalization;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Homes;
using Codexport.Engine.Toml;

namespace Codexport.Engine.HookSetup;

/// <summary>Reads and edits <c>[hooks.state]</c> of <c>config.toml</c>.</summary>
internal static class HookStateEditor
{
    private static readonly string[] Table = ["hooks", "state"];

    /// <summary>
    /// The spellings of a file of the Codex home that Codex uses in state keys: with <c>CODEX_HOME</c> set the home's links are resolved,
    /// for <c>~/.codex</c> found by itself they are not. Links at the file itself never are. Which way Codex is started is not for us to
    /// say, so both are served.
    /// </summary>
    public static IReadOnlyList<string> SpellingsOf(EngineContext context, string file)
    {
        var folder = context.Home.CodexFolder;
        return [.. new[] { folder, context.Files.ResolveLinks(folder) ?? folder }.Distinct(StringComparer.Ordinal).Select(root => Path.Join(root, file))];
    }

    /// <summary>Moves the entries of an event's groups from <paramref name="firstGroup"/> on by <paramref name="by"/> positions.</summary>
    public static void Shift(TomlDocument document, IReadOnlyList<string> sourceFiles, string eventName, int firstGroup, int by)
        => document.MapKeys((path, key) =>
            path.Count == 3 && path[0].Key == "hooks" && path[1].Key == "state"
            && TryRead(key, sourceFiles, eventName, out var prefix, out var group, out var handler)
            && group >= firstGroup
                ? string.Create(CultureInfo.InvariantCulture, $"{prefix}{group + by}:{handler}")
                : null);

    /// <summary>Trusts a handler under every spelling of its file.</summary>
    public static void Trust(TomlDocument document, IReadOnlyList<string> sourceFiles, HookHandler handler, string hash)
    {
        foreach (var file in sourceFiles)
        {
            document.Set(TomlPath.FromKeys([.. Table, HookTrust.StateKey(file, handler), "trusted_hash"]), hash);
        }
    }

    /// <summary>Removes the entries of one group.</summary>
    public static void Remove(TomlDocument document, IReadOnlyList<string> sourceFiles, string eventName, int group)
    {
        var keys = TomlHooks.ReadStates(document.Root).Keys.Where(key => TryRead(key, sourceFiles, eventName, out _, out var index, out _) && index == group);
        foreach (var key in keys.ToList())
        {
            document.Remove(TomlPath.FromKeys([.. Table, key]));
        }
    }

    private static bool TryRead(
        string key, IReadOnlyList<string> sourceFiles, string eventName, out string prefix, out int group, out int handler)
    {
        (prefix, group, handler) = (string.Empty, 0, 0);
        foreach (var file in sourceFiles)
        {
            var start = $"{file}:{HookTrust.SnakeCase(eventName)}:";
            if (key.StartsWith(start, StringComparison.Ordinal) && key[start.Length..].Split(':') is [var first, var second])
            {
                prefix = start;
                return int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out group)
                    && int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out handler);
            }
        }

        return false;
    }
}
