using Codexport.Engine.Content;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Building;
using Codexport.Engine.Master.Groups;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Master.Publishing;

/// <summary>
/// Builds and publishes. Whatever goes wrong, the last good revision stays in service. For a watcher, which nobody asks, an export that
/// lost too much is a result (<see cref="RebuildStatus.Held"/>), not an error.
/// </summary>
internal sealed class MasterRebuilder(EngineContext context)
{
    /// <summary>Who judges configuration before it is published: the Codex of this machine; null for nobody.</summary>
    public IConfigurationCheck? Check { get; init; } = new CodexConfigurationCheck(context);

    /// <summary>What is not exceeded; the documented limits unless a test says otherwise.</summary>
    public Limits Limits { get; init; } = Limits.Default;

    /// <summary>What is kept between rebuilds; null to look at everything each time and to tidy up at once.</summary>
    internal BuildMemory? Memory { get; init; }

    /// <summary>What the last rebuild that published has published.</summary>
    internal (Sha256Hash Revision, RevisionDocument Document)? LastPublished { get; private set; }

    /// <summary>Where the files lie that the last rebuild met while they were changing.</summary>
    internal IReadOnlyList<string> Restless { get; private set; } = [];

    /// <summary>Scans, builds, and publishes when something changed and nothing holds it back.</summary>
    /// <param name="acceptDeletions">Whether an export that lost much is published all the same.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public Task<RebuildResult> RunAsync(bool acceptDeletions, CancellationToken cancellationToken)
        => RunAsync(new RebuildOptions { AcceptDeletions = acceptDeletions }, HomeChanges.Everything, cancellationToken);

    /// <summary>Rebuilds after these changes, as the person says.</summary>
    internal Task<RebuildResult> RunAsync(RebuildOptions options, HomeChanges changes, CancellationToken cancellationToken)
        => GuardAsync(prepared => RebuildAsync(prepared, options, cancellationToken), changes, cancellationToken);

    /// <summary>What a rebuild would let out now; publishes nothing.</summary>
    public Task<BundleCompareResult> CompareAsync(string? group, CancellationToken cancellationToken)
        => GuardAsync(prepared => Task.FromResult(new BundleComparison(context, prepared).Compare(group)), HomeChanges.Everything, cancellationToken);

    /// <summary>Deletes what is no longer kept and writes down the last build, if it still is the newest.</summary>
    internal async Task TidyAsync(CancellationToken cancellationToken)
    {
        using var buildLock = await BuildLock.AcquireAsync(context, cancellationToken);
        using var identity = MasterIdentity.Load(context);
        var revisions = new PublishedRevisions(context) { Limits = Limits };
        if (Memory is { Cache: { } cache } && revisions.ReadIndex().Newest?.Revision == HashCache.Open(cache).Revision)
        {
            HashCache.Write(context.Files, RevisionBuilder.CacheFile(context), cache);
        }

        if (Memory is not null && revisions.IsPruneDue)
        {
            // Pruning moves contents about, also when it is broken off.
            Memory.Store = null;
        }

        await revisions.TidyAsync(identity, cancellationToken);
        Memory?.TakeOver(revisions.ReadIndex().Mark);
    }

    private async Task<T> GuardAsync<T>(Func<PreparedBuild, Task<T>> work, HomeChanges changes, CancellationToken cancellationToken)
    {
        try
        {
            RecordedHome.Check(context);
            var before = SettingsHash();
            var settings = SettingsFile.Read(context.Files, context.Home.SettingsFile);
            var settingsHash = SettingsHash() is { } after && after == before ? after : (Sha256Hash?)null;
            if (context.Files.TryGetEntry(context.Home.MasterFolder) is null)
            {
                // Loading says why this is no master; nothing is made for a mere mistake.
                MasterIdentity.Load(context).Dispose();
            }

            using var buildLock = await BuildLock.AcquireAsync(context, cancellationToken);
            using var identity = MasterIdentity.Load(context);
            return await work(await PrepareAsync(settings, settingsHash, identity, changes, cancellationToken));
        }
        catch
        {
            // What was half learnt does not count.
            Memory?.Forget();
            throw;
        }
    }

