using Codexport.Engine.Platform;

namespace Codexport.Engine.Bundles;

/// <summary>
/// Contents by hash, in one folder: single files (<c>ab/cdef…</c>), and packs that hold many contents one after the other as a bundle
/// brings them, so that thousands of small files arrive as one. Contents are verified when they come in. Safe for concurrent readers,
/// also while another process adds or prunes.
/// </summary>
public sealed class ObjectStore(IFileSystem files, string folder, TimeProvider? time = null) : IContentStore
{
    // Below this share of bytes still wanted, a pack is written anew rather than kept.
    private const double WorthKeeping = 0.5;
    // Up to so many files are flushed one by one: flushing the volume waits for everybody else's writes too.
    private const int FewFiles = 4;
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromHours(6);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly List<string> _unflushed = [];
    private PackIndex? _packs;

    private string PacksFolder => Path.Combine(folder, "packs");

    /// <inheritdoc/>
    public bool Contains(Sha256Hash hash) => Packs().Find(hash) is not null || files.TryGetEntry(LoosePath(hash)) is { Kind: EntryKind.File };

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
            "Run 'codexport sync' on a follower, or 'codexport master rebuild' on the master, to bring it back.",
            folder);
    }

    /// <summary>Takes in one content as a single file; nothing happens when it is here already. Durable after <see cref="Flush"/>.</summary>
    /// <param name="expected">What its hash must be.</param>
    /// <param name="content">Read to its end.</param>
    /// <param name="cancellationToken">Ends the work; nothing half-written stays.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.ContentMismatch"/> when the hash is another.</exception>
    public async Task PutAsync(Sha256Hash expected, Stream content, CancellationToken cancellationToken)
    {
        if (await IsWholeAsync(expected, cancellationToken))
        {
            return;
        }

        var temporary = NewTemporary();
        try
        {
            Sha256Hash actual;
            await using (var target = files.CreateNew(temporary, FilePermission.Private))
            {
                actual = await HashingCopy.CopyAsync(content, target, cancellationToken);
            }

            if (actual != expected)
            {
                throw HashingCopy.Mismatch(expected, actual);
            }

            Publish(temporary, expected);
        }
        catch
        {
            files.DeleteFile(temporary);
            throw;
        }
    }

    /// <summary>Takes in one content that is in memory. Durable after <see cref="Flush"/>.</summary>
    public Sha256Hash Put(ReadOnlyMemory<byte> content)
    {
        var hash = Sha256Hash.Of(content.Span);
        if (IsWhole(hash, content.Span))
        {
            return hash;
        }

        var temporary = NewTemporary();
        try
        {
            using (var target = files.CreateNew(temporary, FilePermission.Private))
            {
                target.Write(content.Span);
            }

            Publish(temporary, hash);
        }
        catch
        {
            files.DeleteFile(temporary);
            throw;
        }

        return hash;
    }

    /// <summary>Hands every content put since the last flush to the disk: before anything durable may name them.</summary>
    public void Flush()
    {
        string[] paths;
        lock (_lock)
        {
            paths = [.. _unflushed];
            _unflushed.Clear();
        }

        if (paths.Length == 0 || (paths.Length > FewFiles && files.TryFlushVolume(folder)))
        {
            return;
        }

        foreach (var path in paths.Where(path => files.TryGetEntry(path) is not null))
        {
            using var stream = files.OpenAppend(path, FilePermission.Private);
            files.FlushToDisk(stream);
        }

        foreach (var parent in paths.Select(path => Path.GetDirectoryName(path)!).Distinct(StringComparer.Ordinal))
        {
            files.FlushDirectory(parent);
        }
    }

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
        foreach (var fan in files.Enumerate(folder).Where(entry => entry.Kind == EntryKind.Directory && Path.GetFileName(entry.Path).Length == 2).ToList())
        {
            foreach (var entry in files.Enumerate(fan.Path).ToList())
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!Sha256Hash.TryParse(Path.GetFileName(fan.Path) + Path.GetFileName(entry.Path), out var hash) || !keep.Contains(hash))
                {
                    files.DeleteFile(entry.Path);
                }
            }
        }

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
        files.DeleteFile(LoosePath(hash));
        Forget();
        foreach (var pack in Packs().Packs.Where(pack => pack.Entries.Any(entry => entry.Hash == hash)).ToList())
        {
            await RewriteAsync(pack, [.. pack.Entries.Where(entry => entry.Hash != hash)], force: true, cancellationToken);
        }
    }

    /// <summary>
    /// Whether a content is here and can be built on. A single file may have lost its bytes with the power before anybody flushed it, so
    /// it is compared, and flushed with the next.
    /// </summary>
    internal bool IsWhole(Sha256Hash hash, ReadOnlySpan<byte> content)
    {
        if (Packs().Find(hash) is not null)
        {
            return true;
        }

        var path = LoosePath(hash);
        if (files.TryGetEntry(path) is not { Kind: EntryKind.File } entry || entry.Size != content.Length
            || !AtomicFile.ReadAllBytes(files, path).AsSpan().SequenceEqual(content))
        {
            return false;
        }

        AddUnflushed(path);
        return true;
    }

    private async Task<bool> IsWholeAsync(Sha256Hash hash, CancellationToken cancellationToken)
    {
        if (Packs().Find(hash) is not null)
        {
            return true;
        }

        var path = LoosePath(hash);
        if (files.TryGetEntry(path) is not { Kind: EntryKind.File })
        {
            return false;
        }

        await using (var stream = files.OpenRead(path))
        {
            if (await Sha256Hash.OfAsync(stream, cancellationToken) != hash)
            {
                return false;
            }
        }

        AddUnflushed(path);
        return true;
    }

    private Stream? TryOpen(Sha256Hash hash)
    {
        if (Packs().Find(hash) is { } place && files.TryGetEntry(place.Pack) is not null)
        {
            return new PackedContentStream(files.OpenRead(place.Pack), place.Entry.Offset, place.Entry.Size);
        }

        var loose = LoosePath(hash);
        return files.TryGetEntry(loose) is { Kind: EntryKind.File } ? files.OpenRead(loose) : null;
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
                await writer.AppendAsync(entry.Hash, entry.Size, content, cancellationToken);
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

    private void Publish(string temporary, Sha256Hash hash)
    {
        var path = LoosePath(hash);
        files.CreateDirectory(Path.GetDirectoryName(path)!, FilePermission.Private);
        files.Move(temporary, path, overwrite: true);
        AddUnflushed(path);
    }

    private void AddUnflushed(string path)
    {
        lock (_lock)
        {
            _unflushed.Add(path);
        }
    }

    private string NewTemporary()
    {
        files.CreateDirectory(folder, FilePermission.Private);
        return Path.Combine(folder, Guid.NewGuid().ToString("N") + Pack.TemporaryExtension);
    }

    private string LoosePath(Sha256Hash hash)
    {
        var text = hash.ToString();
        return Path.Combine(folder, text[..2], text[2..]);
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
