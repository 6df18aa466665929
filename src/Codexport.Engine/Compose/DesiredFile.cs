using Codexport.Engine.Apply;
using Codexport.Engine.Content;
using Codexport.Engine.Results;

namespace Codexport.Engine.Compose;

/// <summary>A plain file that shall stand in the Codex home.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Hash">Its content's hash.</param>
/// <param name="IsExecutable">Whether it is executable.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Reason">Whose it is: canonical or overlay.</param>
internal sealed record DesiredFile(string Path, Sha256Hash Hash, bool IsExecutable, long Size, ChangeReason Reason)
{
    /// <summary>The master's own text, where this machine's words stand below it; null elsewhere. A file that says just that is not anybody's else.</summary>
    internal Sha256Hash? WithoutOwnWords { get; init; }

    internal TargetState State => new(Hash, IsExecutable);
}
