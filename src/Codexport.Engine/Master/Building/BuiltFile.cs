using Codexport.Engine.Content;

namespace Codexport.Engine.Master.Building;

/// <summary>One file of a build: what is published, and what it was built from.</summary>
internal struct BuiltFile
{
    /// <summary>Path below the Codex home.</summary>
    public string Path;

    /// <summary>Bytes of the published content.</summary>
    public long Size;

    /// <summary>The published mode.</summary>
    public bool IsExecutable;

    /// <summary>The published content.</summary>
    public Sha256Hash Hash;

    /// <summary>The source's time, or <see cref="HashCache.NeverTrust"/>.</summary>
    public long ModifiedTicks;

    /// <summary>When the source last changed in any way; 0 where the platform does not tell.</summary>
    public long ChangedTicks;

    /// <summary>What tells sources of one path apart; 0 for the usual one.</summary>
    public ulong Source;
}
