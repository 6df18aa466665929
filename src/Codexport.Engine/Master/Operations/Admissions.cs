using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Master.Operations;

/// <summary>What a person does about followers on the master: links, and who is in.</summary>
internal sealed class Admissions(EngineContext context)
{
    /// <summary>The join link for the host names or addresses under which followers reach this machine, best first.</summary>
    public async Task<JoinLinkResult> CreateJoinLinkAsync(
        IReadOnlyList<string> hosts, int? port, bool renewInvite, CancellationToken cancellationToken)
    {
        using var identity = MasterIdentity.Load(context);
        var settings = SettingsFile.Read(context.Files, context.Home.SettingsFile);
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

        var invite = settings.Admission == Admission.Open && !renewInvite
            ? null
            : await new Invites(context).GetAsync(renewInvite, cancellationToken);
        var link = new JoinLink(names[0], port ?? settings.Port, identity.Fingerprint, settings.Admission == Admission.Open ? null : invite)
        {
            OtherHosts = names[1..],
        }.ToString();
        return new JoinLinkResult(link, $"codexport follower join '{link}'", identity.Fingerprint);
    }

    /// <summary>The followers, those that need attention first.</summary>
    public IReadOnlyList<FollowerInfo> GetFollowers()
    {
        CheckIsMaster();
        return FleetView.Of(new FollowerRegistry(context).List(), new PublishedRevisions(context).List());
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
