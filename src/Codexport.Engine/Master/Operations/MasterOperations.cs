using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Building;
using Codexport.Engine.Master.Dashboard;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Master.Rollouts;
using Codexport.Engine.Master.Stores;
using Codexport.Engine.Publication;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Master.Operations;

/// <summary>What a person does on the master: one method a command, the same for both heads.</summary>
public sealed class MasterOperations(EngineContext context)
{
    private readonly RevisionHistory _history = new(context);

    /// <summary>Makes this home the master, or shows what it is when it is one already, and publishes its first revision.</summary>
    /// <param name="port">What it will listen on; null keeps the present or default port.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public Task<InitResult> InitializeAsync(int? port, CancellationToken cancellationToken) => InitializeAsync(port, [], cancellationToken);

    /// <summary>The same; what links of the Codex home lead to in these folders leaves from now on.</summary>
    /// <param name="port">What it will listen on; null keeps the present or default port.</param>
    /// <param name="roots">Folders to list, as <see cref="FindLinkedFoldersAsync"/> names them.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public Task<InitResult> InitializeAsync(int? port, IReadOnlyList<string> roots, CancellationToken cancellationToken)
        => new MasterInitializer(context).RunAsync(port, roots, cancellationToken);

    /// <summary>Folders outside the Codex home that its links lead into and that the settings do not list: what to ask the person about.</summary>
    public Task<IReadOnlyList<LinkedFolder>> FindLinkedFoldersAsync(CancellationToken cancellationToken)
        => Task.Run(() => new MasterInitializer(context).FindLinkedFolders(cancellationToken), cancellationToken);

    /// <summary>Scans, builds and publishes a revision when something changed.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.DeletionsHeld"/> unless <paramref name="acceptDeletions"/>.</exception>
    public Task<RebuildResult> RebuildAsync(bool acceptDeletions, CancellationToken cancellationToken)
        => RebuildAsync(new RebuildOptions { AcceptDeletions = acceptDeletions }, cancellationToken);

    /// <summary>The same, as the person says: what was found is confirmed, what waits goes out.</summary>
    /// <exception cref="CodexportException">
    /// <see cref="ErrorCode.DeletionsHeld"/> or <see cref="ErrorCode.FindingsHeld"/> unless they are accepted; <see cref="ErrorCode.ConcurrentChange"/>
    /// when something else would go out than the person has looked at.
    /// </exception>
    public async Task<RebuildResult> RebuildAsync(RebuildOptions options, CancellationToken cancellationToken)
    {
        var result = await new MasterRebuilder(context).RunAsync(options, HomeChanges.Everything, cancellationToken);
        return result.Status == RebuildStatus.Held ? throw PublicationDecision.HeldError(result) : result;
    }

    /// <summary>What a rebuild would let out now, hooks and MCP servers first; publishes nothing.</summary>
    public Task<BundleCompareResult> CompareAsync(CancellationToken cancellationToken) => CompareAsync(group: null, cancellationToken);

    /// <summary>The same of what the followers of a group would get.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.GroupNotFound"/>.</exception>
    public Task<BundleCompareResult> CompareAsync(string? group, CancellationToken cancellationToken)
        => new MasterRebuilder(context).CompareAsync(group, cancellationToken);

    /// <summary>The publications that are kept, newest first.</summary>
    public Task<IReadOnlyList<BundleInfo>> GetBundlesAsync(CancellationToken cancellationToken)
        => Task.Run(() => new BundleList(context).Read(), cancellationToken);

    /// <summary>Publishes the content of a kept revision as the newest; what the Codex home holds waits from then on.</summary>
    /// <param name="revision">The revision, or so much of its beginning that only one has it.</param>
    /// <param name="cancellationToken">Ends the wait for whoever builds.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.RevisionNotFound"/>.</exception>
    public Task<RollbackResult> RollbackAsync(string revision, CancellationToken cancellationToken) => new Rollback(context).RunAsync(revision, cancellationToken);

    /// <summary>The join link; with <paramref name="renewInvite"/> a new invite, after which older links admit nobody.</summary>
    public Task<JoinLinkResult> CreateJoinLinkAsync(string host, int? port, bool renewInvite, CancellationToken cancellationToken)
        => CreateJoinLinkAsync([host], port, renewInvite, cancellationToken);

    /// <summary>The join link with several names or addresses of this machine, which followers try in that order.</summary>
    public Task<JoinLinkResult> CreateJoinLinkAsync(
        IReadOnlyList<string> hosts, int? port, bool renewInvite, CancellationToken cancellationToken)
        => CreateJoinLinkAsync(hosts, port, renewInvite, InviteLimits.None, cancellationToken);

