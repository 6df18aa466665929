using Codexport.Engine.Bundles;
using Codexport.Engine.Follower.Enrollment;
using Codexport.Engine.Follower.Wire;

namespace Codexport.Engine.Follower.Sync;

/// <summary>
/// Tells the master how this follower stands, when that is not what it was told last: the revision applied, and the name of the error that
/// waits for a person; nothing else. It goes over the connection that is open, if one is. A help for whoever looks after the fleet: it has
/// little time, and never fails a sync.
/// </summary>
internal sealed class MasterReport(FollowerSession session)
{
    // A request and an answer of a few hundred bytes; with a connection to be made first.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(2);

    /// <summary>The error of a contact that the master is told of; null for none.</summary>
    public static string? ErrorOf(ContactRecord contact)
        => Enum.TryParse<ErrorCode>(contact.LastError, out var code) && IsForThePerson(code) ? contact.LastError : null;

    /// <summary>Tells of a success.</summary>
    /// <param name="connection">The run's connection; null to tell nobody.</param>
    /// <param name="applied">What is applied now.</param>
    /// <param name="cancellationToken">The run's end.</param>
    public Task SucceededAsync(IMasterConnection? connection, Sha256Hash? applied, CancellationToken cancellationToken)
        => TellAsync(connection, applied, null, cancellationToken);

    /// <summary>Tells of a failure that a person should see, and remembers it.</summary>
    /// <param name="connection">The run's connection; null to tell nobody.</param>
    /// <param name="error">The failure.</param>
    /// <param name="cancellationToken">The run's end.</param>
    public async Task FailedAsync(IMasterConnection? connection, CodexportException error, CancellationToken cancellationToken)
    {
        if (!IsForThePerson(error.Code))
        {
            return;
        }

        await TellAsync(connection, session.Contact.Applied, error.Code, cancellationToken);
        try
        {
            session.Remember(contact => contact with { LastError = error.Code.ToString(), LastMessage = error.Message });
        }
        catch (CodexportException failure)
        {
            session.Context.Trace?.Invoke(failure.Message);
        }
    }

    // What passes by itself, what the master knows already, and what stands between the two is nothing to report.
    private static bool IsForThePerson(ErrorCode code) => code is not (ErrorCode.MasterUnreachable or ErrorCode.MasterTimeout or ErrorCode.Busy
        or ErrorCode.Cancelled or ErrorCode.RevisionNotFound or ErrorCode.ConcurrentChange or ErrorCode.NotFollower or ErrorCode.InvalidUsage
        or ErrorCode.CredentialRefused or ErrorCode.ApprovalPending or ErrorCode.InviteRefused or ErrorCode.PeerRefused
        or ErrorCode.FingerprintMismatch or ErrorCode.ProtocolVersion or ErrorCode.ProtocolViolation);

    private async Task TellAsync(IMasterConnection? connection, Sha256Hash? applied, ErrorCode? error, CancellationToken cancellationToken)
    {
        var told = $"{applied?.ToString() ?? "nothing"} {error?.ToString() ?? "none"}";
        var isNothing = session.Contact.Told is null && applied is null && error is null;
        if (connection is null || isNothing || session.Contact.Told == told || cancellationToken.IsCancellationRequested || session.Enrollment.IsPending)
        {
            return;
        }

        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(connection.Master is null ? ConnectPatience : Patience);
        try
        {
            await connection.ReportAsync(applied, error?.ToString(), limited.Token);
            session.Note(contact => contact with { Told = told });
        }
        catch (Exception failure) when (failure is CodexportException or OperationCanceledException)
        {
            session.Context.Trace?.Invoke($"The master was not told how this follower stands. {failure.Message}");
        }
    }
}
