using System.Text;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Toml;
using Codexport.Engine.Toml.Syntax;

namespace Codexport.Engine.HookSetup;

/// <summary>Adds and removes hooks that stand in <c>[hooks]</c> of <c>config.toml</c>.</summary>
internal static class HooksTomlEditor
{
    /// <summary>Inserts a group as the first of its event.</summary>
    public static string InsertFirst(string text, HookHandler handler, string path)
    {
        var before = TomlDocument.Parse(text, path);
        var list = EventPath(handler.Event);
        if (before.Find(list) is null or TomlArrayOfTables)
        {
            var after = InsertBlock(text, handler, before.Find(list) as TomlArrayOfTables);
            if (TomlDocument.TryParse(Encoding.UTF8.GetBytes(after), path, out var parsed, out _) && HoldsBoth(parsed, before, handler))
            {
                return after;
            }
        }

        // An inline spelling: the list is written anew with ours in front.
        var items = before.Find(list) as TomlList ?? (IEnumerable<TomlNode>)[];
        before.Set(list, new TomlArray([Group(handler), .. items]));
        return before.ToString();
    }

    /// <summary>Removes a group of an event.</summary>
    public static string Remove(string text, string eventName, int groupIndex, string path)
    {
        var document = TomlDocument.Parse(text, path);
        document.Remove(Count(document, eventName) == 1 ? EventPath(eventName) : EventPath(eventName).Append(groupIndex));
        return document.ToString();
    }

    private static string InsertBlock(string text, HookHandler handler, TomlArrayOfTables? existing)
    {
        var newLine = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        var block = string.Join(newLine, Lines(handler)) + newLine;
        if (existing is null)
        {
            var gap = text.Length == 0 ? string.Empty : text.EndsWith('\n') ? newLine : newLine + newLine;
            return text + gap + block;
        }

        var lines = text.Split('\n');
        var line = existing[0].Location.Line - 1;
        while (line > 0 && lines[line - 1].TrimStart().StartsWith('#'))
        {
            line--;
        }

        var position = lines.Take(line).Sum(item => item.Length + 1);
        return text[..position] + block + newLine + text[position..];
    }

    private static IEnumerable<string> Lines(HookHandler handler)
    {
        yield return $"[[hooks.{handler.Event}]]";
        yield return $"matcher = {Quote(handler.Matcher!)}";
        yield return string.Empty;
        yield return $"[[hooks.{handler.Event}.hooks]]";
        yield return "type = \"command\"";
        yield return $"command = {Quote(handler.Command!)}";
        if (handler.Timeout is { } timeout)
        {
            yield return $"timeout = {timeout}";
        }
    }

    private static string Quote(string text) => TomlText.BasicString(text);

    private static TomlTable Group(HookHandler handler) => new(
    [
        new("matcher", handler.Matcher!),
        new("hooks", new TomlArray([new TomlTable(
        [
            new("type", "command"),
            new("command", handler.Command!),
            .. handler.Timeout is { } timeout ? [new KeyValuePair<string, TomlNode>("timeout", timeout)] : Array.Empty<KeyValuePair<string, TomlNode>>(),
        ])])),
    ]);

    private static bool HoldsBoth(TomlDocument after, TomlDocument before, HookHandler handler)
    {
        var count = Count(before, handler.Event);
        if (Count(after, handler.Event) != count + 1 || !TomlHooks.ReadHandlers(after.Root).Any(item => item == handler with { GroupIndex = 0, HandlerIndex = 0 }))
        {
            return false;
        }

        var list = EventPath(handler.Event);
        after.Remove(count == 0 ? list : list.Append(0));
        return after.SemanticEquals(before);
    }

    private static int Count(TomlDocument document, string eventName) => (document.Find(EventPath(eventName)) as TomlList)?.Count ?? 0;

    private static TomlPath EventPath(string eventName) => TomlPath.FromKeys(["hooks", eventName]);
}
