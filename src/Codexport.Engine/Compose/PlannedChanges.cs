using Codexport.Engine.Apply;
using Codexport.Engine.Codex;

namespace Codexport.Engine.Compose;

/// <summary>Makes the steps of a plan: what kind of file it is decides when and how it is written.</summary>
internal static class PlannedChanges
{
    /// <summary>The change of a file of the Codex home.</summary>
    /// <param name="path">Relative to the Codex home.</param>
    /// <param name="before">What stands there.</param>
    /// <param name="after">What shall stand there.</param>
    /// <param name="size">Bytes of the new content; 0 when there is none or it is not known.</param>
    public static PlannedChange Of(string path, TargetState before, TargetState after, long size = 0)
    {
        var kind = CodexLayout.KindOf(path);
        return new PlannedChange(path, after.Hash is null ? ApplyPhase.Deletions : PhaseOf(kind), before, after)
        {
            IsCredential = kind == CodexFileKind.Credential,
            IsPrivate = kind.IsPrivate(),
            Locks = CodexLayout.LocksOf(path),
            FollowsLink = kind.FollowsLink(),
            ReplacesLink = kind == CodexFileKind.Instructions,
            Size = size,
        };
    }

    private static ApplyPhase PhaseOf(CodexFileKind kind) => kind switch
    {
        CodexFileKind.Hooks => ApplyPhase.Hooks,
        CodexFileKind.Configuration or CodexFileKind.Profile => ApplyPhase.Configuration,
        _ => ApplyPhase.Files,
    };
}
