using System.Globalization;
using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Follower.Sync;
using Codexport.Engine.Follower.Wire;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Results;

namespace Codexport.Engine.Follower.Operations;

/// <summary>
/// The hook's sync, run at every start of Codex. Without news it reads three small files, asks for the head over a bare socket, sees the
/// bytes that it verified before, and is done: no lock, no cryptography, no settings parsed. Only news takes the whole way. It is silent
/// unless something was applied or a person is needed, and it never fails a session.
/// </summary>
internal sealed class QuickSync(EngineContext context, FollowerServices services, ContactRecord? known)
{
    // Between two runs the record of the last contact may be this old: a write at every start of Codex would cost more than the check.
    private static readonly TimeSpan ContactPrecision = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan OnceEach = TimeSpan.FromDays(1);

    // Codex ends a hook some seconds after the quick sync's own deadline: an older process is a shell in which a person typed the command.
    private static readonly TimeSpan OldestHook = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan LeastBudget = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether Codex starts only after this, as in a shell: then everything counts at once, and nothing is said about it.</summary>
    public bool IsBeforeStart { get; init; }

    /// <summary>What is left of the time of a quick sync whose process has been running for a while.</summary>
    internal static TimeSpan Budget(TimeSpan quick, TimeSpan spent)
        => spent >= quick + OldestHook ? quick : quick - spent > LeastBudget ? quick - spent : LeastBudget;

    /// <summary>Runs.</summary>
    /// <param name="spent">How long the process had been running before.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The line to print, or null.</returns>
    public string? Run(TimeSpan spent, CancellationToken cancellationToken)
    {
        try
        {
            return RunChecked(spent, cancellationToken);
        }
        catch (CodexportException error)
        {
            return Failed(error.Code, error.Message, error.Remedy);
        }
        catch (OperationCanceledException)
        {
            return Failed(ErrorCode.MasterTimeout, "The sync at the start of Codex did not finish in its time.", string.Empty);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // A defect of ours must not stop anybody's work; status shows it.
            return Failed(ErrorCode.InternalError, error.Message, "Run 'codexport sync --apply' to see more.");
        }
    }

    private string? RunChecked(TimeSpan spent, CancellationToken cancellationToken)
    {
        if (EnrollmentRecord.TryRead(context) is not { } enrollment)
        {
            return null;
        }

        var contact = known ?? ContactRecord.Read(context);
        var now = context.Time.GetUtcNow();
        if (now < contact.NextQuickSync && contact.NextQuickSync - now <= Backoff.After(int.MaxValue))
        {
            return null;
        }

        var settings = QuickSettings.Read(context, contact.Quick);
        var deadline = new Deadline(Budget(settings.QuickTimeout, spent));
        return HasNoNews(enrollment, contact, settings, deadline, now, out var answer, cancellationToken)
            ? null
            : RunWhole(answer, deadline, cancellationToken);
    }

    private bool HasNoNews(
        EnrollmentRecord enrollment, ContactRecord contact, QuickSettings settings, Deadline deadline, DateTimeOffset now,
        out HeadAnswer? answer, CancellationToken cancellationToken)
    {
        answer = null;
        var check = new NewsCheck(context, services);
        if (check.SettledMark(enrollment, contact, settings, now) is not { } mark
            || (contact.Applied != mark.Revision && enrollment.HeldBack != mark.Revision))
        {
            return false;
        }

        // Half of the time: whoever keeps the plain question waiting must not keep the answer over TLS from being asked for.
        if (!check.IsStill(mark, enrollment, contact, settings, deadline.Left / 2, cancellationToken))
        {
            answer = check.Answer;
            return false;
        }

        if (check.IsDue(contact, now, ContactPrecision))
        {
            // Whoever holds the lock writes the record itself.
            using var hold = FileLock.TryAcquire(context.Files, context.Home.FollowerLockFile);
            if (hold is not null)
            {
                check.RememberContact(now);
            }
        }

        return true;
    }

    private string? RunWhole(HeadAnswer? answer, Deadline deadline, CancellationToken cancellationToken)
    {
        using var hold = FileLock.TryAcquire(context.Files, context.Home.FollowerLockFile);
        if (hold is null)
        {
            return null;
        }

        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(deadline.Left);
        var session = FollowerSession.Open(context, services);
        var tooLate = false;
        var request = new SyncRequest(Apply: true)
        {
            IsUnattended = true,
            Head = answer,
            HeadBudget = deadline.Left,
            MayApply = (files, bytes) => !(tooLate = EstimateApply(files, bytes) > deadline.Left),
        };

        // The hook is a console program of its own: there is no context to come back to, and nothing else to do meanwhile.
        var sync = new WholeSync(session);
        var result = sync.RunAsync(request, limited.Token).GetAwaiter().GetResult();
        return sync.KeyNotice is { } notice ? Line(notice + " " + (result.Status == SyncStatus.Applied ? Applied(result) : string.Empty))
            : tooLate ? TooLarge(session, result)
            : Announce(session, result);
    }

