using System.Diagnostics;
using System.Globalization;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Follower.Wire;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Follower.Sync;

/// <summary>
/// What a follower does when another key answers than the pinned one: it asks for the statements with which the master changed its key. When
/// they lead from the pinned key to the one that answers, and the person allowed it, the new key is pinned: not before a head that it signed
/// was verified and found newer than everything seen before. Nothing else counts; without a sound chain the refusal stands.
/// </summary>
internal sealed class KeyFollower(FollowerSession session)
{
    /// <summary>Follows, when that is allowed.</summary>
    /// <param name="mismatch">The refusal, with the fingerprint that answered in its details.</param>
    /// <param name="budget">Time for asking; null for the timeouts of the settings.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What the person is told; null when nothing vouches for the key that answers.</returns>
    /// <exception cref="CodexportException"><see cref="ErrorCode.FingerprintMismatch"/> when the chain is sound and following is not allowed.</exception>
    public string? Follow(CodexportException mismatch, TimeSpan? budget, CancellationToken cancellationToken)
    {
        var actual = mismatch.Details.FirstOrDefault(detail => detail.Key == "actual").Value;
        if (session.Enrollment is not { Fingerprint: { } pinned, PublicKey: { } pinnedKey }
            || !Sha256Hash.TryParse(actual, out _) || actual == pinned)
        {
            return null;
        }

        var started = Stopwatch.GetTimestamp();
        var all = budget ?? (session.Settings.ConnectTimeout * 2);
        if (TryAsk(all / 2, cancellationToken) is not { } chain
            || RotationChain.Follow(chain, pinned, pinnedKey, actual, out var reason) is not { } last)
        {
            return null;
        }

        var master = session.Masters[0];
        if (!session.Settings.FollowKeyRotation)
        {
            throw MasterErrors.Vouched(master, pinned, actual);
        }

        CheckHead(last, all - Stopwatch.GetElapsedTime(started), cancellationToken);
        session.TakeOver(last);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The master changed its key on {last.IssuedAt:yyyy-MM-dd} from {pinned} to {last.NewFingerprint}; the old key vouches for the new one, which is trusted from now on, as 'followKeyRotation' allows.");
    }

    private byte[]? TryAsk(TimeSpan budget, CancellationToken cancellationToken)
    {
        try
        {
            return session.Services.AskRotations(session.Masters, budget, cancellationToken);
        }
        catch (CodexportException error)
        {
            // An older master, or whoever answers in its place: nothing vouches for the key then.
            session.Context.Trace?.Invoke($"No statement of a changed key could be had. {error.Message}");
            return null;
        }
    }

    private void CheckHead(KeyRotation last, TimeSpan budget, CancellationToken cancellationToken)
    {
        var answer = session.Services.CheckHead(session.Masters, budget, cancellationToken);
        var head = HeadCodec.Verify(answer.Envelope, last.NewKey.Span, last.NewFingerprint);
        var seen = Math.Max(last.Sequence, HeadMark.TryRead(session.Context, session.Enrollment)?.Sequence ?? 0);
        if (head.Sequence <= seen)
        {
            throw new CodexportException(
                ErrorCode.HeadReplayed,
                string.Create(CultureInfo.InvariantCulture, $"The new key signed an older head (sequence {head.Sequence}) than this follower knows of (sequence {seen})."),
                "Nothing was changed. Publish anew on the master; ask whoever runs it.")
            {
                Details =
                [
                    new("expected", seen.ToString(CultureInfo.InvariantCulture)),
                    new("actual", head.Sequence.ToString(CultureInfo.InvariantCulture)),
                ],
            };
        }
    }
}