    /// <summary>The same with an invite of its own that ends by itself.</summary>
    public Task<JoinLinkResult> CreateJoinLinkAsync(
        IReadOnlyList<string> hosts, int? port, bool renewInvite, InviteLimits limits, CancellationToken cancellationToken)
        => new Admissions(context).CreateJoinLinkAsync(hosts, port, renewInvite, limits, cancellationToken);

    /// <summary>The followers, those that need attention first.</summary>
    public Task<IReadOnlyList<FollowerInfo>> GetFollowersAsync(CancellationToken cancellationToken)
        => Task.Run(() => new Admissions(context).GetFollowers(), cancellationToken);

    /// <summary>One follower, by id or, when only one has it, by name.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.FollowerNotFound"/>, also when several have the name.</exception>
    public async Task<FollowerInfo> GetFollowerAsync(string nameOrId, CancellationToken cancellationToken)
    {
        var followers = await GetFollowersAsync(cancellationToken);
        var named = followers.Where(follower => follower.Name == nameOrId).ToList();
        return followers.FirstOrDefault(follower => follower.Id == nameOrId)
            ?? (named is [var only] ? only : throw FollowerRegistry.NotFound(nameOrId, isAmbiguous: named.Count > 0));
    }

    /// <summary>Puts a follower into a group or ring. By id or, when only one has it, by name.</summary>
    /// <param name="nameOrId">Which one.</param>
    /// <param name="group">The group; empty for none, null to leave it as it is.</param>
    /// <param name="ring">The ring; empty for the last one, null to leave it as it is.</param>
    /// <param name="cancellationToken">Ends the wait for whoever builds.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.FollowerNotFound"/> or <see cref="ErrorCode.GroupNotFound"/>.</exception>
    public Task<FollowerInfo> SetFollowerAsync(string nameOrId, string? group, string? ring, CancellationToken cancellationToken)
        => new Admissions(context).SetPlaceAsync(nameOrId, group, ring, cancellationToken);

    /// <summary>The groups of followers, by name.</summary>
    public Task<IReadOnlyList<GroupInfo>> GetGroupsAsync(CancellationToken cancellationToken)
        => Task.Run(() => new GroupList(context).Read(), cancellationToken);

    /// <summary>How the newest publication goes from ring to ring.</summary>
    public async Task<RolloutResult> GetRolloutAsync(CancellationToken cancellationToken)
        => new Rollout(context).Read(await GetFollowersAsync(cancellationToken));

    /// <summary>Gives the next ring the newest publication at once.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.InvalidUsage"/> where there are no rings.</exception>
    public async Task<RolloutResult> PromoteRolloutAsync(CancellationToken cancellationToken)
        => await new Rollout(context).PromoteAsync(await GetFollowersAsync(cancellationToken), cancellationToken);

    /// <summary>Keeps the newest publication from going to a further ring by itself.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.InvalidUsage"/> where there are no rings.</exception>
    public async Task<RolloutResult> StopRolloutAsync(CancellationToken cancellationToken)
        => await new Rollout(context).StopAsync(await GetFollowersAsync(cancellationToken), cancellationToken);

    /// <summary>Lets a follower in. By id or, when only one has it, by name.</summary>
    public Task<FollowerInfo> ApproveFollowerAsync(string nameOrId, CancellationToken cancellationToken)
        => new Admissions(context).SetStateAsync(nameOrId, FollowerState.Approved, cancellationToken);

    /// <summary>Shuts a follower out at once.</summary>
    public async Task<FollowerInfo> RevokeFollowerAsync(string nameOrId, CancellationToken cancellationToken)
        => (await RevokeFollowerAsync(nameOrId, renewInvite: false, cancellationToken)).Follower;

    /// <summary>The same; with <paramref name="renewInvite"/> the links that were given out end too.</summary>
    public Task<RevokeResult> RevokeFollowerAsync(string nameOrId, bool renewInvite, CancellationToken cancellationToken)
        => new Admissions(context).RevokeAsync(nameOrId, renewInvite, cancellationToken);

    /// <summary>An address of the dashboard that the running master serves, which lets in once; with <paramref name="open"/> shown in a browser.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.DashboardNotServed"/>.</exception>
    public Task<DashboardResult> OpenDashboardAsync(bool open, CancellationToken cancellationToken)
        => new DashboardVisit(context).RunAsync(open, cancellationToken);

    /// <summary>The revisions that were published and are kept, newest first, with how many followers have each.</summary>
    public async Task<IReadOnlyList<PublishedRevisionInfo>> GetPublishedRevisionsAsync(CancellationToken cancellationToken)
    {
        var followers = await GetFollowersAsync(cancellationToken);
        return await Task.Run(() => _history.List(followers, cancellationToken), cancellationToken);
    }

