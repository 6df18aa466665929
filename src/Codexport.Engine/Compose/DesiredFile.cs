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
    internal TargetState State => new(Hash, IsExecutable);
}
