using System.Text.Json.Serialization;
using Codexport.Engine.Results;

namespace Codexport.Engine.Protocol;

/// <summary>
/// Something that happened in the server. Holds no secret, and text from the network only after cleaning. The words here are what
/// <c>master serve --json</c> prints and what the module reads.
/// </summary>
/// <param name="Time">When, UTC.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(ServerStarted), "started")]
[JsonDerivedType(typeof(FollowerJoined), "joined")]
[JsonDerivedType(typeof(FollowerApproved), "approved")]
[JsonDerivedType(typeof(FollowerRevoked), "revoked")]
[JsonDerivedType(typeof(FollowerLeft), "left")]
[JsonDerivedType(typeof(FollowerSynced), "synced")]
[JsonDerivedType(typeof(FollowerApplied), "applied")]
[JsonDerivedType(typeof(FollowerFailed), "failed")]
[JsonDerivedType(typeof(FollowerHealed), "healed")]
[JsonDerivedType(typeof(KeyRotated), "rotated")]
[JsonDerivedType(typeof(PeerRefused), "refused")]
[JsonDerivedType(typeof(RevisionPublished), "published")]
[JsonDerivedType(typeof(HeadRenewed), "renewed")]
[JsonDerivedType(typeof(RevisionStored), "stored")]
[JsonDerivedType(typeof(RingPublished), "ring")]
[JsonDerivedType(typeof(ChangesWaiting), "waiting")]
[JsonDerivedType(typeof(HomeWatched), "watching")]
[JsonDerivedType(typeof(ServerWarning), "warning")]
[JsonDerivedType(typeof(ServerStopping), "stopping")]
[JsonDerivedType(typeof(ServerStopped), "stopped")]
public abstract record ServerEvent([property: JsonPropertyOrder(-1)] DateTimeOffset Time);

/// <summary>The server listens.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Address">The address it listens on.</param>
/// <param name="Port">The port.</param>
/// <param name="Fingerprint">The master's fingerprint.</param>
/// <param name="Revision">The revision in service; null when nothing is published yet.</param>
public sealed record ServerStarted(DateTimeOffset Time, string Address, int Port, string Fingerprint, string? Revision) : ServerEvent(Time);

/// <summary>A follower registered.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where it came from.</param>
/// <param name="State">Whether it may fetch.</param>
public sealed record FollowerJoined(DateTimeOffset Time, string Id, string Name, string Address, FollowerState State) : ServerEvent(Time);

/// <summary>A follower was let in.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
public sealed record FollowerApproved(DateTimeOffset Time, string Id, string Name) : ServerEvent(Time);

/// <summary>A follower was shut out.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
public sealed record FollowerRevoked(DateTimeOffset Time, string Id, string Name) : ServerEvent(Time);

/// <summary>A follower left by itself.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
public sealed record FollowerLeft(DateTimeOffset Time, string Id, string Name) : ServerEvent(Time);

/// <summary>A follower fetched a bundle to its end.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Revision">The revision.</param>
/// <param name="Bytes">Bytes sent, as they crossed the wire.</param>
public sealed record FollowerSynced(DateTimeOffset Time, string Id, string Name, string Revision, long Bytes) : ServerEvent(Time);

/// <summary>A follower said for the first time that it applied a revision.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Revision">The revision.</param>
public sealed record FollowerApplied(DateTimeOffset Time, string Id, string Name, string Revision) : ServerEvent(Time);

/// <summary>A follower reported an error that a person should see, one that it did not report before.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Code">The error code's name.</param>
public sealed record FollowerFailed(DateTimeOffset Time, string Id, string Name, string Code) : ServerEvent(Time);

/// <summary>A follower reported that the error it had is gone.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
public sealed record FollowerHealed(DateTimeOffset Time, string Id, string Name) : ServerEvent(Time);

/// <summary>The master has a new key, which is in service.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Previous">The old key's fingerprint.</param>
/// <param name="Fingerprint">The new key's fingerprint.</param>
public sealed record KeyRotated(DateTimeOffset Time, string Previous, string Fingerprint) : ServerEvent(Time);

/// <summary>A peer was refused; the same reason for the same address is told once a minute at most.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Reason">An error code's name.</param>
/// <param name="Address">Where it came from.</param>
public sealed record PeerRefused(DateTimeOffset Time, string Reason, string Address) : ServerEvent(Time);

/// <summary>Another revision is in service.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Revision">The revision.</param>
/// <param name="Sequence">The head's sequence number.</param>
public sealed record RevisionPublished(DateTimeOffset Time, string Revision, long Sequence) : ServerEvent(Time);

/// <summary>The head was signed anew.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Revision">The revision, still the same.</param>
/// <param name="Sequence">The head's sequence number.</param>
public sealed record HeadRenewed(DateTimeOffset Time, string Revision, long Sequence) : ServerEvent(Time);

/// <summary>A store holds the revision in service.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Target">The store.</param>
/// <param name="Revision">The revision.</param>
/// <param name="Objects">Things uploaded.</param>
/// <param name="Bytes">Their bytes.</param>
public sealed record RevisionStored(DateTimeOffset Time, string Target, string Revision, int Objects, long Bytes) : ServerEvent(Time);

/// <summary>A ring before the last got another revision.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Ring">The ring.</param>
/// <param name="Revision">The revision.</param>
public sealed record RingPublished(DateTimeOffset Time, string Ring, string Revision) : ServerEvent(Time);

/// <summary>Changes were saved and wait for a person to let them go.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Revision">The revision that stays in service.</param>
/// <param name="Changes">Files that are new, differ or are gone.</param>
public sealed record ChangesWaiting(DateTimeOffset Time, string Revision, int Changes) : ServerEvent(Time);

/// <summary>The system tells of changes of the Codex home again, after it was only looked through at intervals.</summary>
/// <param name="Time">When, UTC.</param>
public sealed record HomeWatched(DateTimeOffset Time) : ServerEvent(Time);

/// <summary>Something went wrong and the server goes on.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Code">An error code's name.</param>
/// <param name="Message">What, as a whole sentence.</param>
public sealed record ServerWarning(DateTimeOffset Time, string Code, string Message) : ServerEvent(Time);

/// <summary>The server was told to stop while answers were running; it ends when they have.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Running">How many answers are still being sent.</param>
/// <param name="Seconds">How long they have at most.</param>
public sealed record ServerStopping(DateTimeOffset Time, int Running, int Seconds) : ServerEvent(Time);

/// <summary>The server stopped.</summary>
/// <param name="Time">When, UTC.</param>
public sealed record ServerStopped(DateTimeOffset Time) : ServerEvent(Time);
