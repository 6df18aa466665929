using System.Collections.Concurrent;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Paths;

namespace Codexport.Engine.Apply;

/// <summary>
/// Everything of a transaction that can fail for an ordinary reason, done before anything the person sees changes: all new contents beside
/// their targets, all originals in a backup, all of it on the disk. <see cref="Undo"/> leaves no trace of it.
/// </summary>
internal sealed class ApplyPreparation(
    EngineContext context, IContentStore contents, ApplyPlan plan, ApplyOptions options, BackupStore backups)
{
    /// <summary>Bytes that must stay free beside the contents themselves, for journal and folders: 1 MiB, and a block a file.</summary>
    private const long SpareBytes = 1024 * 1024;
    private const long BlockBytes = 4096;

    private readonly IFileSystem _files = context.Files;
    private IReadOnlyDictionary<ApplyStep, FileEntry?> _seen = new Dictionary<ApplyStep, FileEntry?>();
    private readonly ConcurrentBag<string> _written = [];
    private readonly ConcurrentDictionary<string, bool> _probed = new(StringComparer.Ordinal);

    /// <summary>What stood at each target when it was compared with the plan.</summary>
    public IReadOnlyDictionary<ApplyStep, FileEntry?> Seen => _seen;

    /// <summary>Prepares; on failure nothing is left.</summary>
    public ApplyRecord Prepare(CancellationToken cancellationToken)
    {
        var id = options.NewId();
        var steps = new StepPlanner(_files, context.Home, plan, id).Build();
        _seen = steps.Found;
        ParallelWork.ForEach(steps.Steps, options.Parallelism, RequireUnchanged, cancellationToken);
        RequireSpace(steps.Steps);
        var stateDiffers = plan.AppliedState is { } state
            && AtomicFile.TryReadAllBytes(_files, plan.AppliedStateFile)?.AsSpan().SequenceEqual(state.Span) != true;
        var record = new ApplyRecord
        {
            Id = id,
            CodexFolder = context.Home.CodexFolder,
            Steps = steps.Steps,
            NewFolders = steps.NewFolders,
            BackupName = steps.Steps.Any(BackupStore.NeedsCopy) ? backups.NewName(id) : null,
            StateFile = plan.AppliedState is null ? null : plan.AppliedStateFile,
            StateTemporary = !stateDiffers ? null
                : Path.Join(Path.GetDirectoryName(plan.AppliedStateFile), StepPlanner.TemporaryName(id, steps.Steps.Count)),
            StateHash = plan.AppliedState is null ? null : Sha256Hash.Of(plan.AppliedState.Value.Span),
        };
        try
        {
            Write(record, cancellationToken);
            return record;
        }
        catch (Exception error)
        {
            UndoQuietly(record, error);
            throw;
        }
    }

    /// <summary>Takes back whatever part of a preparation was done.</summary>
    public static void Undo(EngineContext context, ApplyRecord record)
    {
        foreach (var step in record.Steps.Where(step => step.Temporary is not null))
        {
            TargetGuard.TakeBack(() => context.Files.DeleteFile(step.Temporary!));
        }

        foreach (var folder in record.Steps.Where(step => !step.IsWrite).Select(step => Path.GetDirectoryName(step.Target)!).Distinct())
        {
            TargetGuard.TakeBack(() => context.Files.DeleteFile(ProbeFile(record, folder)));
        }

        RemoveEmpty(context.Files, record.NewFolders);
        if (record.StateTemporary is not null)
        {
            context.Files.DeleteFile(record.StateTemporary);
        }

        if (record.BackupName is not null)
        {
            new BackupStore(context).Delete(record.BackupName);
        }

        context.Files.DeleteFile(ApplyJournal.PreparationFile(context.Home));
    }

    /// <summary>Removes those of some folders, those above listed first, that hold nothing.</summary>
    public static void RemoveEmpty(IFileSystem files, IReadOnlyList<string> folders)
    {
        foreach (var folder in folders.Reverse())
        {
            TargetGuard.TakeBack(() =>
            {
                if (files.TryGetEntry(folder) is { Kind: EntryKind.Directory } && !files.Enumerate(folder).Any())
                {
                    files.DeleteEmptyDirectory(folder);
                }
            });
        }
    }

    /// <summary>Takes back what can be, after a failure that is the one to report.</summary>
    public void UndoQuietly(ApplyRecord record, Exception cause)
    {
        try
        {
            Undo(context, record);
        }
        catch (CodexportException error)
        {
            // The cause is what the person must hear of; the next run undoes the rest from the preparation file.
            context.Trace?.Invoke($"Undoing after '{cause.Message}' stopped: {error.Message}");
        }
    }

    private void Write(ApplyRecord record, CancellationToken cancellationToken)
    {
        var preparation = ApplyJournal.PreparationFile(context.Home);
        var stateFolder = Path.GetDirectoryName(preparation)!;
        _files.CreateDirectory(stateFolder, FilePermission.Private);
        using (var stream = _files.CreateNew(preparation, FilePermission.Private))
        {
            stream.Write(ApplyJournal.Encode(record));
            _files.FlushToDisk(stream);
        }

        _files.FlushDirectory(stateFolder);
        CreateFolders(record.NewFolders, cancellationToken);
        if (record.BackupName is not null)
        {
            foreach (var copy in backups.Write(record, plan, options.Parallelism, cancellationToken))
            {
                _written.Add(copy);
            }
        }

        WriteContents(record, cancellationToken);
        if (record.StateTemporary is not null)
        {
            using var stream = _files.CreateNew(record.StateTemporary, FilePermission.Private);
            stream.Write(plan.AppliedState!.Value.Span);
            _written.Add(record.StateTemporary);
        }

        cancellationToken.ThrowIfCancellationRequested();
        foreach (var step in record.Steps)
        {
            RequireReplaceable(step.Target, _seen[step]?.Kind == EntryKind.Directory);
        }

        var followed = record.Steps.Where(step => step.IsWrite).Select(step => Path.GetDirectoryName(step.Temporary)!);
        VolumeBarrier.Flush(
            _files,
            [.. Volumes(record), stateFolder],
            [.. _written],
            [.. record.NewFolders.Select(folder => Path.GetDirectoryName(folder)!), .. followed, stateFolder, context.Home.BackupsFolder],
            options.Parallelism);
    }

    /// <summary>A path on every volume that the steps of a record write to.</summary>
    public static IEnumerable<string> Volumes(ApplyRecord record)
        => record.Steps.Where(step => step.Change.FollowsLink || AgentsHome.IsOutsideCodexHome(step.Change.Path))
            .Select(step => Path.GetDirectoryName(step.Target)!)
            .Prepend(record.CodexFolder)
            .Distinct(StringComparer.Ordinal);

    private void CreateFolders(IReadOnlyList<string> folders, CancellationToken cancellationToken)
    {
        // Those of one depth do not need each other.
        foreach (var level in folders.GroupBy(folder => folder.AsSpan().Count(Path.DirectorySeparatorChar)).OrderBy(level => level.Key))
        {
            ParallelWork.ForEach([.. level], options.Parallelism, CreateFolder, cancellationToken);
        }
    }

    private void CreateFolder(string folder)
        => _files.CreateDirectory(folder, folder == context.Home.CodexFolder ? FilePermission.Private : FilePermission.Personal);

    private void WriteContents(ApplyRecord record, CancellationToken cancellationToken)
    {
        var done = 0;
        ParallelWork.ForEach(record.Steps, options.Parallelism, step =>
        {
            if (step.IsWrite)
            {
                WriteBeside(step);
                _written.Add(step.Temporary!);
            }
            else
            {
                ProbeFolder(record, step);
            }

            var count = Interlocked.Increment(ref done);
            if (count % 256 == 0 || count == record.Steps.Count)
            {
                context.Progress?.Report(new ProgressUpdate("Writing files", count, record.Steps.Count, "files"));
            }
        }, cancellationToken);
    }

    // The person knows the link and what it leads to, not the name under which the new content waits.
    private void WriteBeside(ApplyStep step)
    {
        try
        {
            WriteTemporary(context, contents, step, keepModeOf: _seen[step]);
        }
        catch (CodexportException error) when (error.Code == ErrorCode.FileUnwritable && step.Target != SafePath.Combine(context.Home.CodexFolder, step.Change.Path))
        {
            throw FileErrors.LinkUnwritable(SafePath.Combine(context.Home.CodexFolder, step.Change.Path), step.Target, error);
        }
    }

    /// <summary>Writes the content of a step beside its target and checks that it is what the plan says.</summary>
    public static void WriteTemporary(EngineContext context, IContentStore contents, ApplyStep step, FileEntry? keepModeOf)
    {
        using (var source = contents.OpenRead(step.NewHash))
        using (var stream = context.Files.CreateNew(step.Temporary!, step.Permission))
        {
            if (TargetProbe.Copy(source, stream, out _) != step.NewHash)
            {
                throw ContentDamage.Of(context.Home.ObjectsFolder, step.NewHash, $"the content of '{step.Change.Path}'", step.Change.Path);
            }
        }

        // On Windows a file keeps the access list that the person gave it. Elsewhere what stood there may have been open to others, and what
        // comes may be private on the master.
        if (!context.Files.HasExecutableBit && step.Permission != FilePermission.Private && keepModeOf is { Kind: EntryKind.File } present
            && present.IsExecutable == step.Change.After.IsExecutable)
        {
            context.Files.CopyPermission(step.Target, step.Temporary!);
        }
    }

    /// <summary>Where files are only deleted, a folder that cannot be written must show now and not halfway through.</summary>
    private void ProbeFolder(ApplyRecord record, ApplyStep step)
    {
        var folder = Path.GetDirectoryName(step.Target)!;
        if (_probed.TryAdd(folder, true) && _files.TryGetEntry(folder) is { Kind: EntryKind.Directory })
        {
            var probe = ProbeFile(record, folder);
            _files.CreateNew(probe, FilePermission.Private).Dispose();
            _files.DeleteFile(probe);
        }
    }

    private static string ProbeFile(ApplyRecord record, string folder)
        => Path.Join(folder, $"{AtomicFile.TemporaryPrefix}{record.Id}-probe{AtomicFile.TemporarySuffix}");

    private void RequireUnchanged(ApplyStep step)
    {
        var state = _seen[step] is null ? TargetState.Absent : TargetProbe.Read(_files, step.Target);
        if (!TargetProbe.Same(_files, state, step.Change.Before))
        {
            throw ApplyTransaction.Overtaken(step.Change.Path, isPartlyDone: false);
        }
    }

    /// <summary>What is in use must show now: after the journal there is no way back, and the home would be a mixture until it is free.</summary>
    private void RequireReplaceable(string path, bool isFolder)
    {
        _files.RequireReplaceable(path);
        foreach (var folder in isFolder ? _files.Enumerate(path).Where(entry => entry.Kind == EntryKind.Directory).ToList() : [])
        {
            RequireReplaceable(folder.Path, isFolder: true);
        }
    }

    private void RequireSpace(IReadOnlyList<ApplyStep> steps)
    {
        var contentBytes = steps.Sum(step => step.IsWrite ? step.Change.Size + BlockBytes : 0);
        var backupBytes = steps.Sum(step => BackupStore.NeedsCopy(step) ? (_seen[step]?.Size ?? 0) + BlockBytes : 0);

        // Whether both folders share a volume is not known, so the sum is asked of the one and the copies of the other.
        RequireSpace(context.Home.CodexFolder, contentBytes + backupBytes + SpareBytes);
        RequireSpace(context.Home.StateFolder, backupBytes + SpareBytes);
    }

    private void RequireSpace(string folder, long bytes)
    {
        var free = _files.GetFreeSpace(folder);
        if (free < bytes)
        {
            throw FileErrors.DiskFull(folder, $"{bytes / 1024} KiB are needed and {free / 1024} KiB are free");
        }
    }
}
