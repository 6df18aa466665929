using System.Text;
using Codexport.Engine.Codex;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Homes;

namespace Codexport.Engine.Compose;

/// <summary>
/// A hooks file of the master's with this machine's paths. A handler whose command cannot be written so that its shell reads this machine's
/// path is left out: as it stands it would run something else, and would be trusted.
/// </summary>
internal sealed class LocalHooks
{
    private LocalHooks(string text, IReadOnlyList<(HookHandler, HookPosition, HookHandler)> handlers, IReadOnlyList<string> leftOut)
        => (Text, Handlers, LeftOut) = (text, handlers, leftOut);

    /// <summary>The file.</summary>
    internal string Text { get; }

    /// <summary>Each handler as the master sent it, where it stands in <see cref="Text"/>, and as it is there.</summary>
    internal IReadOnlyList<(HookHandler Portable, HookPosition Position, HookHandler Here)> Handlers { get; }

    /// <summary>What was left out, by key path.</summary>
    internal IReadOnlyList<string> LeftOut { get; }

    /// <summary>Fills in the paths.</summary>
    /// <param name="portable">The file as the master sent it, or as the person's override has it: variables mean the same there.</param>
    /// <param name="paths">This machine's paths.</param>
    /// <param name="file">Its path below the Codex home.</param>
    internal static LocalHooks Of(byte[] portable, PortablePaths paths, string file)
    {
        var source = HooksFile.Parse(portable, file);
        var lost = new HashSet<string>(StringComparer.Ordinal);
        var content = source.RewriteCommands((text, key) => DecodeOne(text, key, paths, file, lost));
        var here = HooksFile.Parse(content, file).Handlers;
        var dropped = here.Where(handler => lost.Contains($"{KeyOf(handler)}.{handler.CommandKeyOn(paths.Style)}")).Select(PositionOf).ToHashSet();
        var kept = new List<(HookHandler, HookPosition, HookHandler)>();
        foreach (var (written, now) in source.Handlers.Zip(here).Where(pair => !dropped.Contains(PositionOf(pair.Second))))
        {
            kept.Add((written, NewPosition(now, here, dropped), now));
        }

        var decoded = Encoding.UTF8.GetString(content);
        return new LocalHooks(
            dropped.Count == 0 ? decoded : Without(HooksJson.Read(content, file)!, dropped).ToText(), kept,
            [.. here.Where(handler => dropped.Contains(PositionOf(handler))).Select(KeyOf)]);
    }

    /// <summary>One handler with this machine's paths; null when its command cannot be written.</summary>
    internal static HookHandler? Decode(HookHandler portable, PortablePaths paths, string file)
    {
        var lost = new HashSet<string>(StringComparer.Ordinal);
        var here = portable.WithCommands((key, text) => DecodeOne(text, key, paths, file, lost));
        return lost.Contains(here.CommandKeyOn(paths.Style)) ? null : here;
    }

    private static string DecodeOne(string text, string key, PortablePaths paths, string file, HashSet<string> lost)
    {
        if (paths.DecodeCommand(text, CommandPlaces.LanguageOfHook(key[(key.LastIndexOf('.') + 1)..], paths.Style), file, key) is { } decoded)
        {
            return decoded;
        }

        lost.Add(key);
        return paths.Decode(text, file, key, isCommandLine: true);
    }

    private static string KeyOf(HookHandler handler) => $"hooks.{handler.Event}[{handler.GroupIndex}].hooks[{handler.HandlerIndex}]";

    private static HookPosition PositionOf(HookHandler handler) => new(handler.Event, handler.GroupIndex, handler.HandlerIndex);

    // A group goes with its last handler, and what stood behind moves up.
    private static HookPosition NewPosition(HookHandler handler, IReadOnlyList<HookHandler> all, HashSet<HookPosition> dropped)
    {
        var groups = all.Where(other => other.Event == handler.Event && other.GroupIndex < handler.GroupIndex).GroupBy(other => other.GroupIndex)
            .Count(group => group.All(other => dropped.Contains(PositionOf(other))));
        var handlers = dropped.Count(other => other.Event == handler.Event && other.Group == handler.GroupIndex && other.Handler < handler.HandlerIndex);
        return new HookPosition(handler.Event, handler.GroupIndex - groups, handler.HandlerIndex - handlers);
    }

    private static RawJson Without(RawJson root, HashSet<HookPosition> dropped) => RawJson.Object(root.Members.Select(member => member.Name != "hooks"
        ? member
        : member with { Value = RawJson.Object(member.Value.Members.Select(item => item with { Value = Groups(item.Name, item.Value, dropped) })) }));

    private static RawJson Groups(string name, RawJson groups, HashSet<HookPosition> dropped)
        => !groups.IsList ? groups : RawJson.List(groups.Items.Select((group, index) => Group(name, index, group, dropped)).OfType<RawJson>());

    private static RawJson? Group(string name, int index, RawJson group, HashSet<HookPosition> dropped)
    {
        var handlers = group["hooks"]?.Items ?? [];
        var left = handlers.Where((_, handler) => !dropped.Contains(new HookPosition(name, index, handler))).ToList();
        return left.Count == handlers.Count ? group
            : left.Count == 0 ? null
            : RawJson.Object(group.Members.Select(member => member.Name == "hooks" ? member with { Value = RawJson.List(left) } : member));
    }
}
