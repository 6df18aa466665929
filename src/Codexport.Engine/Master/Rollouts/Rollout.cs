using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Master.Rollouts;

/// <summary>
/// Moves the newest publication from ring to ring: by itself once enough followers of a ring have had it without error for long enough, at
/// once by a person's word, never after it was stopped. A ring without followers tells nothing, so nothing moves on from it by itself.
/// </summary>
public sealed class Rollout(EngineContext context)
{
    /// <summary>How the rings stand.</summary>
    public RolloutResult Read(IReadOnlyList<FollowerInfo> followers)
    {
        var settings = Settings();
        return View(settings, RingBook.Read(context), new PublishedRevisions(context).ReadIndex(), followers);
    }

    /// <summary>Gives the next ring the newest publication, whatever speaks against it.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.InvalidUsage"/> without rings.</exception>
    public async Task<RolloutResult> PromoteAsync(IReadOnlyList<FollowerInfo> followers, CancellationToken cancellationToken)
        => await ChangeAsync(
            followers,
            (revisions, identity, book, index, settings) => Behind(settings, book, index) is { } ring
                ? revisions.AlignRings(identity, index.Newest!.Sequence, [ring], changed => changed with { Stopped = null })
                : book,
            cancellationToken);

    /// <summary>Keeps the newest publication from going to a further ring by itself.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.InvalidUsage"/> without rings.</exception>
    public async Task<RolloutResult> StopAsync(IReadOnlyList<FollowerInfo> followers, CancellationToken cancellationToken)
        => await ChangeAsync(
            followers,
            (revisions, identity, _, index, _) => revisions.AlignRings(identity, change: changed => changed with { Stopped = index.Newest?.Sequence }),
            cancellationToken);

    /// <summary>Moves on what is due, for a process that serves.</summary>
    /// <returns>The ring that got the newest publication; null when none did.</returns>
    public async Task<(string Ring, PublishedRevision Published)?> AdvanceAsync(IReadOnlyList<FollowerInfo> followers, CancellationToken cancellationToken)
    {
        var settings = Settings();
        var (book, index) = (RingBook.Read(context), new PublishedRevisions(context).ReadIndex());
        if (settings.Effective.Count < 2 || index.Newest is not { } newest || book.Stopped == newest.Sequence || Behind(settings, book, index) is not { } next)
        {
            return null;
        }

        var before = settings.Effective[settings.Effective.ToList().IndexOf(next) - 1];
        var isHealthy = IsHealthy(Count(before, settings, book, index, followers), settings);
        var place = book.Places.FirstOrDefault(place => place.Name == before);
        var now = context.Time.GetUtcNow();
        if (place is null || isHealthy == place.HealthySince is not null)
        {
            if (place is null || !isHealthy || now - place.HealthySince < settings.After)
            {
                return null;
            }

            await ChangeAsync(followers, (revisions, identity, _, kept, _) => revisions.AlignRings(identity, kept.Newest!.Sequence, [next]), cancellationToken);
            return (next, newest);
        }

        await ChangeAsync(
            followers,
            (revisions, identity, _, _, _) => revisions.AlignRings(identity, change: changed => changed with
            {
                Places = [.. changed.Places.Select(other => other.Name == before && other.Sequence == newest.Sequence ? other with { HealthySince = isHealthy ? now : null } : other)],
            }),
            cancellationToken);
        return null;
    }

    // The first ring that has not the newest publication while the one before it has.
    private static string? Behind(RolloutSettings settings, RingBook book, PublicationIndex index)
        => settings.Effective.Skip(1).FirstOrDefault(ring => RingHeads.PublicationOf(book, index, ring)?.Sequence != index.Newest?.Sequence);

    private static bool IsHealthy((int All, int Applied, int Failed) count, RolloutSettings settings)
        => count.All > 0 && count.Applied >= count.All * settings.Healthy;

    private static (int All, int Applied, int Failed) Count(
        string ring, RolloutSettings settings, RingBook book, PublicationIndex index, IReadOnlyList<FollowerInfo> followers)
    {
        var targets = new RolloutTargets(settings, book, index);
        var members = followers.Where(follower => follower.State == FollowerState.Approved && targets.RingOf(follower) == ring).Select(targets.WithTarget).ToList();
        return (
            members.Count,
            members.Count(member => member.LastError is null && member.AppliedRevision is { } applied && applied == member.TargetRevision),
            members.Count(member => member.LastError is not null));
    }

    private RolloutSettings Settings() => SettingsFile.Read(context.Files, context.Home.SettingsFile).Rollout;

    private static RolloutResult View(RolloutSettings settings, RingBook book, PublicationIndex index, IReadOnlyList<FollowerInfo> followers)
    {
        var newest = index.Newest;
        if (settings.Effective.Count < 2)
        {
            return new RolloutResult(newest?.Revision.ToString(), Complete: true, Stopped: false, []);
        }

        var next = Behind(settings, book, index);
        var isStopped = newest is not null && book.Stopped == newest.Sequence && next is not null;
        var rings = new List<RingInfo>();
        for (var at = 0; at < settings.Effective.Count; at++)
        {
            var name = settings.Effective[at];
            var place = book.Places.FirstOrDefault(place => place.Name == name);
            var published = RingHeads.PublicationOf(book, index, name);
            var (all, applied, failed) = Count(name, settings, book, index, followers);
            var isBeforeNext = at + 1 < settings.Effective.Count && settings.Effective[at + 1] == next;
            rings.Add(new RingInfo(
                name, published?.Revision.ToString(), published?.Sequence == newest?.Sequence, place?.Since.LocalDateTime, all, applied, failed)
            {
                HealthySince = place?.HealthySince?.LocalDateTime,
                MovesOnAt = isBeforeNext && !isStopped && place?.HealthySince is { } since ? (since + settings.After).LocalDateTime : null,
            });
        }

        return new RolloutResult(newest?.Revision.ToString(), next is null, isStopped, rings)
        {
            Warnings = [.. rings.Where((ring, at) => ring.Followers == 0 && at + 1 < rings.Count && rings[at + 1].Name == next).Select(ring =>
                $"The ring '{ring.Name}' has no follower, so nothing moves on from it by itself. 'codexport master followers set NAME --ring {ring.Name}' puts one into it; "
                    + "'codexport master rollout promote' moves on all the same.")],
        };
    }

    private async Task<RolloutResult> ChangeAsync(
        IReadOnlyList<FollowerInfo> followers, Func<PublishedRevisions, MasterIdentity, RingBook, PublicationIndex, RolloutSettings, RingBook> change,
        CancellationToken cancellationToken)
    {
        MasterIdentity.Load(context).Dispose();
        using var held = await BuildLock.AcquireAsync(context, cancellationToken);
        using var identity = MasterIdentity.Load(context);
        var settings = Settings();
        if (settings.Effective.Count < 2)
        {
            throw new CodexportException(
                ErrorCode.InvalidUsage,
                "This master has no rings: everybody gets a publication at once.",
                "List them in local.toml: rings = [\"canary\", \"rest\"] under [rollout]. Then put followers into the first: 'codexport master followers set NAME --ring canary'.",
                context.Home.SettingsFile);
        }

        var revisions = new PublishedRevisions(context) { Rollout = settings };
        var index = revisions.ReadIndex();
        var book = change(revisions, identity, RingBook.ReadOrBegin(context), index, settings);
        return View(settings, book, index, followers);
    }
}
