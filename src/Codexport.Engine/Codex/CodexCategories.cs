using Codexport.Engine.Results;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Codex;

/// <summary>Which part of a setup a file or a key of <c>config.toml</c> belongs to.</summary>
internal static class CodexCategories
{
    private const string HooksTable = "hooks";
    private const string StateTable = "state";

    private static readonly Dictionary<string, SetupCategory> Items = CodexItems.All.Where(item => item.Category is not null && !item.Name.Contains('*'))
        .ToDictionary(item => item.PlainName, item => item.Category!.Value, StringComparer.OrdinalIgnoreCase);

    private static readonly Dictionary<string, SetupCategory> Tables = new(StringComparer.Ordinal)
    {
        ["mcp_servers"] = SetupCategory.Mcp,
        [CodexPlugins.Table] = SetupCategory.Plugins,
        [CodexPlugins.Marketplaces] = SetupCategory.Plugins,
        ["skills"] = SetupCategory.Skills,
        ["agents"] = SetupCategory.Agents,
    };

    /// <summary>The categories that <c>config.toml</c> and profiles hold parts of.</summary>
    public static IReadOnlyList<SetupCategory> OfConfiguration { get; } =
        [SetupCategory.Config, SetupCategory.Hooks, .. Tables.Values.Distinct()];

    /// <summary>The category of a file; null for one that only <c>include</c> exports.</summary>
    /// <param name="path">Its path in a revision.</param>
    public static SetupCategory? OfFile(string path)
    {
        if (CodexLayout.KindOf(path).IsConfiguration())
        {
            return SetupCategory.Config;
        }

        for (var end = path.Length; end > 0; end = path.LastIndexOf('/', end - 1))
        {
            if (Items.TryGetValue(path[..end], out var category))
            {
                return category;
            }
        }

        return null;
    }

    /// <summary>The category of a key of <c>config.toml</c>, as it is shown to people.</summary>
    public static SetupCategory OfKey(string key)
    {
        var end = key.AsSpan().IndexOfAny('.', '[');
        return OfTable(end < 0 ? key : key[..end]);
    }

    /// <summary>Whether a file is taken where only some categories are.</summary>
    /// <param name="path">Its path in a revision.</param>
    /// <param name="categories">Those that are; null for all.</param>
    public static bool Includes(IReadOnlyCollection<SetupCategory>? categories, string path) => categories is null
        || (CodexLayout.KindOf(path).IsConfiguration()
            ? OfConfiguration.Any(categories.Contains)
            : OfFile(path) is not { } category || categories.Contains(category));

    /// <summary>Takes out of a configuration what belongs to other categories.</summary>
    /// <param name="document">The configuration; it is changed.</param>
    /// <param name="categories">Those that stay; null for all.</param>
    public static void Restrict(TomlDocument document, IReadOnlyCollection<SetupCategory>? categories)
    {
        if (categories is null)
        {
            return;
        }

        foreach (var key in document.Root.Keys.ToList())
        {
            if (key == HooksTable && document.Root[key] is TomlTable hooks)
            {
                RestrictHooks(document, hooks, categories);
            }
            else if (!categories.Contains(OfTable(key)))
            {
                document.Remove([key]);
            }
        }
    }

    private static SetupCategory OfTable(string name) => name == HooksTable ? SetupCategory.Hooks : Tables.GetValueOrDefault(name, SetupCategory.Config);

    // What stands beside the hooks of the configuration itself is what the person decided about those of plugins.
    private static void RestrictHooks(TomlDocument document, TomlTable hooks, IReadOnlyCollection<SetupCategory> categories)
    {
        foreach (var key in hooks.Keys.ToList())
        {
            if (key != StateTable && !categories.Contains(SetupCategory.Hooks))
            {
                document.Remove([HooksTable, key]);
            }
        }

        foreach (var key in (hooks[StateTable] as TomlTable)?.Keys.ToList() ?? [])
        {
            if (!categories.Contains(CodexPlugins.OfHookState(key) is null ? SetupCategory.Hooks : SetupCategory.Plugins))
            {
                document.Remove([HooksTable, StateTable, key]);
            }
        }

        if (document.Find([HooksTable, StateTable]) is TomlTable { Count: 0 })
        {
            document.Remove([HooksTable, StateTable]);
        }

        if (document.Root[HooksTable] is TomlTable { Count: 0 })
        {
            document.Remove([HooksTable]);
        }
    }
}
