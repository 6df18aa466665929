using Codexport.Engine.Apply;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Follower.Sync;

/// <summary>
/// Closes to others what earlier versions wrote open to them. A file whose content stays is not written again, so an apply alone would leave it
/// as it is.
/// </summary>
internal static class PrivateModes
{
    /// <summary>Gives the files of the state before, as far as they are still there, to this user alone.</summary>
    public static void Tighten(EngineContext context, AppliedState? before)
    {
        // Where the platform tells no modes, there are none to tighten.
        var open = (before?.Files ?? []).Where(file => context.Files.TryGetFacts(context.Home.Locate(file.Path)) is { IsOpenToOthers: true, IsForeign: false }).ToList();
        if (open.Count == 0)
        {
            return;
        }

        using var files = TargetGuard.Confine(context, context.Home.CodexFolder);
        foreach (var file in open)
        {
            var path = context.Home.Locate(file.Path);

            // A link always looks open; what the person's own link leads to has the mode that it was written with.
            if (files.TryGetEntry(path) is { Kind: EntryKind.File } entry)
            {
                files.SetPermission(path, entry.IsExecutable ? FilePermission.Executable : FilePermission.Private);
            }
        }
    }
}
