using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Groups;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Master.Rollouts;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Master.Operations;

/// <summary>What a person does about followers on the master: links, and who is in.</summary>
internal sealed class Admissions(EngineContext context)
{
    /// <summary>The join link for the host names or addresses under which followers reach this machine, best first.</summary>
    public async Task<JoinLinkResult> CreateJoinLinkAsync(
        IReadOnlyList<string> hosts, int? port, bool renewInvite, InviteLimits limits, CancellationToken cancellationToken)
    {
        RequireSound(limits, renewInvite);
        using var identity = MasterIdentity.Load(context);
        var settings = SettingsFile.Read(context.Files, context.Home.SettingsFile);
        RequireGroup(limits.Group, settings);
        var names = hosts.Select(NameOf).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (names.Count is 0 or > JoinLink.MaxHosts)
        {
            throw new CodexportException(
                ErrorCode.InvalidUsage, $"A join link names from 1 to {JoinLink.MaxHosts} hosts.", "Name those that followers reach best.");
        }

        if (port is < 1 or > 65535)
        {
            throw new CodexportException(ErrorCode.InvalidUsage, $"{port} is no port.", "Use a number from 1 to 65535.");
        }

        var (invite, expires) = await GetInviteAsync(settings.Admission, renewInvite, limits, cancellationToken);
        var link = new JoinLink(names[0], port ?? settings.Port, identity.Fingerprint, invite)
        {
            OtherHosts = names[1..],
        }.ToString();
        return new JoinLinkResult(link, $"codexport follower join '{link}'", identity.Fingerprint) { Expires = expires?.LocalDateTime, Uses = limits.Uses, Group = limits.Group };
    }

    private async Task<(string? Invite, DateTimeOffset? Expires)> GetInviteAsync(
        Admission admission, bool renew, InviteLimits limits, CancellationToken cancellationToken)
    {
        var invites = new Invites(context);
        if (admission == Admission.Open)
        {
            if (limits.IsLimited)
            {
                throw new CodexportException(
                    ErrorCode.InvalidUsage,
                    "This master lets in whoever may connect (admission = \"open\"), so a link cannot be limited.",
                    "Set admission = \"invite\" in local.toml of the master first.");
            }

            _ = renew ? await invites.GetAsync(renew, cancellationToken) : null;
            return (null, null);
        }

        return limits.IsLimited
            ? await invites.CreateLimitedAsync(limits, cancellationToken)
            : (await invites.GetAsync(renew, cancellationToken), null);
    }

    private static void RequireSound(InviteLimits limits, bool renew)
    {
        if (limits.Uses is < 1 or > 10_000 || limits.ExpiresIn <= TimeSpan.Zero || limits.ExpiresIn > TimeSpan.FromDays(366))
        {
            throw new CodexportException(
                ErrorCode.InvalidUsage, "A link lets in from 1 to 10000 followers, for at most a year.", "Give such numbers, for example --expires 1h --uses 1.");
        }

        if (limits.IsLimited && renew)
        {
            throw new CodexportException(
                ErrorCode.InvalidUsage,
                "A link with limits leaves the durable invite as it is, so it cannot renew it.",
                "Run 'codexport master link --renew' by itself first.");
        }
    }

    /// <summary>The followers, those that need attention first.</summary>
    public IReadOnlyList<FollowerInfo> GetFollowers()
    {
        CheckIsMaster();
        var rollout = SettingsFile.Read(context.Files, context.Home.SettingsFile).Rollout;
        var index = new PublishedRevisions(context).ReadIndex();
        var targets = new RolloutTargets(rollout, RingBook.Read(context), index);
        return FleetView.Of(new FollowerRegistry(context).List().Select(targets.WithTarget), index.Revisions);
    }

    /// <summary>Puts a follower into a group or ring; its next sync goes by that.</summary>
    /// <param name="nameOrId">Which one.</param>
    /// <param name="group">The group; empty for none, null to leave it as it is.</param>
    /// <param name="ring">The ring; empty for the last one, null to leave it as it is.</param>
    /// <param name="cancellationToken">Ends the wait for whoever builds.</param>
    public async Task<FollowerInfo> SetPlaceAsync(string nameOrId, string? group, string? ring, CancellationToken cancellationToken)
    {
        CheckIsMaster();
        var settings = SettingsFile.Read(context.Files, context.Home.SettingsFile);
        RequireGroup(group is { Length: 0 } ? null : group, settings);
        if (ring is { Length: > 0 } && !settings.Rollout.Rings.Contains(ring, StringComparer.Ordinal))
        {
            throw new CodexportException(
                ErrorCode.GroupNotFound,
                $"This master has no ring '{ForeignText.Name(ring)}'.",
                "List the rings in their order in local.toml: rings = [\"canary\", \"rest\"] under [rollout].",
                ForeignText.Name(ring));
        }

        var (before, after) = await new FollowerRegistry(context).SetPlaceAsync(nameOrId, group, ring, cancellationToken);
        var revisions = new PublishedRevisions(context) { Rollout = settings.Rollout };
        if ((before.Group, before.Ring) != (after.Group, after.Ring) && revisions.ReadIndex().Newest is not null)
        {
            // Every head is signed anew, above all that any follower has seen: whoever finds another head of the same revision asks where it belongs.
            await revisions.RenewHeadAsync(cancellationToken);
        }

        return GetFollowers().First(follower => follower.Id == after.Id);
    }

    private void RequireGroup(string? group, LocalSettings settings)
    {
        if (group is not null && !GroupFolders.Find(context, settings).Contains(group, StringComparer.Ordinal))
        {
            throw GroupFolders.NotFound(context, group);
        }
    }

    /// <summary>Shuts a follower out, and with <paramref name="renewInvite"/> ends the links that are about.</summary>
    public async Task<RevokeResult> RevokeAsync(string nameOrId, bool renewInvite, CancellationToken cancellationToken)
    {
        var follower = await SetStateAsync(nameOrId, FollowerState.Revoked, cancellationToken);
        var admission = SettingsFile.Read(context.Files, context.Home.SettingsFile).Admission;
        if (renewInvite)
        {
            await new Invites(context).GetAsync(renew: true, cancellationToken);
        }

        return new RevokeResult(follower)
        {
            Warning = admission == Admission.Open
                ? "This master lets in whoever may connect (admission = \"open\"): with its state wiped, the machine can join again. Set admission = \"invite\"."
                : renewInvite ? null
                : "The links that were given out stay in force: whoever kept one can join again from another machine, or with its state wiped. "
                    + "'codexport master link --renew' ends them; followers that joined stay.",
        };
    }

    /// <summary>Lets a follower in, or shuts it out.</summary>
    public async Task<FollowerInfo> SetStateAsync(string nameOrId, FollowerState state, CancellationToken cancellationToken)
    {
        CheckIsMaster();
        return await new FollowerRegistry(context).SetStateAsync(nameOrId, state, cancellationToken);
    }

    private static string NameOf(string host)
    {
        var name = host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host;
        return JoinLink.IsHost(name)
            ? name
            : throw new CodexportException(
                ErrorCode.InvalidUsage,
                $"'{NetworkText.Clean(host, 80)}' is neither a host name nor an address.",
                "Give the name or address under which the followers reach this machine, without port and scheme.",
                NetworkText.Clean(host, 80));
    }

    private void CheckIsMaster()
    {
        using var identity = MasterIdentity.Load(context);
    }
}
