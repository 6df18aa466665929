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
        if (FindChain(pinned, pinnedKey, actual, all / 2, cancellationToken) is not ({ } last, { } master))
        {
            return null;
        }

        if (!session.Settings.FollowKeyRotation)
        {
            throw MasterErrors.Vouched(master, pinned, actual);
        }

        CheckHead(last, master, all - Stopwatch.GetElapsedTime(started), cancellationToken);
        session.TakeOver(last);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The master changed its key on {last.IssuedAt:yyyy-MM-dd} from {pinned} to {last.NewFingerprint}; the old key vouches for the new one, which is trusted from now on, as 'followKeyRotation' allows.");
    }

    // Whoever answers first may be somebody else, so every address is asked until one has a sound chain.
    private (KeyRotation Last, MasterAddress Master)? FindChain(
        string pinned, byte[] pinnedKey, string actual, TimeSpan budget, CancellationToken cancellationToken)
    {
        var masters = session.Masters;
        foreach (var master in masters)
        {
            if (TryAsk(master, budget / masters.Count, cancellationToken) is { } chain
                && RotationChain.Follow(chain, pinned, pinnedKey, actual, out _) is { } last)
            {
                return (last, master);
            }
        }

        return null;
    }

    private byte[]? TryAsk(MasterAddress master, TimeSpan budget, CancellationToken cancellationToken)
    {
        try
        {
            return session.Services.AskRotations(master, budget, cancellationToken);
        }
        catch (CodexportException error)
        {
            // Out of reach: nothing vouches for the key then.
            session.Context.Trace?.Invoke($"No statement of a changed key could be had ({error.Code}).");
            return null;
        }
    }

    private void CheckHead(KeyRotation last, MasterAddress master, TimeSpan budget, CancellationToken cancellationToken)
    {
        var answer = session.Services.CheckHead([master], null, budget, cancellationToken);
        var head = answer.Master is null
            ? throw MasterErrors.BrokenOff(master)
            : HeadCodec.Verify(answer.Envelope, last.NewKey.Span, last.NewFingerprint);
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
