namespace Codexport.Engine.Results;

/// <summary>What <c>master init</c> did.</summary>
/// <param name="Role">Always <see cref="Role.Master"/>.</param>
/// <param name="Fingerprint">SHA-256 of the public key, 64 lowercase hexadecimal digits.</param>
/// <param name="Revision">The published revision.</param>
/// <param name="Files">Files in it.</param>
/// <param name="Bytes">Bytes of their contents.</param>
/// <param name="Warnings">Whole sentences for the person.</param>
public sealed record InitResult(Role Role, string Fingerprint, string Revision, int Files, long Bytes, IReadOnlyList<string> Warnings);

/// <summary>How a rebuild ended.</summary>
public enum RebuildStatus
{
    /// <summary>Nothing changed.</summary>
    Current,

    /// <summary>A new revision is in service.</summary>
    Published,

    /// <summary>So much would go, or something was found, that it waits for a person; the old revision stays in service.</summary>
    Held,

    /// <summary>It waits for a person to let it go, as the settings or a rollback demand; the old revision stays in service.</summary>
    Waiting,
}

/// <summary>What a rebuild did.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Revision">The revision in service afterwards.</param>
/// <param name="PreviousRevision">The one before, when it changed.</param>
/// <param name="Files">Files in the revision in service.</param>
/// <param name="Bytes">Bytes of their contents.</param>
/// <param name="Added">Paths that are new.</param>
/// <param name="Changed">Paths whose content or mode differs.</param>
/// <param name="Removed">Paths that are gone.</param>
/// <param name="Warnings">Whole sentences for the person.</param>
public sealed record RebuildResult(
    RebuildStatus Status, string Revision, string? PreviousRevision, int Files, long Bytes,
    IReadOnlyList<string> Added, IReadOnlyList<string> Changed, IReadOnlyList<string> Removed, IReadOnlyList<string> Warnings)
{
    /// <summary>What the scan found and nobody has confirmed or silenced: it holds the publication back.</summary>
    public IReadOnlyList<ScanFinding> Findings { get; init; } = [];

    /// <summary>The groups whose followers get something else than before.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];
}

/// <summary>A join link and the command that uses it.</summary>
/// <param name="JoinLink"><c>codexport://join?…</c>; holds the invite, so it is for the followers' eyes alone.</param>
/// <param name="Command">What to run on a follower.</param>
/// <param name="Fingerprint">The master's fingerprint.</param>
public sealed record JoinLinkResult(string JoinLink, string Command, string Fingerprint)
{
    /// <summary>When the link ends, local time; null for one that lasts until it is renewed.</summary>
    public DateTime? Expires { get; init; }

    /// <summary>How many followers it lets in; null for any number.</summary>
    public int? Uses { get; init; }

    /// <summary>The group that its followers come into; null for none.</summary>
    public string? Group { get; init; }
}

/// <summary>A follower that was shut out.</summary>
/// <param name="Follower">The follower.</param>
public sealed record RevokeResult(FollowerInfo Follower)
{
    /// <summary>What still lets it in, as whole sentences; null when nothing does.</summary>
    public string? Warning { get; init; }
}

/// <summary>Where a follower stands in the master's book.</summary>
public enum FollowerState
{
    /// <summary>Asked to join and waits for approval.</summary>
    Pending,

    /// <summary>May fetch.</summary>
    Approved,

    /// <summary>May no longer fetch.</summary>
    Revoked,
}

/// <summary>A follower as the master knows it. Text that came over the network holds no control characters.</summary>
/// <param name="Id">Short identifier, unique at this master.</param>
/// <param name="Name">What the machine calls itself.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Address">The address that it last came from.</param>
/// <param name="Platform"><c>linux</c>, <c>macos</c> or <c>windows</c>.</param>
/// <param name="Version">Its Codexport version.</param>
/// <param name="AppliedRevision">The revision it last applied, when it has said so.</param>
/// <param name="RevisionsBehind">How many published revisions it is behind; null when not known, as when the one applied is no longer kept.</param>
/// <param name="JoinedAt">When it registered, local time.</param>
/// <param name="LastSeen">When it last asked over TLS, local time.</param>
/// <param name="LastError">The stable code of the last error that it reported.</param>
public record FollowerInfo(
    string Id, string Name, FollowerState State, string Address, string Platform, string Version,
    string? AppliedRevision, int? RevisionsBehind, DateTime JoinedAt, DateTime? LastSeen, string? LastError)
{
    /// <summary>Where <see cref="RevisionsBehind"/> is null because the applied revision is no longer kept: more than so many behind.</summary>
    public int? BehindMoreThan { get; init; }

    /// <summary>The group that it is in; null for none.</summary>
    public string? Group { get; init; }

    /// <summary>The ring that it is in, as the person has set it; null for the last one.</summary>
    public string? Ring { get; init; }

    /// <summary>The revision that it is to have: its ring's and group's; null while nothing is published.</summary>
    public string? TargetRevision { get; init; }

    /// <summary>
    /// How many published revisions it is behind, where the applied one is no longer kept the least that it can be; null when it has not said
    /// what it applied.
    /// </summary>
    public int? Behind => RevisionsBehind ?? BehindMoreThan + 1;
}

/// <summary>What a change of keys did.</summary>
/// <param name="PreviousFingerprint">The old key's.</param>
/// <param name="Fingerprint">The new key's.</param>
/// <param name="RotatedAt">When, local time.</param>
/// <param name="Followers">Followers that trust the old key until they follow or join anew.</param>
public sealed record RotationResult(string PreviousFingerprint, string Fingerprint, DateTime RotatedAt, int Followers);

/// <summary>Which key acts for a master's identity now.</summary>
/// <param name="Fingerprint">The identity's, which followers pin.</param>
/// <param name="KeyFingerprint">That of the key which signs and serves.</param>
/// <param name="Expires">Until when it may, local time; null when it is the identity's own.</param>
/// <param name="IsIdentityHere">Whether the identity's own key is on this machine.</param>
public sealed record DelegationResult(string Fingerprint, string KeyFingerprint, DateTime? Expires, bool IsIdentityHere);

/// <summary>What an export of the identity wrote.</summary>
/// <param name="File">Where.</param>
/// <param name="Fingerprint">The master's fingerprint.</param>
/// <param name="Followers">Followers in it.</param>
/// <param name="Revision">The newest revision, whose list of files is in it; null when nothing was published.</param>
/// <param name="ExportedAt">When, local time.</param>
public sealed record IdentityExportResult(string File, string Fingerprint, int Followers, string? Revision, DateTime ExportedAt);

/// <summary>How an import of an identity ended.</summary>
public enum ImportStatus
{
    /// <summary>This home was that master already.</summary>
    Current,

    /// <summary>This home is that master now.</summary>
    Imported,
}

/// <summary>What an import of an identity did.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Fingerprint">The master's fingerprint.</param>
/// <param name="Followers">Followers in the book now.</param>
/// <param name="Revision">The revision in service now; null while nothing is published.</param>
/// <param name="ExportedAt">When the export was made, local time: what happened to followers after that is not in it.</param>
/// <param name="Warnings">Whole sentences for the person.</param>
public sealed record IdentityImportResult(
    ImportStatus Status, string Fingerprint, int Followers, string? Revision, DateTime ExportedAt, IReadOnlyList<string> Warnings);
