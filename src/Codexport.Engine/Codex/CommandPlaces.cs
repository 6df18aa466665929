using Codexport.Engine.Homes;
using Codexport.Engine.Homes.Commands;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Codex;

/// <summary>A text of a configuration that an interpreter reads.</summary>
/// <param name="Language">Whose words it is.</param>
/// <param name="Owner">What has to go as a whole when the text cannot be written: a hook's handler, an MCP server, a key.</param>
internal sealed record CommandPlace(CommandLanguage Language, TomlPath Owner);

/// <summary>
/// Finds the texts of a configuration that a shell or another interpreter reads: commands of hooks, and in lists of words
/// (<c>args</c>, <c>notify</c>) the script behind <c>sh -c</c>, <c>cmd /c</c>, <c>pwsh -Command</c> and their like.
/// </summary>
internal static class CommandPlaces
{
    private const string Hooks = "hooks";

    /// <summary>The language of a hook's command.</summary>
    internal static CommandLanguage LanguageOfHooks(PathStyle platform) => platform == PathStyle.Windows ? CommandLanguage.Cmd : CommandLanguage.Sh;

    /// <summary>The language of a key of a handler: <c>commandWindows</c> is for Windows on every platform.</summary>
    internal static CommandLanguage LanguageOfHook(string? key, PathStyle platform)
        => key is "commandWindows" or "command_windows" ? CommandLanguage.Cmd : LanguageOfHooks(platform);

    /// <summary>All of them, by path.</summary>
    /// <param name="root">The configuration.</param>
    /// <param name="platform">Where its commands run.</param>
    internal static IReadOnlyDictionary<TomlPath, CommandPlace> Find(TomlTable root, PathStyle platform)
    {
        var found = new Dictionary<TomlPath, CommandPlace>();
        Visit(root, TomlPath.Root, platform, found);
        return found;
    }

    private static void Visit(TomlNode node, TomlPath path, PathStyle platform, Dictionary<TomlPath, CommandPlace> found)
    {
        switch (node)
        {
            case TomlTable table:
                VisitTable(table, path, platform, found);
                break;
            case TomlList list:
                AddScripts(list, null, path, found);
                for (var index = 0; index < list.Count; index++)
                {
                    Visit(list[index], path.Append(index), platform, found);
                }

                break;
        }
    }

    private static void VisitTable(TomlTable table, TomlPath path, PathStyle platform, Dictionary<TomlPath, CommandPlace> found)
    {
        var isHandler = path.Count == 5 && path[0].Key == Hooks && path[3].Key == Hooks;
        foreach (var (key, value) in table)
        {
            var below = path.Append(key);
            if (isHandler && key is "command" or "commandWindows" or "command_windows")
            {
                found[below] = new CommandPlace(LanguageOfHook(key, platform), path);
            }
            else if (value is TomlList list && table["command"]?.AsString() is { } program)
            {
                AddScripts(list, program, below, found);
            }

            Visit(value, below, platform, found);
        }
    }

    private static void AddScripts(TomlList list, string? program, TomlPath path, Dictionary<TomlPath, CommandPlace> found)
    {
        if (list.Count == 0 || !list.All(item => item is TomlString))
        {
            return;
        }

        var words = list.Select(item => item.AsString()!).ToList();
        var before = program is null ? 0 : 1;
        foreach (var (index, language) in ScriptFinder.Find(program is null ? words : [program, .. words]))
        {
            if (index >= before && index - before < words.Count)
            {
                var isArgument = language == CommandLanguage.Cmd && IsArgument(words, index - before);
                found.TryAdd(path.Append(index - before), new CommandPlace(isArgument ? CommandLanguage.CmdArgument : language, OwnerOf(path)));
            }
        }
    }

    // cmd.exe drops the first and the last quotation mark of its line where the first word has one and it is not the only word that has.
    private static bool IsArgument(List<string> words, int index)
    {
        var isFirst = index > 0 && words[index - 1].StartsWith('/') && words[index - 1].Length <= 3;
        return !words[index].Any(char.IsWhiteSpace)
            && (!isFirst || !words.Skip(index + 1).Any(word => word.Any(char.IsWhiteSpace) || word.Contains("${", StringComparison.Ordinal)));
    }

    private static TomlPath OwnerOf(TomlPath path) => path.Count > 2 && path[0].Key == "mcp_servers" ? [path[0], path[1]] : path;
}
