using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Apply;

/// <summary>
/// Does the steps of a journal, in the transaction itself and again in a recovery: each step that is done already is passed over, each
/// whose target is as it was is done, and anything else is somebody else's write, at which everything stops.
/// </summary>
internal sealed class StepRunner(EngineContext context, IContentStore contents, ApplyRecord record, ApplyOptions options)
{
    private readonly IFileSystem _files = context.Files;
    private readonly TargetGuard _guard = new(context.Files, context.Home with { CodexFolder = record.CodexFolder });
    private int _written;
    private int _deleted;
    private string? _overtaken;

    /// <summary>
    /// What stood at each target shortly before, so that an unchanged size and time saves reading it again; null in a recovery, where
    /// everything is compared by its hash.
    /// </summary>
    public IReadOnlyDictionary<ApplyStep, FileEntry?>? Seen { get; init; }

    /// <summary>Files written by this runner.</summary>
    public int Written => _written;

    /// <summary>Files deleted by this runner.</summary>
    public int Deleted => _deleted;

    /// <summary>Does all steps; the path at which somebody else wrote, or null when all is done.</summary>
    public string? RollForward()
    {
        for (var start = 0; start < record.Steps.Count && _overtaken is null;)
        {
            var first = record.Steps[start];
            var group = record.Steps.Skip(start).TakeWhile(step => step.IsWrite == first.IsWrite && step.Change.Phase == first.Change.Phase).ToList();
            start += group.Count;

            // Whatever refers to others is written one by one, as the order of the plan says.
            var isOrdered = first.IsWrite && first.Change.Phase != ApplyPhase.Files;
            ParallelWork.ForEach(group, isOrdered ? 1 : options.Parallelism, Do, CancellationToken.None);
        }

        if (_overtaken is null)
        {
            RemoveEmptyFolders();
        }

        return _overtaken;
    }

    /// <summary>Makes the outcome last, then writes the applied state, then drops the journal. False when the state to write is lost.</summary>
    public bool Finish()
    {
        var folders = record.Steps.Select(step => Path.GetDirectoryName(step.Target)!)
            .Where(folder => _files.TryGetEntry(folder) is not null)
            .Append(record.CodexFolder);
        VolumeBarrier.Flush(_files, ApplyPreparation.Volumes(record), [], folders, options.Parallelism);
        var stateFolder = context.Home.MachineStateFolder;
        if (record.StateTemporary is not null && record.StateFile is not null)
        {
            if (_files.TryGetEntry(record.StateTemporary) is not null && TargetProbe.Hash(_files, record.StateTemporary) == record.StateHash)
            {
                _files.Move(record.StateTemporary, record.StateFile, overwrite: true);
                _files.FlushDirectory(Path.GetDirectoryName(record.StateFile)!);
            }
            else if (TargetProbe.Read(_files, record.StateFile).Hash != record.StateHash)
            {
                return false;
            }
        }

        _files.DeleteFile(ApplyJournal.JournalFile(context.Home));
        _files.FlushDirectory(stateFolder);
        return true;
    }

    /// <summary>
    /// Gives up what is left to do, after somebody else wrote. The journal stays as a mark that the disk may hold a mixture until the
    /// next transaction is through.
    /// </summary>
    public void Abandon()
    {
        RemoveEmptyFolders();
        Abandon(context, record);
    }

    /// <inheritdoc cref="Abandon()"/>
    public static void Abandon(EngineContext context, ApplyRecord record)
    {
        foreach (var temporary in record.Steps.Select(step => step.Temporary).Append(record.StateTemporary))
        {
            if (temporary is not null)
            {
                TargetGuard.TakeBack(() => context.Files.DeleteFile(temporary));
            }
        }

        ApplyPreparation.RemoveEmpty(context.Files, record.NewFolders);
        var mark = record with { IsAbandoned = true, Steps = [], NewFolders = [], StateFile = null, StateTemporary = null, StateHash = null };
        AtomicFile.Write(context.Files, ApplyJournal.JournalFile(context.Home), ApplyJournal.Encode(mark), FilePermission.Private);
    }

    private void Do(ApplyStep step)
    {
        if (_overtaken is not null)
        {
            return;
        }

        // Whoever keeps the locks is writing: then the step is overtaken, as if the write had been seen.
        using var locks = ForeignLocks.TryAcquire(_files, step.Change.Locks.Select(name => Path.Combine(record.CodexFolder, name)));
        if (locks is null || !(step.IsWrite ? TryWrite(step) : TryDelete(step)))
        {
            Interlocked.CompareExchange(ref _overtaken, step.Change.Path, null);
        }
    }

