using Codexport.Engine.Apply;
using Codexport.Engine.Codex;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Follower.Sync;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
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
        var session = FollowerSession.Open(context, services);
        using var hold = FileLock.Acquire(context.Files, context.Home.FollowerLockFile);
        if (session.Changer.NeedsRecovery)
        {
            await session.Changer.RecoverAsync(session.Store, cancellationToken);
        }

        var unregistered = await UnregisterAsync(session, cancellationToken);
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
            context.Home.EnrollmentFile(),
        })
        {
            context.Files.DeleteFile(file);
        }

        RecordedHome.Forget(context);
        return new LeaveResult(kept, unregistered, _warnings);
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
        if (AppliedStateCodec.TryLoad(context.Files, context.Home) is not { } applied)
        {
            return 0;
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
            else if (!TryWipe(file, path))
            {
                _warnings.Add($"'{file.Path}' stays: this machine's Codex has changed it since it came from the master.");
            }
        }

        return kept;
    }

    private bool TryWipe(AppliedFile file, string path)
    {
        using var locks = ForeignLocks.TryAcquire(context.Files, CodexLayout.LocksOf(file.Path).Select(context.Home.Locate));
        if (locks is null || Sha256Hash.Of(AtomicFile.ReadAllBytes(context.Files, path)) != file.Hash)
        {
            return false;
        }

        context.Files.DeleteFile(path);
        return true;
    }

    private void DeleteAll(string folder)
    {
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