    /// <summary>What a published revision changed against the one before.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.RevisionNotFound"/>.</exception>
    public Task<RevisionChanges> GetRevisionChangesAsync(string revision, CancellationToken cancellationToken)
        => Task.Run(() => _history.Changes(revision), cancellationToken);

    /// <summary>The lines that differ in files that a published revision changed, secrets masked.</summary>
    public Task<IReadOnlyList<FileDifference>> GetDifferencesAsync(
        RevisionChanges changes, IReadOnlyList<FileDifference> files, CancellationToken cancellationToken)
        => Task.Run<IReadOnlyList<FileDifference>>(() => [.. files.Select(file => _history.Lines(changes, file))], cancellationToken);

    /// <summary>Publishes the revision in force to stores, sealed for the followers that may fetch.</summary>
    /// <param name="targets">Where; empty for those that the settings name.</param>
    /// <param name="open">Opens the stores that are not folders; null where only folders can be published to.</param>
    /// <param name="takeOver">Whether what another master has published there may be replaced.</param>
    /// <param name="cancellationToken">Ends the work; a store is whole then too.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.StoreFailed"/> or <see cref="ErrorCode.PublicationConflict"/>.</exception>
    public async Task<IReadOnlyList<PublicationResult>> PublishAsync(
        IReadOnlyList<PublishTarget> targets, Func<PublishTarget, IRevisionStore>? open, bool takeOver, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(targets);
        MasterIdentity.Load(context).Dispose();
        var listed = SettingsFile.Read(context.Files, context.Home.SettingsFile).Publish;
        if (targets.Count == 0 && listed.Count == 0)
        {
            throw new CodexportException(
                ErrorCode.InvalidUsage, "There is no place to publish to.", $"Name one, or write [[publish]] tables into '{context.Home.SettingsFile}'.", context.Home.SettingsFile);
        }

        var results = new List<PublicationResult>();
        foreach (var target in targets.Count == 0 ? listed : targets)
        {
            // What the settings say of a place counts, where a command only names it.
            var known = target == new PublishTarget(target.Target) ? listed.FirstOrDefault(listedTarget => listedTarget.Target == target.Target) : null;
            results.Add(await new StorePublisher(context, open).RunAsync(known ?? target, takeOver, cancellationToken));
        }

        return results;
    }

    /// <summary>Gives the master a new key, which the old one vouches for.</summary>
    public Task<RotationResult> RotateIdentityAsync(CancellationToken cancellationToken) => IdentityRotation.RunAsync(context, cancellationToken);

    /// <summary>Lets another key act for the identity, renews that, or takes it back.</summary>
    /// <param name="options">What.</param>
    /// <param name="file">Absolute path of an exported identity, where its key is not on this machine; null to use the one that is.</param>
    /// <param name="passphrase">The passphrase of that file.</param>
    /// <param name="cancellationToken">Ends the work before anything is changed.</param>
    public Task<DelegationResult> DelegateIdentityAsync(
        DelegationOptions options, string? file, ReadOnlyMemory<char> passphrase, CancellationToken cancellationToken)
        => new IdentityDelegation(context).RunAsync(options, file, passphrase, cancellationToken);

    /// <summary>Writes what another machine needs to take this master's place, protected by a passphrase.</summary>
    /// <param name="file">Absolute path of the file to write.</param>
    /// <param name="passphrase">At least <see cref="IdentityPassphrase.MinLength"/> characters.</param>
    /// <param name="force">Whether a file that is there is replaced.</param>
    /// <param name="cancellationToken">Ends the work before anything is written.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.FileExists"/> or <see cref="ErrorCode.InvalidUsage"/>.</exception>
    public Task<IdentityExportResult> ExportIdentityAsync(
        string file, ReadOnlyMemory<char> passphrase, bool force, CancellationToken cancellationToken)
        => new IdentityExport(context).RunAsync(file, passphrase, force, cancellationToken);

    /// <summary>Makes this home the master that was exported, and publishes its setup.</summary>
    /// <param name="file">Absolute path of the export.</param>
    /// <param name="passphrase">The passphrase that it was exported with.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.PassphraseRefused"/>, <see cref="ErrorCode.RoleConflict"/>.</exception>
    public Task<IdentityImportResult> ImportIdentityAsync(string file, ReadOnlyMemory<char> passphrase, CancellationToken cancellationToken)
        => new IdentityImport(context).RunAsync(file, passphrase, cancellationToken);
}
