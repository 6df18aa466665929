using Codexport.Engine.Toml;

namespace Codexport.Engine.Codex.Hooks;

/// <summary>What <c>config.toml</c> says about hooks: <c>[hooks]</c> may define them as <c>hooks.json</c> does, <c>[hooks.state]</c> is trust.</summary>
internal static class TomlHooks
{
    /// <summary>The handlers that <c>[hooks]</c> defines.</summary>
    public static IReadOnlyList<HookHandler> ReadHandlers(TomlTable root)
    {
        var handlers = new List<HookHandler>();
        foreach (var (name, value) in Members(root["hooks"]))
        {
            if (name == "state" || value is not TomlList groups)
            {
                continue;
            }

            for (var groupIndex = 0; groupIndex < groups.Count; groupIndex++)
            {
                AddGroup(handlers, name, groupIndex, groups[groupIndex] as TomlTable);
            }
        }

        return handlers;
    }

    /// <summary>What <c>[hooks.state]</c> holds, by state key.</summary>
    public static IReadOnlyDictionary<string, HookState> ReadStates(TomlTable root)
    {
        var states = new Dictionary<string, HookState>(StringComparer.Ordinal);
        foreach (var (key, value) in Members(root.Find(["hooks", "state"])))
        {
            if (value is TomlTable table)
            {
                states[key] = new HookState(table["trusted_hash"]?.AsString(), table["enabled"]?.AsBoolean() ?? true);
            }
        }

        return states;
    }

    private static TomlTable Members(TomlNode? node) => node as TomlTable ?? new TomlTable([]);

    private static void AddGroup(List<HookHandler> handlers, string eventName, int groupIndex, TomlTable? group)
    {
        if (group?["hooks"] is not TomlList list)
        {
            return;
        }

        var matcher = group["matcher"]?.AsString();
        for (var index = 0; index < list.Count; index++)
        {
            var table = list[index] as TomlTable;
            handlers.Add(new HookHandler(eventName, groupIndex, index, matcher)
            {
                Type = table?["type"]?.AsString() ?? string.Empty,

                // How Codex prints the numbers of TOML into the hash is not known: nothing is said of hooks that have an input here.
                IsReadable = table?["input"] is null,
                Server = table?["server"]?.AsString(),
                Tool = table?["tool"]?.AsString(),
                Command = table?["command"]?.AsString(),
                CommandWindows = (table?["commandWindows"] ?? table?["command_windows"])?.AsString(),
                Timeout = table?["timeout"]?.AsInteger(),
                IsAsync = table?["async"]?.AsBoolean() ?? false,
                StatusMessage = (table?["statusMessage"] ?? table?["status_message"])?.AsString(),
                AdditionalContextLimit = (table?["additionalContextLimit"] ?? table?["additional_context_limit"])?.AsInteger(),
            });
        }
    }
}
