using Codexport.Engine.Content;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Apply;

/// <summary>One planned change with the places on the disk where it happens: what the journal remembers.</summary>
/// <param name="Change">What was planned.</param>
/// <param name="Target">The absolute path that is replaced or deleted: where a top-level link leads, or the path itself.</param>
/// <param name="Temporary">Where the new content waits for its rename; null for a deletion.</param>
internal sealed record ApplyStep(PlannedChange Change, string Target, string? Temporary)
{
    /// <summary>Whether the file is written rather than deleted.</summary>
    public bool IsWrite => Change.After.Hash is not null;

    /// <summary>The hash of the new content.</summary>
    public Sha256Hash NewHash => Change.After.Hash ?? throw new InvalidOperationException("A deletion has no new content.");

    /// <summary>
    /// Who may read what is written: this user alone. A revision does not tell how open a file is on the master, so nothing may be more
    /// open here than the most private file there.
    /// </summary>
    public FilePermission Permission => Change.IsCredential || Change.IsPrivate
        ? FilePermission.Private
        : Change.After.IsExecutable ? FilePermission.Executable : FilePermission.Personal;
}
