using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Content;

/// <summary>The contents of a store that are single files (<c>ab/cdef…</c>), and which of them the disk may not hold yet.</summary>
internal sealed class LooseObjects(IFileSystem files, string folder)
{
    // Up to so many files are flushed one by one: flushing the volume waits for everybody else's writes too.
    private const int FewFiles = 4;

    private readonly Lock _lock = new();
    private readonly List<string> _unflushed = [];

    /// <summary>Whether there is a file for a content; its bytes are not looked at.</summary>
    public bool Contains(Sha256Hash hash) => files.TryGetEntry(PathOf(hash)) is { Kind: EntryKind.File };

    /// <summary>
    /// Whether a content is here and can be built on. A file may have lost its bytes with the power before anybody flushed it, so it is
    /// compared, and flushed with the next.
    /// </summary>
    public bool IsWhole(Sha256Hash hash, ReadOnlySpan<byte> content)
    {
        var path = PathOf(hash);
        if (files.TryGetEntry(path) is not { Kind: EntryKind.File } entry || entry.Size != content.Length
            || !AtomicFile.ReadAllBytes(files, path).AsSpan().SequenceEqual(content))
        {
            return false;
        }

        AddUnflushed(path);
        return true;
    }

    /// <summary>The same for one whose bytes are not in memory: it is hashed.</summary>
    public async Task<bool> IsWholeAsync(Sha256Hash hash, CancellationToken cancellationToken)
    {
        var path = PathOf(hash);
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

    /// <summary>Opens one; null when it is not here.</summary>
    public Stream? TryOpen(Sha256Hash hash)
    {
        var path = PathOf(hash);
        return files.TryGetEntry(path) is { Kind: EntryKind.File } ? files.OpenRead(path) : null;
    }

    /// <summary>Takes in the rest of a stream, if its hash is right.</summary>
    public async Task PutAsync(Sha256Hash expected, Stream content, CancellationToken cancellationToken)
    {
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

    /// <summary>Takes in bytes under their hash.</summary>
    public void Put(Sha256Hash hash, ReadOnlySpan<byte> content)
    {
        var temporary = NewTemporary();
        try
        {
            using (var target = files.CreateNew(temporary, FilePermission.Private))
            {
                target.Write(content);
            }

            Publish(temporary, hash);
        }
        catch
        {
            files.DeleteFile(temporary);
            throw;
        }
    }

    /// <summary>Hands what was put since the last flush to the disk.</summary>
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

    /// <summary>Deletes one.</summary>
    public void Delete(Sha256Hash hash) => Remove(PathOf(hash));

    /// <summary>Deletes all but some, and whatever else lies among them.</summary>
    public void DeleteAllBut(IReadOnlySet<Sha256Hash> keep, CancellationToken cancellationToken)
    {
        foreach (var fan in files.Enumerate(folder).Where(entry => entry.Kind == EntryKind.Directory && Path.GetFileName(entry.Path).Length == 2).ToList())
        {
            foreach (var entry in files.Enumerate(fan.Path).ToList())
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!Sha256Hash.TryParse(Path.GetFileName(fan.Path) + Path.GetFileName(entry.Path), out var hash) || !keep.Contains(hash))
                {
                    Remove(entry.Path);
                }
            }
        }
    }

    // What is not a file in the place of one may be somebody's: it is moved out of the way, to where nothing of the store is looked for.
    private void Remove(string path)
    {
        if (files.TryGetEntry(path)?.Kind is null or EntryKind.File or EntryKind.SymbolicLink)
        {
            files.DeleteFile(path);
        }
        else
        {
            files.Move(path, Path.Combine(folder, "set-aside-" + Guid.NewGuid().ToString("N")), overwrite: true);
        }
    }

    private void Publish(string temporary, Sha256Hash hash)
    {
        var path = PathOf(hash);
        files.CreateDirectory(Path.GetDirectoryName(path)!, FilePermission.Private);
        if (files.TryGetEntry(path) is { Kind: EntryKind.Directory })
        {
            Remove(path);
        }

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

    private string PathOf(Sha256Hash hash)
    {
        var text = hash.ToString();
        return Path.Combine(folder, text[..2], text[2..]);
    }
}
