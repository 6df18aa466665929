using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Master.Groups;

/// <summary>The groups of a master: the folders of <c>~/.codexport/groups/</c>, and what <c>[groups.NAME]</c> names.</summary>
internal static class GroupFolders
{
    /// <summary>The folder of a group; it need not be there.</summary>
    public static string PathOf(EngineContext context, string name) => Path.Combine(Root(context), name);

    /// <summary>The folder of all groups.</summary>
    public static string Root(EngineContext context) => Path.Combine(context.Home.StateFolder, "groups");

    /// <summary>Their names, sorted.</summary>
    public static IReadOnlyList<string> Find(EngineContext context, LocalSettings settings)
    {
        var folders = context.Files.TryGetEntry(Root(context)) is { Kind: EntryKind.Directory }
            ? context.Files.Enumerate(Root(context)).Where(entry => entry.Kind == EntryKind.Directory).Select(entry => Path.GetFileName(entry.Path)).ToList()
            : [];
        return [.. folders.Where(Head.IsRing).Concat(settings.GroupExcludes.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>Fails for a name that no group can have.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.InvalidUsage"/>.</exception>
    public static void RequireName(string name)
    {
        if (!Head.IsRing(name))
        {
            throw new CodexportException(
                ErrorCode.InvalidUsage,
                $"'{ForeignText.Name(name)}' cannot be the name of a group.",
                $"Use small letters, digits and hyphens, at most {Head.MaxRingLength} characters.",
                ForeignText.Name(name));
        }
    }

    /// <summary>The error for a group that there is not.</summary>
    public static CodexportException NotFound(EngineContext context, string name) => new(
        ErrorCode.GroupNotFound,
        $"This master has no group '{ForeignText.Name(name)}'.",
        $"'codexport master groups' lists them; the folder '{Path.Combine(Root(context), "NAME")}' makes one.",
        ForeignText.Name(name));
}
