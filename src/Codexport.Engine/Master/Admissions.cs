using Codexport.Engine.Bundles;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Master;

/// <summary>What a person does about followers on the master: links, and who is in.</summary>
internal sealed class Admissions(EngineContext context)
{
    /// <summary>The join link for a host name or address under which followers reach this machine.</summary>
    public async Task<JoinLinkResult> CreateJoinLinkAsync(string host, int? port, bool renewInvite, CancellationToken cancellationToken)
    {
        using var identity = MasterIdentity.Load(context);
        var settings = SettingsFile.Read(context.Files, context.Home.SettingsFile);
        var name = host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host;
        if (!JoinLink.IsHost(name))
        {
            throw new CodexportException(
                ErrorCode.InvalidUsage,
                $"'{NetworkText.Clean(host, 80)}' is neither a host name nor an address.",
                "Give the name or address under which the followers reach this machine, without port and scheme.",
                NetworkText.Clean(host, 80));
        }

        if (port is < 1 or > 65535)
        {
            throw new CodexportException(ErrorCode.InvalidUsage, $"{port} is no port.", "Use a number from 1 to 65535.");
        }

        var invite = settings.Admission == Admission.Open && !renewInvite
            ? null
            : await new Invites(context).GetAsync(renewInvite, cancellationToken);
        var link = new JoinLink(name, port ?? settings.Port, identity.Fingerprint, settings.Admission == Admission.Open ? null : invite).ToString();
        return new JoinLinkResult(link, $"codexport follower join '{link}'", identity.Fingerprint);
    }

    /// <summary>The followers, those that need attention first: waiting, then failing or behind, then the rest, revoked last.</summary>
    public IReadOnlyList<FollowerInfo> GetFollowers()
    {
        CheckIsMaster();
        var published = new PublishedRevisions(context).List();
        return [.. new FollowerRegistry(context).List()
            .Select(follower => follower with { RevisionsBehind = CountBehind(published, follower.AppliedRevision) })
            .OrderBy(Urgency)
            .ThenBy(follower => follower.Name, StringComparer.Ordinal)
            .ThenBy(follower => follower.Id, StringComparer.Ordinal)];
    }

    /// <summary>Lets a follower in, or shuts it out.</summary>
    public async Task<FollowerInfo> SetStateAsync(string nameOrId, FollowerState state, CancellationToken cancellationToken)
    {
        CheckIsMaster();
        return await new FollowerRegistry(context).SetStateAsync(nameOrId, state, cancellationToken);
    }

    private static int? CountBehind(IReadOnlyList<PublishedRevision> published, string? applied)
    {
        for (var index = published.Count - 1; index >= 0; index--)
        {
            if (published[index].Revision.ToString() == applied)
            {
                return published.Count - 1 - index;
            }
        }

        return null;
    }

    private static int Urgency(FollowerInfo follower) => follower.State switch
    {
        FollowerState.Pending => 0,
        FollowerState.Revoked => 3,
        _ => follower.LastError is not null || follower.RevisionsBehind is not 0 ? 1 : 2,
    };

    private void CheckIsMaster()
    {
        using var identity = MasterIdentity.Load(context);
    }
}
