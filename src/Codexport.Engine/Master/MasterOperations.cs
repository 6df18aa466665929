using Codexport.Engine.Results;

namespace Codexport.Engine.Master;

/// <summary>What a person does on the master: one method a command, the same for both heads.</summary>
public sealed class MasterOperations(EngineContext context)
{
    /// <summary>Makes this home the master, or shows what it is when it is one already, and publishes its first revision.</summary>
    /// <param name="port">What it will listen on; null keeps the present or default port.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public Task<InitResult> InitializeAsync(int? port, CancellationToken cancellationToken)
        => new MasterInitializer(context).RunAsync(port, cancellationToken);

    /// <summary>Scans, builds and publishes a revision when something changed.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.DeletionsHeld"/> unless <paramref name="acceptDeletions"/>.</exception>
    public async Task<RebuildResult> RebuildAsync(bool acceptDeletions, CancellationToken cancellationToken)
    {
        var result = await new MasterRebuilder(context).RunAsync(acceptDeletions, cancellationToken);
        return result.Status == MasterRebuilder.Held ? throw MasterRebuilder.HeldError(result) : result;
    }

    /// <summary>The join link; with <paramref name="renewInvite"/> a new invite, after which older links admit nobody.</summary>
    public Task<JoinLinkResult> CreateJoinLinkAsync(string host, int? port, bool renewInvite, CancellationToken cancellationToken)
        => new Admissions(context).CreateJoinLinkAsync(host, port, renewInvite, cancellationToken);

    /// <summary>The followers, those that need attention first.</summary>
    public Task<IReadOnlyList<FollowerInfo>> GetFollowersAsync(CancellationToken cancellationToken)
        => Task.Run(() => new Admissions(context).GetFollowers(), cancellationToken);

    /// <summary>Lets a follower in. By id or, when only one has it, by name.</summary>
    public Task<FollowerInfo> ApproveFollowerAsync(string nameOrId, CancellationToken cancellationToken)
        => new Admissions(context).SetStateAsync(nameOrId, FollowerState.Approved, cancellationToken);

    /// <summary>Shuts a follower out at once.</summary>
    public Task<FollowerInfo> RevokeFollowerAsync(string nameOrId, CancellationToken cancellationToken)
        => new Admissions(context).SetStateAsync(nameOrId, FollowerState.Revoked, cancellationToken);
}