    private async Task<PreparedBuild> PrepareAsync(
        LocalSettings settings, Sha256Hash? settingsHash, MasterIdentity identity, HomeChanges changes, CancellationToken cancellationToken)
    {
        var revisions = new PublishedRevisions(context) { Limits = Limits, Rollout = settings.Rollout };
        SettingsMemory.Remember(context.Files, context.Home.SettingsFile);
        revisions.RequireRotations(identity);
        var index = revisions.ReadOrMendIndex(identity, out var mended);
        var newest = index.Newest;
        Memory?.Check(settingsHash, index.Mark);
        SetAside.IfNotFile(context, RevisionBuilder.CacheFile(context));
        var isInDoubt = await ClearDoubtAsync(revisions, newest, cancellationToken);
        (Sha256Hash, Func<RevisionDocument>)? published = newest is null ? null : (newest.Revision, () => revisions.ReadDocumentOrEmpty(newest.Revision));
        var isFirst = Memory is not { Cache: not null };
        var build = await new RevisionBuilder(context, settings, Limits, Memory).BuildAsync(published, changes, cancellationToken);
        if (isInDoubt)
        {
            StoreDoubt.Settle(context);
        }

        Restless = build.Restless;
        var overlay = new GroupOverlay(context, settings, Limits);
        var prepared = new PreparedBuild(settings, identity, revisions, newest, build, mended, isFirst);
        var names = GroupFolders.Find(context, settings);
        return names.Count == 0 ? prepared with { Warnings = build.Warnings } : prepared with
        {
            Groups = names.ToDictionary(name => name, name => overlay.Compose(name, prepared.Document), StringComparer.Ordinal),
            Warnings = [.. build.Warnings, .. overlay.Warnings],
        };
    }

    private async Task<RebuildResult> RebuildAsync(PreparedBuild prepared, RebuildOptions options, CancellationToken cancellationToken)
    {
        var (build, revisions, newest, identity) = (prepared.Build, prepared.Revisions, prepared.Newest, prepared.Identity);
        if (prepared.IsPublished)
        {
            revisions.EnsureHead(identity);
            if (prepared.IsFirst && revisions.ReadDocument(newest!.Revision) is null)
            {
                revisions.Publish(prepared.Document, identity, prepared.Groups);
            }

            Remember(build, newest!.Revision);
            Settle();
            return Result(RebuildStatus.Current, newest.Revision, null, build, [.. Mended(prepared.Mended), .. prepared.Warnings]);
        }

        if (new PublicationDecision(context, prepared, options).Decide() is { } kept)
        {
            return kept;
        }

        await CheckConfigurationAsync(build, cancellationToken);
        var published = revisions.Publish(prepared.Document, identity, prepared.Groups);
        LastPublished = (published.Revision, prepared.Document);
        Memory?.TakeOver(revisions.ReadIndex().Mark);
        Remember(build, published.Revision);
        Settle();
        if (Memory is null)
        {
            await revisions.TidyAsync(identity, cancellationToken);
        }

        return Result(RebuildStatus.Published, published.Revision, newest?.Revision, build, [.. Mended(prepared.Mended), .. prepared.Warnings, .. prepared.Baseline]) with
        {
            Groups = prepared.OtherGroups(),
        };
    }

    // What the home holds is published: nothing waits, and nothing is left of a rollback.
    private void Settle()
    {
        new WaitingFile(context).Clear();
        RollbackHold.Clear(context);
    }

    /// <summary>Where a content of the store is in doubt, drops those that are damaged and forgets what is known of the files.</summary>
    private async Task<bool> ClearDoubtAsync(PublishedRevisions revisions, PublishedRevision? newest, CancellationToken cancellationToken)
    {
        if (!StoreDoubt.IsRaised(context))
        {
            return false;
        }

        if (newest is not null && revisions.ReadDocument(newest.Revision) is { } canonical)
        {
            var dropped = await StoreDoubt.DropDamagedAsync(context, RevisionCodec.Read(canonical), cancellationToken);
            ActivityLog.Append(context, $"{dropped} contents of the store were damaged; they are read from their files again.");
        }

        Memory?.Forget();
        context.Files.DeleteFile(RevisionBuilder.CacheFile(context));
        return true;
    }

    private static IEnumerable<string> Mended(string? warning) => warning is null ? [] : [warning];

    /// <summary>The result of a rebuild of this build.</summary>
    internal static RebuildResult Result(
        RebuildStatus status, Sha256Hash revision, Sha256Hash? previous, RevisionBuild build, IReadOnlyList<string> warnings)
        => new(status, revision.ToString(), previous?.ToString(), build.Files.Length, build.Bytes, build.Added, build.Changed, build.Removed, warnings);

    private void Remember(RevisionBuild build, Sha256Hash revision)
    {
        if (build.IsPublished && !build.IsCacheStale && Memory is not { Cache: null })
        {
            return;
        }

        var cache = HashCache.Print(revision, build.Tail, build.Files);
        if (Memory is not null)
        {
            Memory.Cache = cache;
        }
        else
        {
            HashCache.Write(context.Files, RevisionBuilder.CacheFile(context), cache);
        }
    }

    private Sha256Hash SettingsHash() => Sha256Hash.Of(AtomicFile.TryReadAllBytes(context.Files, context.Home.SettingsFile));

    private async Task CheckConfigurationAsync(RevisionBuild build, CancellationToken cancellationToken)
    {
        if (Check is not null)
        {
            await Check.CheckAsync(context.Home.CodexFolder, [.. build.Added, .. build.Changed, .. build.Removed], cancellationToken);
        }
    }
}
