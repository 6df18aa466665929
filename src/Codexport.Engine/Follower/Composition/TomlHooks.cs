using Codexport.Engine.Codex;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Follower.Composition;

/// <summary>Reads the hooks that a configuration holds under <c>[hooks]</c>.</summary>
internal static class TomlHooks
{
    internal static IReadOnlyList<HookHandler> Read(TomlTable root)
    {
        var handlers = new List<HookHandler>();
        foreach (var (name, value) in root["hooks"] as TomlTable ?? Enumerable.Empty<KeyValuePair<string, TomlNode>>())
        {
            var groups = value as TomlList;
            for (var group = 0; group < (groups?.Count ?? 0); group++)
            {
                Read(handlers, name, group, groups![group] as TomlTable);
            }
        }

        return handlers;
    }

    private static void Read(List<HookHandler> handlers, string name, int group, TomlTable? table)
    {
        var list = table?["hooks"] as TomlList;
        for (var index = 0; index < (list?.Count ?? 0); index++)
        {
            var handler = list![index] as TomlTable;
            handlers.Add(new HookHandler(name, group, index, table!["matcher"]?.AsString())
            {
                Type = handler?["type"]?.AsString() ?? string.Empty,
                Command = handler?["command"]?.AsString(),
                CommandWindows = (handler?["commandWindows"] ?? handler?["command_windows"])?.AsString(),
                Timeout = handler?["timeout"]?.AsInteger(),
                IsAsync = handler?["async"]?.AsBoolean() ?? false,
                StatusMessage = (handler?["statusMessage"] ?? handler?["status_message"])?.AsString(),
                AdditionalContextLimit = (handler?["additionalContextLimit"] ?? handler?["additional_context_limit"])?.AsInteger(),
            });
        }
    }
}
