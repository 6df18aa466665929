using Codexport.Engine.Apply;
using Codexport.Engine.Codex;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Follower.Sync;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Paths;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Follower.Operations;

/// <summary>
/// Leaving: the master is told when it can be reached; then everything goes that gives access or holds secrets, the credential files in the
/// Codex home included while they are still as the master sent them. All other files stay.
/// </summary>
internal sealed class LeaveFlow(EngineContext context, FollowerServices services)
{
    private readonly List<string> _warnings = [];

    /// <summary>Leaves.</summary>
    public async Task<LeaveResult> RunAsync(CancellationToken cancellationToken)
    {
        var enrollment = ReadEnrollment();
        RecordedHome.CheckReadable(context);
        using var hold = FileLock.Acquire(context.Files, context.Home.FollowerLockFile);
        var session = enrollment is null ? null : FollowerSession.ForLeaving(context, services, enrollment);
        await RecoverAsync(cancellationToken);
        var unregistered = session is not null && await UnregisterAsync(session, cancellationToken);
        var kept = WipeCredentials();
        SettingsFile.Update(context.Files, context.Home.SettingsFile, new Dictionary<string, object?>
        {
            ["role"] = null,
            ["masterUrl"] = null,
            ["masterUrls"] = null,
            ["masterFingerprint"] = null,
        });
        DeleteAll(context.Home.ObjectsFolder);
        DeleteAll(context.Home.RevisionsFolder());
        foreach (var file in new[]
        {
            context.Home.StagedFile(), context.Home.AppliedFile(), context.Home.HeadMarkFile(), context.Home.ContactFile(),
            ApplyJournal.JournalFile(context.Home), ApplyJournal.PreparationFile(context.Home),
            SettingsMemory.PathFor(context.Home.SettingsFile), context.Home.EnrollmentFile(),
        })
        {
            Delete(file);
        }

        FollowerKey.Forget(context);
        if (unregistered)
        {
            MachineSecret.Forget(context);
        }

        RecordedHome.Forget(context);
        return new LeaveResult(kept, unregistered, _warnings);
    }

    // Leaving is what mends a state that cannot be read: nothing in it may stop it.
    private EnrollmentRecord? ReadEnrollment()
    {
        try
        {
            return EnrollmentRecord.TryRead(context) ?? throw FollowerSession.NotFollower(context);
        }
        catch (CodexportException error) when (error.Code == ErrorCode.StateDamaged)
        {
            _warnings.Add($"{error.Message} So the master was not told; run 'codexport master followers revoke' there to end this follower's access.");
            return null;
        }
    }

    private async Task RecoverAsync(CancellationToken cancellationToken)
    {
        try
        {
            var changer = services.Changer(context);
            if (changer.NeedsRecovery)
            {
                await changer.RecoverAsync(new ObjectStore(context.Files, context.Home.ObjectsFolder, context.Time, context.Trace), cancellationToken);
            }
        }
        catch (CodexportException error)
        {
            _warnings.Add($"What an interrupted apply left could not be finished. {error.Message}");
        }
    }

    private async Task<bool> UnregisterAsync(FollowerSession session, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = session.Connect();
            await connection.UnregisterAsync(cancellationToken);
            return true;
        }
        catch (CodexportException error)
        {
            _warnings.Add($"The master was not told. {error.Message} Run 'codexport master followers revoke' there to end this follower's access.");
            return false;
        }
    }

    private int WipeCredentials()
    {
        if (TryLoadApplied() is not { } applied)
        {
            return WipeKnownCredentials();
        }

        var kept = 0;
        foreach (var file in applied.Files)
        {
            var path = context.Home.Locate(file.Path);
            if (context.Files.TryGetEntry(path) is not { Kind: EntryKind.File })
            {
                continue;
            }

            if (!file.IsCredential)
            {
                kept++;
            }
            else if (!TryWipe(file.Path, path, [file.Hash]))
            {
                _warnings.Add($"'{file.Path}' stays: this machine's Codex has changed it since it came from the master.");
            }
        }

        return kept;
    }

    private AppliedState? TryLoadApplied()
    {
        try
        {
            return AppliedStateCodec.TryLoad(context.Files, context.Home);
        }
        catch (CodexportException error) when (error.Code == ErrorCode.StateDamaged)
        {
            _warnings.Add($"{error.Message} Which files came from the master is not known any more.");
            return null;
        }
    }

    // Without the record of what was applied, the kept revisions tell which logins came from the master.
    private int WipeKnownCredentials()
    {
        var shelf = new RevisionShelf(context, services.Limits);
        var sent = shelf.List().Select(shelf.TryRead).OfType<RevisionDocument>()
            .SelectMany(document => document.Files.Where(file => CodexLayout.IsCredential(file.Path)))
            .ToLookup(file => file.Path, file => file.Hash);
        foreach (var credential in sent)
        {
            var path = SafePath.Combine(context.Home.CodexFolder, credential.Key);
            if (context.Files.TryGetEntry(path) is not { Kind: EntryKind.File })
            {
                continue;
            }

            if (!TryWipe(credential.Key, path, credential))
            {
                _warnings.Add($"'{credential.Key}' stays: this machine's Codex has changed it since it came from the master.");
            }
        }

        return 0;
    }

    private void Delete(string file)
    {
        if (SetAside.IfNotFile(context, file) is { } moved)
        {
            _warnings.Add($"What stood at '{file}' was not a file; it is now '{moved}'.");
        }

        context.Files.DeleteFile(file);
    }

    private bool TryWipe(string file, string path, IEnumerable<Sha256Hash> sent)
    {
        using var locks = ForeignLocks.TryAcquire(context.Files, CodexLayout.LocksOf(file).Select(context.Home.Locate));
        if (locks is null || !sent.Contains(Sha256Hash.Of(AtomicFile.ReadAllBytes(context.Files, path))))
        {
            return false;
        }

        context.Files.DeleteFile(path);
        return true;
    }

    private void DeleteAll(string folder)
    {
        if (context.Files.TryGetEntry(folder) is { Kind: not EntryKind.Directory })
        {
            context.Files.DeleteFile(folder);
            return;
        }

        foreach (var entry in context.Files.Enumerate(folder).ToList())
        {
            if (entry.Kind == EntryKind.Directory)
            {
                DeleteAll(entry.Path);
            }
            else
            {
                context.Files.DeleteFile(entry.Path);
            }
        }

        context.Files.DeleteEmptyDirectory(folder);
    }
}
