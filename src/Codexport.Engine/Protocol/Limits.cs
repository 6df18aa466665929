namespace Codexport.Engine.Protocol;

/// <summary>What neither side takes more of. Each refusal names the limit.</summary>
public sealed record Limits
{
    /// <summary>The documented defaults.</summary>
    public static Limits Default { get; } = new();

    /// <summary>Files in a revision.</summary>
    public int MaxFiles { get; init; } = 100_000;

    /// <summary>Bytes of one file.</summary>
    public long MaxFileSize { get; init; } = 64L << 20;

    /// <summary>Bytes of all contents of a revision.</summary>
    public long MaxBundleSize { get; init; } = 2L << 30;

    /// <summary>Bytes of a revision document.</summary>
    public int MaxDocumentSize { get; init; } = 32 << 20;

    /// <summary>UTF-8 bytes of a relative path.</summary>
    public int MaxPathSize { get; init; } = 1024;

    /// <summary>Revisions kept on either side.</summary>
    public int KeptRevisions { get; init; } = 20;
}
