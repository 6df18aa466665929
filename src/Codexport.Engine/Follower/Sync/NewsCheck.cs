using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Follower.Wire;
using Codexport.Engine.Homes;

namespace Codexport.Engine.Follower.Sync;

/// <summary>
/// Whether the master has anything new, found out with small files and a bare socket: the head's bytes are those that were verified
/// before. No cryptography, no settings parsed.
/// </summary>
internal sealed class NewsCheck(EngineContext context, FollowerServices services)
{
    private string? _newlyGood;

    /// <summary>The revision that the newest verified head names, when that head may be compared byte by byte; null when more is due.</summary>
    /// <param name="enrollment">The pin.</param>
    /// <param name="contact">The last contacts.</param>
    /// <param name="settings">The values in force.</param>
    /// <param name="now">The time, UTC.</param>
    public HeadMark? SettledMark(EnrollmentRecord enrollment, ContactRecord contact, QuickSettings settings, DateTimeOffset now)
    {
        var mark = HeadMark.TryRead(context, enrollment);
        return mark is { Envelope.Length: > 0 } && enrollment.PublicKey is not null
            && mark.Expires > now
            && contact.Quick == settings
            && contact.LastSecureHead <= now && now - contact.LastSecureHead < SyncPipeline.SecureHeadEvery
            && !services.Changer(context).NeedsRecovery
            ? mark
            : null;
    }

    /// <summary>What answered to <see cref="IsStill"/>, unproven; null when nothing was asked.</summary>
    public HeadAnswer? Answer { get; private set; }

    /// <summary>Asks the master: whether its head is still the very one of <paramref name="mark"/>.</summary>
    /// <exception cref="CodexportException">As <see cref="HeadCheck.Get"/>.</exception>
    public bool IsStill(
        HeadMark mark, EnrollmentRecord enrollment, ContactRecord contact, QuickSettings settings, TimeSpan budget, CancellationToken cancellationToken)
    {
        var sources = SourceAddress.InOrder(settings.MasterUrls.Count > 0 ? settings.MasterUrls : enrollment.MasterUrls, contact.LastGood);
        if (!Array.Exists(sources, source => source.Publication is not null))
        {
            var answer = services.CheckHead(Array.ConvertAll(sources, source => source.Master!), mark.Ring, budget, cancellationToken);
            Answer = answer;
            _newlyGood = sources.Length > 1 && answer.Master is { } good && good.Authority != contact.LastGood ? good.Authority : null;
            return answer.Envelope.AsSpan().SequenceEqual(mark.Envelope);
        }

        return IsStillSomewhere(sources, mark, contact, settings, budget, cancellationToken);
    }

    // One place after the other, each with its part of the time: the first that answers counts.
    private bool IsStillSomewhere(
        SourceAddress[] sources, HeadMark mark, ContactRecord contact, QuickSettings settings, TimeSpan budget, CancellationToken cancellationToken)
    {
        var deadline = new Deadline(budget);
        CodexportException? failure = null;
        for (var index = 0; index < sources.Length; index++)
        {
            var source = sources[index];
            var share = deadline.Share(sources.Length - index);
            try
            {
                var envelope = source.Publication is { } publication ? AskPublication(publication, mark, contact, settings, share, cancellationToken)
                    : services.CheckHead([source.Master!], mark.Ring, share.Left, cancellationToken) is { Master: not null } answer ? answer.Envelope : null;
                if (envelope is not null)
                {
                    _newlyGood = sources.Length > 1 && source.Name != contact.LastGood ? source.Name : null;
                    return envelope.AsSpan().SequenceEqual(mark.Envelope);
                }
            }
            catch (CodexportException error)
            {
                failure ??= error;
            }
        }

        return failure is { IsUnreachable: true } ? throw failure : false;
    }

    private byte[] AskPublication(
        PublicationAddress address, HeadMark mark, ContactRecord contact, QuickSettings settings, Deadline deadline, CancellationToken cancellationToken)
        => services.CheckPublication(context, address, contact.TagOf(address), settings.ConnectTimeout, deadline.Left, cancellationToken).Envelope ?? mark.Envelope;

    /// <summary>
    /// Whether the contact is to be written down: another address answered than last time, or the last success that is written down is
    /// older than <paramref name="precision"/>; writing at every run would cost more than the check.
    /// </summary>
    public bool IsDue(ContactRecord contact, DateTimeOffset now, TimeSpan precision)
        => _newlyGood is not null || contact.Failures > 0 || contact.LastSync is not { } last || now - last > precision || last > now;

    /// <summary>Writes down that the master was reached. The caller holds the follower's lock.</summary>
    public void RememberContact(DateTimeOffset now)
    {
        var contact = ContactRecord.Read(context);
        (contact with
        {
            LastSync = now,
            Failures = 0,
            LastError = null,
            LastMessage = null,
            NextQuickSync = null,
            Announced = null,
            LastGood = _newlyGood ?? contact.LastGood,
        }).Write(context);
    }
}
