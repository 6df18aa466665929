using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Follower.Wire;
using Codexport.Engine.Homes;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Follower.Sync;

/// <summary>
/// A sync with what belongs around it: the master's new key is followed where the person allowed that, and the master is told how it went.
/// The caller holds the follower's lock.
/// </summary>
internal sealed class WholeSync(FollowerSession session)
{
    // A master that publishes much faster than this machine fetches is given up on in the end.
    private const int MaxOvertaken = 3;

    /// <summary>That the master's new key is trusted from now on, as whole sentences; null when its key is the one of before.</summary>
    public string? KeyNotice { get; private set; }

    /// <summary>Runs.</summary>
    public async Task<SyncResult> RunAsync(SyncRequest request, CancellationToken cancellationToken)
    {
        session.AlignSettings();
        SettingsMemory.Remember(session.Context.Files, session.Context.Home.SettingsFile);
        Sweep();
        Sha256Hash? gone = null;
        var overtaken = 0;
        CodexportException? refused = null;

        // One method with a loop, not several: every one that waits is compiled at the first use, which a small sync feels.
        while (true)
        {
            await using var connection = session.Connect(request.HeadBudget);
            var pipeline = new SyncPipeline(session);
            try
            {
                var result = await pipeline.RunAsync(connection, request, cancellationToken);
                return KeyNotice is null ? result : result with { Warnings = [KeyNotice, .. result.Warnings] };
            }
            catch (CodexportException error)
            {
                if (error.Code == ErrorCode.RevisionNotFound && overtaken++ < MaxOvertaken && NamedRevision() is { } named && named != gone)
                {
                    // What the head named is gone from the master by now: something newer is in service there.
                    gone = named;
                    request = request with { Head = null };
                    continue;
                }

                if (pipeline.Source is PublicationSource { IsAtWork: true } publication && session.PassOver(publication.Name))
                {
                    // A store that lacks something, or where somebody changed something, must not keep the others from being asked.
                    session.Context.Trace?.Invoke($"{error.Message} Another address is asked.");
                    refused ??= error;
                    request = request with { Head = null };
                    continue;
                }

                if (refused is not null && error.IsUnreachable)
                {
                    throw refused;
                }

                if (error.Code == ErrorCode.FingerprintMismatch && KeyNotice is null)
                {
                    KeyNotice = new KeyFollower(session).Follow(error, request.HeadBudget, cancellationToken);
                }
                else
                {
                    await new MasterReport(session).FailedAsync(connection, error, cancellationToken);
                    throw;
                }

                if (KeyNotice is null)
                {
                    throw;
                }
            }

            ActivityLog.Append(session.Context, KeyNotice);
            request = request with { Head = null };
        }
    }

    /// <summary>Applies a revision that is here, and tells the master.</summary>
    /// <param name="work">What applies, with a pipeline.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<SyncResult> ApplyAsync(Func<SyncPipeline, Task<SyncResult>> work, CancellationToken cancellationToken)
    {
        Sweep();
        await using var connection = TryConnect();
        var report = new MasterReport(session);
        try
        {
            var result = await work(new SyncPipeline(session));
            var applied = session.Contact.Applied;
            await report.TellAsync(connection, report.NewsOf(applied), applied, null, cancellationToken);
            session.Remember(contact => contact with { LastError = null, LastMessage = null });
            return result;
        }
        catch (CodexportException error)
        {
            await report.FailedAsync(connection, error, cancellationToken);
            throw;
        }
    }

    private void Sweep()
    {
        var home = session.Context.Home;
        Leftovers.Sweep(
            session.Context, [home.StateFolder, home.MachineStateFolder, home.RevisionsFolder(), home.CodexFolder], session.Changer.NeedsRecovery);
    }

    private Sha256Hash? NamedRevision() => HeadMark.TryRead(session.Context, session.Enrollment)?.Revision;

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
}
