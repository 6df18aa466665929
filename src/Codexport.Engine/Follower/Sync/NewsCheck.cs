using Codexport.Engine.Follower.Enrollment;
using Codexport.Engine.Follower.Wire;

namespace Codexport.Engine.Follower.Sync;

/// <summary>
/// Whether the master has anything new, found out with small files and a bare socket: the head's bytes are those that were verified
/// before. No cryptography, no settings parsed.
/// </summary>
internal sealed class NewsCheck(EngineContext context, FollowerServices services)
{
    /// <summary>The revision that the newest verified head names, when that head may be compared byte by byte; null when more is due.</summary>
    /// <param name="enrollment">The pin.</param>
    /// <param name="contact">The last contacts.</param>
    /// <param name="settings">The values in force.</param>
    /// <param name="now">The time, UTC.</param>
    public HeadMark? SettledMark(EnrollmentRecord enrollment, ContactRecord contact, QuickSettings settings, DateTimeOffset now)
    {
        var mark = HeadMark.TryRead(context, enrollment.Fingerprint);
        return mark is not null && enrollment.PublicKey is not null
            && mark.Expires > now
            && contact.Quick == settings
            && contact.LastSecureHead <= now && now - contact.LastSecureHead < SyncPipeline.SecureHeadEvery
            && !services.Changer(context).NeedsRecovery
            ? mark
            : null;
    }

    /// <summary>Asks the master: whether its head is still the very one of <paramref name="mark"/>.</summary>
    /// <exception cref="CodexportException">As <see cref="HeadCheck.Get"/>.</exception>
    public bool IsStill(
        HeadMark mark, EnrollmentRecord enrollment, QuickSettings settings, TimeSpan budget, CancellationToken cancellationToken)
    {
        var urls = settings.MasterUrls.Count > 0 ? settings.MasterUrls : enrollment.MasterUrls;
        var masters = new MasterAddress[urls.Count];
        for (var index = 0; index < masters.Length; index++)
        {
            masters[index] = MasterAddress.Parse(urls[index]);
        }

        return services.CheckHead(masters, budget, cancellationToken).AsSpan().SequenceEqual(mark.Envelope);
    }

    /// <summary>Whether the last success that is written down is older than that; writing at every run would cost more than the check.</summary>
    public static bool IsDue(ContactRecord contact, DateTimeOffset now, TimeSpan precision)
        => contact.Failures > 0 || contact.LastSync is not { } last || now - last > precision || last > now;

    /// <summary>Writes down that the master was reached. The caller holds the follower's lock.</summary>
    public void RememberContact(DateTimeOffset now) => (ContactRecord.Read(context) with
    {
        LastSync = now,
        Failures = 0,
        LastError = null,
        LastMessage = null,
        NextQuickSync = null,
        Announced = null,
    }).Write(context);
}
