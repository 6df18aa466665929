using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
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
        => contact.LastError is { } name && Enum.TryParse<ErrorCode>(name, out var code) && Enum.IsDefined(code) && ErrorFacts.Of(code).IsReported ? name : null;

    /// <summary>What the master is to be told of a success; null when it knows already.</summary>
    public string? NewsOf(Sha256Hash? applied) => NewsOf(applied, null);

    /// <summary>Tells the master.</summary>
    /// <param name="connection">The run's connection; null to tell nobody.</param>
    /// <param name="news">What <see cref="NewsOf(Sha256Hash?)"/> gave.</param>
    /// <param name="applied">What is applied now.</param>
    /// <param name="error">The error's name; null for none.</param>
    /// <param name="cancellationToken">The run's end.</param>
    public async Task TellAsync(
        IMasterConnection? connection, string? news, Sha256Hash? applied, string? error, CancellationToken cancellationToken)
    {
        if (connection is null || news is null || cancellationToken.IsCancellationRequested)
        {
            return;
        }

        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(connection.Master is null ? ConnectPatience : Patience);
        try
        {
            await connection.ReportAsync(applied, error, limited.Token);
            session.Note(contact => contact with { Told = news });
        }
        catch (Exception failure) when (failure is CodexportException or OperationCanceledException)
        {
            session.Context.Trace?.Invoke($"The master was not told how this follower stands. {failure.Message}");
        }
    }

    /// <summary>Tells of a failure that a person should see, and remembers it.</summary>
    /// <param name="connection">The run's connection; null to tell nobody.</param>
    /// <param name="error">The failure.</param>
    /// <param name="cancellationToken">The run's end.</param>
    public async Task FailedAsync(IMasterConnection? connection, CodexportException error, CancellationToken cancellationToken)
    {
        if (!ErrorFacts.Of(error.Code).IsReported)
        {
            return;
        }

        var name = error.Code.ToString();
        var applied = session.Contact.Applied;
        await TellAsync(connection, NewsOf(applied, name), applied, name, cancellationToken);
        try
        {
            session.Remember(contact => contact with { LastError = name, LastMessage = error.Message });
        }
        catch (CodexportException failure)
        {
            session.Context.Trace?.Invoke(failure.Message);
        }
    }

    private string? NewsOf(Sha256Hash? applied, string? error)
    {
        var isNothing = session.Contact.Told is null && applied is null && error is null;
        var told = (applied?.ToString() ?? "nothing") + " " + (error ?? "none");
        return isNothing || session.Contact.Told == told || session.Enrollment.IsPending ? null : told;
    }
}