    private bool TryWrite(ApplyStep step)
    {
        if (LooksUntouched(step) && IsPlain(step))
        {
            _files.Move(step.Temporary!, step.Target, overwrite: true);
            Interlocked.Increment(ref _written);
            return true;
        }

        if (!_guard.StillLeadsTo(step))
        {
            return false;
        }

        var isWaiting = Seen is not null || _files.TryGetEntry(step.Temporary!) is not null;
        if (!isWaiting && TargetProbe.Same(_files, TargetProbe.Read(_files, step.Target), step.Change.After))
        {
            return true;
        }

        if ((Seen is null && !EnsureContent(step, isWaiting)) || !MakeRoom(step))
        {
            return false;
        }

        // The last look before the rename: nothing comes between them, so that a write of Codex itself has hardly a moment to get lost.
        var state = TargetProbe.Read(_files, step.Target);
        if (!TargetProbe.Same(_files, state, step.Change.Before) && !TargetProbe.Same(_files, state, step.Change.After))
        {
            return false;
        }

        _files.Move(step.Temporary!, step.Target, overwrite: true);
        Interlocked.Increment(ref _written);
        return true;
    }

    /// <summary>Whether nothing stands in the way: no folder at the target, and the new content waits beside it.</summary>
    private bool IsPlain(ApplyStep step)
        => Seen![step] is not { Kind: EntryKind.Directory }
            && string.Equals(Path.GetDirectoryName(step.Temporary), Path.GetDirectoryName(step.Target), StringComparison.Ordinal);

    /// <summary>Makes the folder of a target, and takes away an emptied one in its place; false when that holds a file again.</summary>
    private bool MakeRoom(ApplyStep step)
    {
        var folder = Path.GetDirectoryName(step.Target)!;
        if (Seen is null || !string.Equals(Path.GetDirectoryName(step.Temporary), folder, StringComparison.Ordinal))
        {
            _files.CreateDirectory(folder, FilePermission.Personal);
        }

        if (step.Change.Before.Hash is not null || _files.TryGetEntry(step.Target) is not { Kind: EntryKind.Directory })
        {
            return true;
        }

        return TryRemoveEmptyTree(step.Target);
    }

    private bool TryDelete(ApplyStep step)
    {
        if (!LooksUntouched(step))
        {
            if (!_guard.StillLeadsTo(step))
            {
                return false;
            }

            var state = TargetProbe.Read(_files, step.Target);
            if (state.Hash is null)
            {
                return true;
            }

            if (!TargetProbe.Same(_files, state, step.Change.Before))
            {
                return false;
            }
        }

        _files.DeleteFile(step.Target);
        Interlocked.Increment(ref _deleted);
        return true;
    }

    /// <summary>
    /// Whether a plain file still has the size and time that it had when its content was compared with the plan. A login is always read
    /// again: Codex may have refreshed it a moment ago.
    /// </summary>
    private bool LooksUntouched(ApplyStep step)
        => Seen is not null
            && step.Change.Phase is ApplyPhase.Files or ApplyPhase.Deletions
            && !step.Change.FollowsLink
            && !step.Change.IsCredential
            && Seen.TryGetValue(step, out var seen)
            && _files.TryGetEntry(step.Target) == seen;

    /// <summary>In a recovery: the content that waits is whole, or can be had again.</summary>
    private bool EnsureContent(ApplyStep step, bool isWaiting)
    {
        if (isWaiting && TargetProbe.Hash(_files, step.Temporary!) == step.NewHash)
        {
            return true;
        }

        _files.DeleteFile(step.Temporary!);
        if (!contents.Contains(step.NewHash))
        {
            return false;
        }

        _files.CreateDirectory(Path.GetDirectoryName(step.Temporary)!, FilePermission.Personal);
        ApplyPreparation.WriteTemporary(context, contents, step, _files.TryGetEntry(step.Target));
        using var stream = _files.OpenAppend(step.Temporary!, FilePermission.Private);
        _files.FlushToDisk(stream);
        return true;
    }

    private bool TryRemoveEmptyTree(string folder)
    {
        foreach (var entry in _files.Enumerate(folder).ToList())
        {
            if (entry.Kind != EntryKind.Directory || !TryRemoveEmptyTree(entry.Path))
            {
                return false;
            }
        }

        _files.DeleteEmptyDirectory(folder);
        return true;
    }

    /// <summary>A folder whose last file was deleted goes too, and so on upwards, never as far as the Codex home.</summary>
    private void RemoveEmptyFolders()
    {
        var candidates = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in record.Steps.Where(step => !step.IsWrite).Select(step => step.Change.Path))
        {
            for (var slash = path.LastIndexOf('/'); slash > TargetGuard.RootLength(path) && candidates.Add(path[..slash]); slash = path.LastIndexOf('/', slash - 1))
            {
                // Adding is all: the folders above are the next rounds.
            }
        }

        foreach (var folder in candidates.OrderByDescending(path => path.Length).Select(_guard.Absolute))
        {
            TargetGuard.TakeBack(() =>
            {
                if (_files.TryGetEntry(folder) is { Kind: EntryKind.Directory } && !_files.Enumerate(folder).Any())
                {
                    RemoveUnlessInUse(folder);
                }
            });
        }
    }

    private void RemoveUnlessInUse(string folder)
    {
        try
        {
            _files.DeleteEmptyDirectory(folder);
        }
        catch (CodexportException error) when (InUse.IsCause(error))
        {
            // On Windows a folder that another program works in cannot go. All files are what they shall be; an empty folder means nothing to Codex.
            context.Trace?.Invoke(error.Message);
        }
    }
}
