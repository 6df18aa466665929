using System.Text.Json;
using Codexport.Engine.Codex;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Master.Gate;

/// <summary>A command line that a file of Codex's configuration has run.</summary>
/// <param name="Key">Whose it is, such as <c>mcp_servers.docs</c> or <c>hooks.SessionStart[0].hooks[0]</c>.</param>
/// <param name="Text">Its words, with blanks between.</param>
/// <param name="Line">Where it stands, counted from 1.</param>
internal sealed record FoundCommand(string Key, string Text, int Line)
{
    private const string Command = "command";

    /// <summary>Whether a hook runs it.</summary>
    public bool IsHook => Key.StartsWith("hooks", StringComparison.Ordinal);

    /// <summary>The commands of a file; none when it is of another kind or cannot be read.</summary>
    public static IReadOnlyList<FoundCommand> In(string path, byte[] content) => CodexLayout.KindOf(path) switch
    {
        CodexFileKind.Hooks => InHooks(content),
        CodexFileKind.Configuration or CodexFileKind.Profile or CodexFileKind.Agent => InToml(path, content),
        _ => [],
    };

    /// <summary>The commands of a document in TOML; none when it does not parse.</summary>
    public static IReadOnlyList<FoundCommand> InToml(string path, byte[] content)
    {
        var found = new List<FoundCommand>();
        if (TomlDocument.TryParse(content, path, out var document, out _))
        {
            Visit(document.Root, found);
            if (document.Root["notify"] is TomlList notify)
            {
                found.Add(new FoundCommand("notify", string.Join(' ', Words(notify)), notify.Location.Line));
            }
        }

        return found;
    }

    private static void Visit(TomlNode node, List<FoundCommand> found)
    {
        if (node is TomlList list)
        {
            foreach (var item in list)
            {
                Visit(item, found);
            }

            return;
        }

        if (node is not TomlTable table)
        {
            return;
        }

        foreach (var (key, value) in table)
        {
            if (key is Command or "commandWindows" or "command_windows" && value.AsString() is { } program)
            {
                var arguments = key == Command && table["args"] is TomlList args ? Words(args) : [];
                found.Add(new FoundCommand(table.Path.ToString(), string.Join(' ', [program, .. arguments]), value.Location.Line));
            }

            Visit(value, found);
        }
    }

    private static IEnumerable<string> Words(TomlList list) => list.Select(item => item.AsString()).OfType<string>();

    private static List<FoundCommand> InHooks(byte[] content)
    {
        var found = new List<FoundCommand>();
        try
        {
            foreach (var entry in RawJson.Parse(content)["hooks"]?.Members ?? [])
            {
                AddGroups(found, entry, content);
            }
        }
        catch (JsonException)
        {
            // Such a file is not published at all.
            return [];
        }

        return found;
    }

    private static void AddGroups(List<FoundCommand> found, RawMember entry, byte[] content)
    {
        for (var group = 0; group < entry.Value.Items.Count; group++)
        {
            var handlers = entry.Value.Items[group]["hooks"]?.Items ?? [];
            for (var handler = 0; handler < handlers.Count; handler++)
            {
                foreach (var member in handlers[handler].Members.Where(member => member.Name is Command or "commandWindows" && member.Value.Text is not null))
                {
                    found.Add(new FoundCommand($"hooks.{entry.Name}[{group}].hooks[{handler}]", member.Value.Text!, LineOf(content, member.Start)));
                }
            }
        }
    }

    private static int LineOf(byte[] content, int index) => content.AsSpan(0, index).Count((byte)'\n') + 1;
}