    // Generous: a slow disk takes half of it. What does not fit is not begun, because the hook is killed at its timeout.
    private static TimeSpan EstimateApply(int files, long bytes)
        => TimeSpan.FromMilliseconds(500 + (2.0 * files) + (bytes / 20_000.0));

    private static string? TooLarge(FollowerSession session, SyncResult result)
    {
        var cause = "staged:" + result.Revision;
        return Once(session, cause, "A new revision is fetched and verified, but applying it takes longer than the start of Codex may wait. "
            + "Run 'codexport apply'.");
    }

    private string? Announce(FollowerSession session, SyncResult result)
    {
        if (result.Status == SyncStatus.Applied && result.FilesWritten + result.FilesDeleted > 0)
        {
            session.Remember(contact => contact with { Announced = null });
            return Line(Applied(result));
        }

        var warning = result.Warnings.Count > 0 ? result.Warnings[0] : null;
        if (warning is null)
        {
            session.Remember(contact => contact with { Announced = null, AnnouncedAt = null });
            return null;
        }

        return Once(session, "warning:" + warning, warning);
    }

    // A master that does not sign any more, or that somebody keeps from being heard, must not be forgotten: it is told again each day.
    private string? ExpiredHead()
    {
        try
        {
            return EnrollmentRecord.TryRead(context) is { } enrollment && HeadMark.TryRead(context, enrollment) is { IsRecalled: false } mark
                && mark.Expires <= context.Time.GetUtcNow()
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"The master's signed head expired on {mark.Expires:yyyy-MM-dd HH:mm} UTC and nothing newer comes; check that the master still serves.")
                    : null;
        }
        catch (CodexportException error)
        {
            context.Trace?.Invoke(error.Message);
            return null;
        }
    }

    // A day without the master is no hitch any more: what is in force here may be old.
    private string? LongAway()
        => ContactRecord.Read(context).LastSync is { } last && context.Time.GetUtcNow() - last >= OnceEach
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"The master was last reached on {last:yyyy-MM-dd HH:mm} UTC; this machine goes on with the setup of then. Run 'codexport status' to see what is in the way.")
            : null;

    private string Applied(SyncResult result)
    {
        var text = new StringBuilder().Append(
            CultureInfo.InvariantCulture,
            $"applied revision {result.Revision![..12]} ({result.FilesWritten} written, {result.FilesDeleted} deleted).");
        if (!IsBeforeStart && result.InForce is { } when)
        {
            text.Append(' ').Append(when);
        }

        if (result.Drift.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" Replaced local changes: {string.Join(", ", result.Drift.Take(5))}; the old files are in backup {result.Backup}.");
        }

        if (result.NewlyTrustedHooks.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" Newly trusted hooks: {string.Join(", ", result.NewlyTrustedHooks.Take(5))}.");
        }

        return text.ToString();
    }

    private static string? Once(FollowerSession session, string cause, string message)
    {
        if (IsTold(session.Contact, cause, session.Now))
        {
            return null;
        }

        session.Remember(contact => contact with { Announced = cause, AnnouncedAt = session.Now });
        return Line(message);
    }

    // What lasts is told once a day, what a clock set back seems to have told in the future as well.
    private static bool IsTold(ContactRecord contact, string cause, DateTimeOffset now)
        => contact.Announced == cause && contact.AnnouncedAt is { } told && told <= now && now - told < OnceEach;

    private string? Failed(ErrorCode code, string message, string remedy)
    {
        FollowerSession.RememberFailure(context, code, message);
        var cause = "error:" + code + ":" + message;
        if (!ErrorFacts.Of(code).NeedsPerson)
        {
            if ((ExpiredHead() ?? LongAway()) is not { } lasting)
            {
                return null;
            }

            (cause, message, remedy) = ("warning:" + lasting, lasting, string.Empty);
        }

        try
        {
            var contact = ContactRecord.Read(context);
            var now = context.Time.GetUtcNow();
            if (IsTold(contact, cause, now))
            {
                return null;
            }

            (contact with { Announced = cause, AnnouncedAt = now }).Write(context);
        }
        catch (CodexportException error)
        {
            context.Trace?.Invoke(error.Message);
        }

        return Line($"{message} {remedy}".TrimEnd());
    }

    private static string Line(string message) => QuickSyncLine.For(message);
}
