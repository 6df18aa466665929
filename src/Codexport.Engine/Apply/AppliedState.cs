using Codexport.Engine.Content;

namespace Codexport.Engine.Apply;

/// <summary>One managed file as it was last written.</summary>
/// <param name="Path">Relative path below the Codex home.</param>
/// <param name="Hash">SHA-256 of what was written (for composed files: of the composed text).</param>
/// <param name="IsExecutable">Whether it was written as executable.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="ModifiedTicks">Its last write time after writing, UTC ticks: a file whose size and time are these was not touched since.</param>
/// <param name="IsCredential">Whether it is a credential file.</param>
internal sealed record AppliedFile(string Path, Sha256Hash Hash, bool IsExecutable, long Size, long ModifiedTicks, bool IsCredential);

/// <summary>What was last applied: <c>state/applied.json</c>, written by the transaction as its last step.</summary>
internal sealed record AppliedState
{
    /// <summary>The revision.</summary>
    public required Sha256Hash Revision { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset AppliedAt { get; init; }

    /// <summary>Managed files, sorted by ordinal path.</summary>
    public required IReadOnlyList<AppliedFile> Files { get; init; }

    /// <summary>
    /// The base of the three-way merge: for each composed file (<c>config.toml</c>, <c>NAME.config.toml</c>, <c>hooks.json</c>) the text that
    /// was generated from canonical and overlay, before local content was merged in.
    /// </summary>
    public required IReadOnlyDictionary<string, string> GeneratedTexts { get; init; }

    /// <summary>Files of the revision that another program kept from being written: the next sync tries again.</summary>
    public IReadOnlyList<string> Waiting { get; init; } = [];

    /// <summary>The newest head that was accepted by then; null in the state of an earlier version.</summary>
    public SeenHead? Seen { get; init; }

    /// <summary>SHA-256 over the overlay's inputs (settings, local servers, skills, overrides), to see that nothing there changed.</summary>
    public required Sha256Hash OverlayHash { get; init; }
}
