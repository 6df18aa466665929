namespace Codexport.Engine.Master.Publishing;

/// <summary>What a person says to a rebuild; nothing, when a watcher asks for it.</summary>
public sealed record RebuildOptions
{
    /// <summary>What a watcher says.</summary>
    public static RebuildOptions None { get; } = new();

    /// <summary>Whether an export that lost much is published all the same.</summary>
    public bool AcceptDeletions { get; init; }

    /// <summary>Whether what the scan finds now is confirmed, and remembered as such.</summary>
    public bool AcceptFindings { get; init; }

    /// <summary>Whether what waits for a person goes out.</summary>
    public bool Publish { get; init; }

    /// <summary>The revision, or its beginning, that the person has looked at: when another one would go out by now, nothing does. Null for any.</summary>
    public string? ExpectedRevision { get; init; }
}
