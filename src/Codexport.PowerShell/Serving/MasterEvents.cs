using Codexport.Engine.Results;

namespace Codexport.PowerShell.Serving;

/// <summary>Something that happened in the server, as the program tells it with <c>--json</c>.</summary>
/// <param name="Time">When, local time.</param>
/// <param name="Event">What, one word.</param>
public record MasterEvent(DateTime Time, string Event);

/// <summary>The server listens.</summary>
/// <param name="Time">When, local time.</param>
/// <param name="Event"><c>started</c>.</param>
/// <param name="Address">The address it listens on.</param>
/// <param name="Fingerprint">The master's fingerprint.</param>
/// <param name="Revision">The revision in service; null when nothing is published yet.</param>
/// <param name="Port">The port.</param>
public sealed record MasterStartedEvent(
    DateTime Time, string Event, string? Address, string? Fingerprint, string? Revision, int Port) : MasterEvent(Time, Event);

/// <summary>Something that a follower did, or that was done to it.</summary>
/// <param name="Time">When, local time.</param>
/// <param name="Event"><c>approved</c>, <c>revoked</c>, <c>left</c> or <c>healed</c>, or what a derived type says.</param>
/// <param name="Id">The follower's id.</param>
/// <param name="Name">Its name.</param>
public record FollowerEvent(DateTime Time, string Event, string? Id, string? Name) : MasterEvent(Time, Event);

/// <summary>A follower registered.</summary>
/// <param name="Time">When, local time.</param>
/// <param name="Event"><c>joined</c>.</param>
/// <param name="Id">The follower's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where it came from.</param>
/// <param name="State">Whether it is let in, or waits.</param>
public sealed record FollowerJoinedEvent(
    DateTime Time, string Event, string? Id, string? Name, string? Address, FollowerState State) : FollowerEvent(Time, Event, Id, Name);

/// <summary>A follower said that it applied a revision.</summary>
/// <param name="Time">When, local time.</param>
/// <param name="Event"><c>applied</c>, or what a derived type says.</param>
/// <param name="Id">The follower's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Revision">The revision.</param>
public record FollowerRevisionEvent(DateTime Time, string Event, string? Id, string? Name, string? Revision) : FollowerEvent(Time, Event, Id, Name);

/// <summary>A follower fetched a bundle to its end.</summary>
/// <param name="Time">When, local time.</param>
/// <param name="Event"><c>synced</c>.</param>
/// <param name="Id">The follower's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Revision">The revision.</param>
/// <param name="Bytes">Bytes sent, as they crossed the wire.</param>
public sealed record FollowerSyncedEvent(
    DateTime Time, string Event, string? Id, string? Name, string? Revision, long Bytes) : FollowerRevisionEvent(Time, Event, Id, Name, Revision);

/// <summary>A follower reported an error that a person should see.</summary>
/// <param name="Time">When, local time.</param>
/// <param name="Event"><c>failed</c>.</param>
/// <param name="Id">The follower's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Code">The error code's name.</param>
public sealed record FollowerFailedEvent(DateTime Time, string Event, string? Id, string? Name, string? Code) : FollowerEvent(Time, Event, Id, Name);

/// <summary>The master has a new key, which is in service.</summary>
/// <param name="Time">When, local time.</param>
/// <param name="Event"><c>rotated</c>.</param>
/// <param name="Previous">The old key's fingerprint.</param>
/// <param name="Fingerprint">The new key's fingerprint.</param>
public sealed record KeyRotatedEvent(DateTime Time, string Event, string? Previous, string? Fingerprint) : MasterEvent(Time, Event);

/// <summary>A peer was refused.</summary>
/// <param name="Time">When, local time.</param>
/// <param name="Event"><c>refused</c>.</param>
/// <param name="Reason">An error code's name.</param>
/// <param name="Address">Where it came from.</param>
public sealed record PeerRefusedEvent(DateTime Time, string Event, string? Reason, string? Address) : MasterEvent(Time, Event);

/// <summary>Another revision is in service, or its head was signed anew.</summary>
/// <param name="Time">When, local time.</param>
/// <param name="Event"><c>published</c> or <c>renewed</c>.</param>
/// <param name="Revision">The revision.</param>
/// <param name="Sequence">The head's sequence number.</param>
public sealed record RevisionEvent(DateTime Time, string Event, string? Revision, long Sequence) : MasterEvent(Time, Event);

/// <summary>A ring before the last got another revision.</summary>
/// <param name="Time">When, local time.</param>
/// <param name="Event"><c>ring</c>.</param>
/// <param name="Ring">The ring.</param>
/// <param name="Revision">The revision.</param>
public sealed record RingEvent(DateTime Time, string Event, string? Ring, string? Revision) : MasterEvent(Time, Event);

/// <summary>Changes were saved and wait for a person to let them go.</summary>
/// <param name="Time">When, local time.</param>
/// <param name="Event"><c>waiting</c>.</param>
/// <param name="Revision">The revision that stays in service.</param>
/// <param name="Changes">Files that are new, differ or are gone.</param>
public sealed record ChangesWaitingEvent(DateTime Time, string Event, string? Revision, long Changes) : MasterEvent(Time, Event);

/// <summary>Something went wrong and the server goes on.</summary>
/// <param name="Time">When, local time.</param>
/// <param name="Event"><c>warning</c>.</param>
/// <param name="Code">An error code's name, or the state of a rebuild.</param>
/// <param name="Message">What, as a whole sentence.</param>
public sealed record MasterWarningEvent(DateTime Time, string Event, string? Code, string? Message) : MasterEvent(Time, Event);
