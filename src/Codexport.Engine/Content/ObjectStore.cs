using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Content;

/// <summary>
/// Contents by hash, in one folder: single files (<c>ab/cdef…</c>), and packs that hold many contents one after the other as a bundle
/// brings them, so that thousands of small files arrive as one. Contents are verified when they come in. Safe for concurrent readers,
/// also while another process adds or prunes.
/// </summary>
public sealed class ObjectStore(IFileSystem files, string folder, TimeProvider? time = null, Action<string>? trace = null) : IContentStore
{
    // Below this share of bytes still wanted, a pack is written anew rather than kept.
    private const double WorthKeeping = 0.5;
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromHours(6);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly LooseObjects _loose = new(files, folder);
    private PackIndex? _packs;

    private string PacksFolder => Path.Combine(folder, "packs");

    /// <inheritdoc/>
    public bool Contains(Sha256Hash hash) => Packs().Find(hash) is not null || _loose.Contains(hash);

    /// <inheritdoc/>
    public Stream OpenRead(Sha256Hash hash)
    {
        if (TryOpen(hash) is { } stream)
        {
            return stream;
        }

        // Another process may have packed or pruned since the index was read.
        Forget();
        return TryOpen(hash) ?? throw new CodexportException(
            ErrorCode.StateDamaged,
            $"The content {hash} is missing from {folder}.",
            "Run 'codexport sync --apply' on a follower, or 'codexport master rebuild' on the master, to bring it back.",
            folder)
        {
            Details = [new("content", hash.ToString())],
        };
    }

    /// <summary>Takes in one content as a single file; nothing happens when it is here already. Durable after <see cref="Flush"/>.</summary>
    /// <param name="expected">What its hash must be.</param>
    /// <param name="content">Read to its end.</param>
    /// <param name="cancellationToken">Ends the work; nothing half-written stays.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.ContentMismatch"/> when the hash is another.</exception>
    public async Task PutAsync(Sha256Hash expected, Stream content, CancellationToken cancellationToken)
    {
        if (Packs().Find(expected) is null && !await _loose.IsWholeAsync(expected, cancellationToken))
        {
            await _loose.PutAsync(expected, content, cancellationToken);
        }
    }

    /// <summary>Takes in one content that is in memory. Durable after <see cref="Flush"/>.</summary>
    public Sha256Hash Put(ReadOnlyMemory<byte> content)
    {
        var hash = Sha256Hash.Of(content.Span);
        if (!IsWhole(hash, content.Span))
        {
            _loose.Put(hash, content.Span);
        }

        return hash;
    }

    /// <summary>Hands every content put since the last flush to the disk: before anything durable may name them.</summary>
    public void Flush() => _loose.Flush();

    /// <summary>Starts a pack for a run of contents.</summary>
    public ObjectPackWriter CreatePack()
    {
        files.CreateDirectory(PacksFolder, FilePermission.Private);
        return new ObjectPackWriter(files, PacksFolder, Forget);
    }

    /// <summary>
    /// Deletes everything but <paramref name="keep"/>; packs that hold little that is kept are written anew. Nobody else may be writing.
    /// </summary>
    public async Task PruneAsync(IReadOnlySet<Sha256Hash> keep, CancellationToken cancellationToken)
    {
        _loose.DeleteAllBut(keep, cancellationToken);
        DeleteAbandoned();
        Forget();
        foreach (var pack in Packs().Packs)
        {
            await RewriteAsync(pack, [.. pack.Entries.Where(entry => keep.Contains(entry.Hash))], force: false, cancellationToken);
        }
    }

    /// <summary>Deletes one content for good, also out of a pack (superseded credentials).</summary>
    public async Task PurgeAsync(Sha256Hash hash, CancellationToken cancellationToken)
    {
        _loose.Delete(hash);
        Forget();
        foreach (var pack in Packs().Packs.Where(pack => pack.Entries.Any(entry => entry.Hash == hash)).ToList())
        {
            await RewriteAsync(pack, [.. pack.Entries.Where(entry => entry.Hash != hash)], force: true, cancellationToken);
        }
    }

    /// <summary>Whether a content is here and can be built on: single files are compared, packs were durable before they counted.</summary>
    internal bool IsWhole(Sha256Hash hash, ReadOnlySpan<byte> content) => Packs().Find(hash) is not null || _loose.IsWhole(hash, content);

    private Stream? TryOpen(Sha256Hash hash)
    {
        if (Packs().Find(hash) is { } place && files.TryGetEntry(place.Pack) is not null)
        {
            return new PackedContentStream(files.OpenRead(place.Pack), place.Entry.Offset, place.Entry.Size);
        }

        return _loose.TryOpen(hash);
    }

    private async Task RewriteAsync(Pack pack, List<PackEntry> kept, bool force, CancellationToken cancellationToken)
    {
        if (!force && kept.Sum(entry => entry.Size) >= WorthKeeping * pack.Entries.Sum(entry => entry.Size) && kept.Count > 0)
        {
            return;
        }

        if (kept.Count > 0)
        {
            await using var writer = CreatePack();
            foreach (var entry in kept)
            {
                await using var content = new PackedContentStream(files.OpenRead(pack.Path), entry.Offset, entry.Size);
                try
                {
                    await writer.AppendAsync(entry.Hash, entry.Size, content, cancellationToken);
                }
                catch (CodexportException error) when (error.Code is ErrorCode.ContentMismatch or ErrorCode.MasterUnreachable)
                {
                    // Damaged or cut off as well. It is not carried on: whoever needs it finds it missing and brings it back.
                    trace?.Invoke($"'{pack.Path}' is damaged at the content {entry.Hash}, which is dropped: {error.Message}");
                }
            }
        }

        // The index goes first: a pack without one is invisible and swept up later.
        files.DeleteFile(Pack.IndexPathOf(pack.Path));
        files.DeleteFile(pack.Path);
        Forget();
    }

    private void DeleteAbandoned()
    {
        var oldest = (_time.GetUtcNow() - AbandonedAfter).UtcTicks;
        var entries = files.Enumerate(folder).Concat(files.Enumerate(PacksFolder)).Where(entry => entry.Kind == EntryKind.File).ToList();
        foreach (var entry in entries.Where(entry => entry.ModifiedTicks < oldest))
        {
            var isPackWithoutIndex = entry.Path.EndsWith(Pack.Extension, StringComparison.Ordinal)
                && files.TryGetEntry(Pack.IndexPathOf(entry.Path)) is null;
            if (isPackWithoutIndex || entry.Path.EndsWith(Pack.TemporaryExtension, StringComparison.Ordinal))
            {
                files.DeleteFile(entry.Path);
            }
        }
    }

    private PackIndex Packs()
    {
        lock (_lock)
        {
            return _packs ??= PackIndex.Read(files, PacksFolder);
        }
    }

    private void Forget()
    {
        lock (_lock)
        {
            _packs = null;
        }
    }
}
