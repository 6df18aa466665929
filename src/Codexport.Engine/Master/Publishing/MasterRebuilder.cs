using Codexport.Engine.Codex;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Building;
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
        => RunAsync(acceptDeletions, HomeChanges.Everything, cancellationToken);

    /// <summary>Rebuilds after these changes.</summary>
    internal async Task<RebuildResult> RunAsync(bool acceptDeletions, HomeChanges changes, CancellationToken cancellationToken)
    {
        try
        {
            return await RebuildAsync(acceptDeletions, changes, cancellationToken);
        }
        catch
        {
            // What was half learnt does not count.
            Memory?.Forget();
            throw;
        }
    }

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

    private async Task<RebuildResult> RebuildAsync(bool acceptDeletions, HomeChanges changes, CancellationToken cancellationToken)
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
        var revisions = new PublishedRevisions(context) { Limits = Limits };
        SettingsMemory.Remember(context.Files, context.Home.SettingsFile);
        revisions.RequireRotations(identity);
        var index = revisions.ReadOrMendIndex(identity, out var mended);
        var newest = index.Newest;
        Memory?.Check(settingsHash, index.Mark);
        SetAside.IfNotFile(context, RevisionBuilder.CacheFile(context));
        var isFirst = Memory is not { Cache: not null };
        (Sha256Hash, Func<RevisionDocument>)? published = newest is null ? null : (newest.Revision, () => ReadDocument(revisions, newest.Revision));
        var build = await new RevisionBuilder(context, settings, Limits, Memory).BuildAsync(published, changes, cancellationToken);
        Restless = build.Restless;
        if (build.IsPublished)
        {
            revisions.EnsureHead(identity);
            if (isFirst && revisions.ReadDocument(newest!.Revision) is null)
            {
                revisions.Publish(build.ToDocument(), identity);
            }

            Remember(build, newest!.Revision);
            return Result(RebuildStatus.Current, newest.Revision, null, build, [.. Mended(mended), .. build.Warnings]);
        }

        if (newest is not null && !acceptDeletions
            && (DeletionGuard.Reason(build.PublishedFiles, build.Removed, build.Files, build.Named) ?? LostKeys(build, revisions, newest.Revision)) is { } reason)
        {
            var bytes = ReadDocument(revisions, newest.Revision).Files.Sum(file => file.Size);
            return Result(RebuildStatus.Held, newest.Revision, null, build, [.. build.Warnings, HeldWarning(reason)])
                with
            { Files = build.PublishedFiles, Bytes = bytes };
        }

        await CheckConfigurationAsync(build, cancellationToken);
        var document = build.ToDocument();
        var head = revisions.Publish(document, identity);
        LastPublished = (head.Revision, document);
        Memory?.TakeOver(revisions.ReadIndex().Mark);
        Remember(build, head.Revision);
        if (Memory is null)
        {
            await revisions.TidyAsync(identity, cancellationToken);
        }

        return Result(RebuildStatus.Published, head.Revision, newest?.Revision, build, [.. Mended(mended), .. build.Warnings]);
    }

    private static IEnumerable<string> Mended(string? warning) => warning is null ? [] : [warning];

    /// <summary>The error that a held result is to a person who asked for a rebuild.</summary>
    internal static CodexportException HeldError(RebuildResult result) => new(
        ErrorCode.DeletionsHeld,
        result.Warnings[^1],
        "If that is meant, run 'codexport master rebuild --accept-deletions'. The last good revision stays in service.")
    {
        Details = [new("revision", result.Revision), new("removed", $"{result.Removed.Count}")],
    };

    private string? LostKeys(RevisionBuild build, PublishedRevisions revisions, Sha256Hash published)
    {
        var changed = build.Changed.Where(path => CodexLayout.KindOf(path).IsConfiguration()).ToHashSet(StringComparer.Ordinal);
        if (changed.Count == 0)
        {
            return null;
        }

        var store = new ObjectStore(context.Files, context.Home.ObjectsFolder, context.Time);
        var before = ReadDocument(revisions, published).Files.Where(file => changed.Contains(file.Path)).ToDictionary(file => file.Path, file => file.Hash);
        return build.Files.Where(file => before.ContainsKey(file.Path) && store.Contains(before[file.Path]) && store.Contains(file.Hash))
            .Select(file => ConfigurationGuard.Reason(file.Path, Read(store, before[file.Path]), Read(store, file.Hash)))
            .FirstOrDefault(reason => reason is not null);
    }

    private static byte[] Read(ObjectStore store, Sha256Hash hash)
    {
        using var stream = store.OpenRead(hash);
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }

    private static string HeldWarning(string reason) => $"Nothing was published: {reason}.";

    private static RevisionDocument ReadDocument(PublishedRevisions revisions, Sha256Hash revision)
        => revisions.ReadDocument(revision) is { } canonical
            ? RevisionCodec.Read(canonical)
            : new RevisionDocument([]);

    private static RebuildResult Result(
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
