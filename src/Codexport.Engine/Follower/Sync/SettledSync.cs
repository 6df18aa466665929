using Codexport.Engine.Compose;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Follower.Wire;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Results;

namespace Codexport.Engine.Follower.Sync;

/// <summary>
/// A sync that finds the master and the home as the last one left them, which is what nearly every sync finds: no TOML, no state of
/// thousands of files parsed, no cryptography. Whatever it cannot tell, it leaves to the whole way.
/// </summary>
internal sealed class SettledSync(EngineContext context, FollowerServices services)
{
    /// <summary>The head that the master answered when that was not the one known here: it need not be asked for again at once.</summary>
    public HeadAnswer? News { get; private set; }

    /// <summary>Runs.</summary>
    /// <returns><see cref="SyncStatus.Current"/>, <see cref="SyncStatus.Offline"/>, or null when the whole way must be gone; nothing was changed then.</returns>
    public SyncResult? TryRun(CancellationToken cancellationToken)
    {
        // A home that has not joined gets no lock file.
        if (context.Files.TryGetEntry(context.Home.EnrollmentFile()) is null)
        {
            return null;
        }

        using var hold = FileLock.TryAcquire(context.Files, context.Home.FollowerLockFile);
        return hold is null ? null : TryRunHoldingLock(cancellationToken);
    }

    /// <summary>As <see cref="TryRun"/>, where the caller holds the follower's lock.</summary>
    public SyncResult? TryRunHoldingLock(CancellationToken cancellationToken)
    {
        try
        {
            RecordedHome.Check(context);
            return EnrollmentRecord.TryRead(context) is { IsPending: false } enrollment ? Run(enrollment, cancellationToken) : null;
        }
        catch (CodexportException error)
        {
            // The whole way meets the same and says it in full.
            context.Trace?.Invoke(error.Message);
            return null;
        }
    }

    private SyncResult? Run(EnrollmentRecord enrollment, CancellationToken cancellationToken)
    {
        var contact = ContactRecord.Read(context);
        var now = context.Time.GetUtcNow();
        var settings = QuickSettings.Read(context, contact.Quick);
        var check = new NewsCheck(context, services);
        if (contact.Applied is not { } applied || enrollment.HeldBack is not null || contact.Failures > 0
            || check.SettledMark(enrollment, contact, settings, now) is not { } mark || mark.Revision != applied
            || context.Files.TryGetEntry(context.Home.StagedFile()) is not null
            || !HomeGlance.Holds(context))
        {
            return null;
        }

        var revision = applied.ToString();
        try
        {
            if (!check.IsStill(mark, enrollment, contact, settings, settings.ConnectTimeout * 2, cancellationToken))
            {
                News = check.Answer;
                return null;
            }
        }
        catch (CodexportException error) when (error.IsUnreachable)
        {
            // Asking again the whole way would only make the person wait twice.
            FollowerSession.RememberFailure(context, error.Code, error.Message);
            return new SyncResult(SyncStatus.Offline, revision, revision, 0, 0, 0, [], [$"{error.Message} {error.Remedy}"]);
        }

        if (check.IsDue(contact, now, SyncPipeline.ContactPrecision))
        {
            check.RememberContact(now);
        }

        return new SyncResult(SyncStatus.Current, revision, revision, 0, 0, 0, [], []);
    }
}
