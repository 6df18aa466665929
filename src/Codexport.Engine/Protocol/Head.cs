using Codexport.Engine.Content;

namespace Codexport.Engine.Protocol;

/// <summary>What the master signs: which revision is in force. The only thing that an unchanged follower asks for.</summary>
/// <param name="Revision">SHA-256 of the revision document.</param>
/// <param name="Sequence">Rises with every head that differs: the larger of the last one plus 1 and Unix time in milliseconds.</param>
/// <param name="IssuedAt">When it was signed, UTC, whole seconds.</param>
/// <param name="Expires">From when on followers warn that nothing newer came, UTC, whole seconds.</param>
public sealed record Head(Sha256Hash Revision, long Sequence, DateTimeOffset IssuedAt, DateTimeOffset Expires)
{
    /// <summary>The head format that this version writes and reads.</summary>
    public const int Version = 1;
}
