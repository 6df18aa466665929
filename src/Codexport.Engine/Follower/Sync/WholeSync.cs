using Codexport.Engine.Follower.Wire;
using Codexport.Engine.Platform;
using Codexport.Engine.Results;

namespace Codexport.Engine.Follower.Sync;

/// <summary>
/// A sync with what belongs around it: the master's new key is followed where the person allowed that, and the master is told how it went.
/// The caller holds the follower's lock.
/// </summary>
internal sealed class WholeSync(FollowerSession session)
{
    /// <summary>That the master's new key is trusted from now on, as whole sentences; null when its key is the one of before.</summary>
    public string? KeyNotice { get; private set; }

    /// <summary>Runs.</summary>
    public async Task<SyncResult> RunAsync(SyncRequest request, CancellationToken cancellationToken)
    {
        session.AlignSettings();
        if (request.Head is { } answer)
        {
            session.Reached(answer.Master);
        }

        try
        {
            return await RunOnceAsync(request, cancellationToken);
        }
        catch (CodexportException mismatch) when (mismatch.Code == ErrorCode.FingerprintMismatch)
        {
            KeyNotice = new KeyFollower(session).Follow(mismatch, request.HeadBudget, cancellationToken);
            if (KeyNotice is null)
            {
                throw;
            }
        }

        ActivityLog.Append(session.Context, KeyNotice);
        var result = await RunOnceAsync(request with { Head = null }, cancellationToken);
        return result with { Warnings = [KeyNotice, .. result.Warnings] };
    }

    /// <summary>Applies a revision that is here, and tells the master.</summary>
    /// <param name="work">What applies, with a pipeline.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<SyncResult> ApplyAsync(Func<SyncPipeline, Task<SyncResult>> work, CancellationToken cancellationToken)
    {
        await using var connection = TryConnect();
        var report = new MasterReport(session);
        try
        {
            var result = await work(new SyncPipeline(session));
            await report.SucceededAsync(connection, session.Contact.Applied, cancellationToken);
            session.Remember(contact => contact with { LastError = null, LastMessage = null });
            return result;
        }
        catch (CodexportException error)
        {
            await report.FailedAsync(connection, error, cancellationToken);
            throw;
        }
    }

    // An apply needs no master: without a trusted key there is nobody to tell.
    private IMasterConnection? TryConnect()
    {
        try
        {
            return session.Connect();
        }
        catch (CodexportException error)
        {
            session.Context.Trace?.Invoke(error.Message);
            return null;
        }
    }

    private async Task<SyncResult> RunOnceAsync(SyncRequest request, CancellationToken cancellationToken)
    {
        await using var connection = session.Connect(request.HeadBudget);
        try
        {
            return await new SyncPipeline(session).RunAsync(connection, request, cancellationToken);
        }
        catch (CodexportException error)
        {
            await new MasterReport(session).FailedAsync(connection, error, cancellationToken);
            throw;
        }
    }
}
