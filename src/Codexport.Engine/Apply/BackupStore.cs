using System.Globalization;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Paths;

namespace Codexport.Engine.Apply;

/// <summary>
/// The originals of what transactions replaced or deleted: <c>backups/NAME/manifest.json</c>, the files under their own paths in
/// <c>backups/NAME/files</c>, and the applied state of that time. Credential files are never in it.
/// </summary>
internal sealed class BackupStore(EngineContext context)
{
    private const string ManifestName = "manifest.json";
    private const string FilesName = "files";
    private const string NameFormat = "yyyyMMdd'T'HHmmssfff'Z'";

    private readonly IFileSystem _files = context.Files;

    /// <summary>The finished backups, newest first; one whose list is damaged says so in its label.</summary>
    public IReadOnlyList<BackupInfo> List() => [.. Names().Where(IsFinished).Select(name => TryRead(name) is { } manifest ? Describe(name, manifest) : Unknown(name))];

    /// <summary>What restoring a backup would do now.</summary>
    /// <param name="name">One of <see cref="List"/>.</param>
    /// <param name="appliedStateFile">Where the applied state lies; it is put back too when the backup holds it.</param>
    /// <param name="change">Makes the step for a file: when and how it is written.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.BackupNotFound"/>.</exception>
    public RestorePlan PlanRestore(string name, string appliedStateFile, MakeChange change)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(change);
        var manifest = IsName(name) ? TryRead(name) : null;
        if (manifest is null)
        {
            throw IsName(name) && IsFinished(name) ? Damaged(name) : NotFound(name);
        }

        var changes = new List<PlannedChange>();
        var leftAlone = new List<string>();
        var guard = new TargetGuard(_files, context.Home);
        foreach (var entry in manifest.Entries)
        {
            PlanEntry(entry, TargetProbe.Read(_files, guard.Absolute(entry.Path)), change, changes, leftAlone);
        }

        var state = AtomicFile.TryReadAllBytes(_files, Path.Join(Folder(name), StateName(appliedStateFile)));
        // Spelled out: an array that is null would turn into an empty state, not into none.
        var appliedState = state is null ? default(ReadOnlyMemory<byte>?) : state.AsMemory();
        var plan = new ApplyPlan(changes, appliedStateFile, appliedState, $"before restoring {name}");
        return new RestorePlan(plan, new Originals(_files, Path.Join(Folder(name), FilesName), manifest), leftAlone)
        {
            Links = manifest.Entries.Where(entry => entry.Link is not null).ToDictionary(entry => entry.Path, entry => entry.Link!, StringComparer.Ordinal),
        };
    }

    /// <summary>The error that a name stands for which no backup has.</summary>
    public static CodexportException NotFound(string name) => new(
        ErrorCode.BackupNotFound,
        $"No backup named '{SafePath.Printable(name)}' is kept.",
        "List the kept ones with 'codexport backup list'.",
        name);

    private CodexportException Damaged(string name) => new(
        ErrorCode.StateDamaged,
        $"The list of the backup '{name}', '{Path.Join(Folder(name), ManifestName)}', is damaged.",
        $"Restore another one ('codexport backup list'); the files of this one lie in '{Path.Join(Folder(name), FilesName)}'.",
        Path.Join(Folder(name), ManifestName));

    /// <summary>Puts the originals of a backup back, as a transaction that makes a backup itself.</summary>
    /// <param name="restore">What <see cref="PlanRestore"/> gave a moment ago.</param>
    /// <param name="cancellationToken">Heeded until the transaction has its journal.</param>
    public async Task<ApplyOutcome> RestoreAsync(RestorePlan restore, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(restore);
        var outcome = await ApplyTransaction.RunAsync(context, restore.Contents, restore.Plan, cancellationToken);
        using var files = TargetGuard.Confine(context, context.Home.CodexFolder);
        foreach (var (path, link) in restore.Links)
        {
            PutLinkBack(files, SafePath.Combine(context.Home.CodexFolder, path), link);
        }

        return outcome;
    }

    /// <summary>Deletes all but the newest ones, and unfinished ones. No transaction may be under way.</summary>
    public void Prune(int keep)
    {
        var kept = 0;
        foreach (var name in Names())
        {
            if (!IsFinished(name) || ++kept > keep)
            {
                Delete(name);
            }
        }
    }

    /// <summary>Whether the original of a step is copied.</summary>
    internal static bool NeedsCopy(ApplyStep step) => step.Change.Before.Hash is not null && !step.Change.IsCredential;

    /// <summary>A name for a backup made now.</summary>
    internal string NewName(string id) => context.Time.GetUtcNow().ToString(NameFormat, CultureInfo.InvariantCulture) + "-" + id;

    /// <summary>Copies the originals of a transaction; the files written. They are not flushed yet.</summary>
    internal IReadOnlyList<string> Write(ApplyRecord record, ApplyPlan plan, int parallelism, CancellationToken cancellationToken)
    {
        var folder = Folder(record.BackupName!);
        var copies = record.Steps.Where(NeedsCopy).ToList();
        foreach (var parent in copies.Select(step => Path.GetDirectoryName(CopyPath(folder, step.Change.Path))!).Append(folder).Distinct())
        {
            _files.CreateDirectory(parent, FilePermission.Private);
        }

        var sizes = new long[copies.Count];
        ParallelWork.ForEach([.. Enumerable.Range(0, copies.Count)], parallelism, index =>
        {
            sizes[index] = Copy(copies[index], CopyPath(folder, copies[index].Change.Path));
        }, cancellationToken);
        var sizeOf = copies.Select((step, index) => (step, index)).ToDictionary(pair => pair.step.Change.Path, pair => sizes[pair.index]);
        var entries = record.Steps.Where(step => !step.Change.IsCredential).Select(step => new BackupEntry(
            step.Change.Path, step.Change.Before, step.Change.After, step.Change.IsPrivate, sizeOf.GetValueOrDefault(step.Change.Path))
        {
            // A link that is followed has its target as the step's target, which is a file and stays.
            Link = step.Change.FollowsLink || step.Change.ReplacesLink ? _files.ReadLink(step.Target) : null,
        });
        var manifest = new BackupManifest(context.Time.GetUtcNow(), plan.Label, [.. entries]);
        var written = copies.Select(step => CopyPath(folder, step.Change.Path)).ToList();
        if (AtomicFile.TryReadAllBytes(_files, plan.AppliedStateFile) is { } state)
        {
            written.Add(WriteNew(Path.Join(folder, StateName(plan.AppliedStateFile)), state));
        }

        written.Add(WriteNew(Path.Join(folder, ManifestName), manifest.ToBytes()));
        return written;
    }

    /// <summary>Deletes a backup, finished or not: the manifest first, so that half of one is never taken for a whole.</summary>
    internal void Delete(string name)
    {
        var folder = Folder(name);
        _files.DeleteFile(Path.Join(folder, ManifestName));
        DeleteTree(folder);
    }

    private void PlanEntry(BackupEntry entry, TargetState now, MakeChange change, List<PlannedChange> changes, List<string> leftAlone)
    {
        if (entry.Before.Hash is not null)
        {
            if (!TargetProbe.Same(_files, now, entry.Before))
            {
                changes.Add(change(entry.Path, now, entry.Before, entry.Size) with { IsCredential = false, IsPrivate = entry.IsPrivate });
            }
        }
        else if (now.Hash is not null && now.Hash == entry.After.Hash)
        {
            changes.Add(change(entry.Path, now, TargetState.Absent, size: 0) with { IsCredential = false, IsPrivate = entry.IsPrivate });
        }
        else if (now.Hash is not null)
        {
            leftAlone.Add(entry.Path);
        }
    }

    // After the transaction, which brings the content back as a file of its own: a crash in between leaves the right text, and restoring again
    // brings the link. Where the link would lead to no file now, the file stays.
    private static void PutLinkBack(IFileSystem files, string path, string link)
    {
        var folder = Path.GetDirectoryName(path)!;
        var leadsTo = files.ResolveLinks(Path.GetFullPath(link, files.ResolveLinks(folder) ?? folder));
        if (files.TryGetEntry(path) is not { Kind: EntryKind.File } || leadsTo is null || files.TryGetEntry(leadsTo) is not { Kind: EntryKind.File })
        {
            return;
        }

        var temporary = AtomicFile.TemporaryPathFor(path);
        files.CreateLink(temporary, link);
        files.Move(temporary, path, overwrite: true);
        files.FlushDirectory(folder);
    }

    private static BackupInfo Describe(string name, BackupManifest manifest)
    {
        var originals = manifest.Entries.Where(entry => entry.Before.Hash is not null).ToList();
        return new BackupInfo(name, manifest.CreatedAt, manifest.Label, originals.Count, originals.Sum(entry => entry.Size));
    }

    private static bool IsName(string name)
        => name.Length > 0 && name.All(unit => char.IsAsciiLetterOrDigit(unit) || unit == '-');

    private static string CopyPath(string folder, string path) => SafePath.Combine(Path.Join(folder, FilesName), path);

    // Named for the file it came from: what a hook keeps of itself must never come back as what was last applied.
    private static string StateName(string stateFile) => $"applied-state-{Path.GetFileName(stateFile)}";

    private string Folder(string name) => Path.Join(context.Home.BackupsFolder, name);

    private List<string> Names() =>
    [
        .. _files.Enumerate(context.Home.BackupsFolder)
            .Where(entry => entry.Kind == EntryKind.Directory)
            .Select(entry => Path.GetFileName(entry.Path))
            .Where(IsName)
            .OrderDescending(StringComparer.Ordinal),
    ];

    // The manifest is what is written last, and what is deleted first.
    private bool IsFinished(string name) => _files.TryGetEntry(Path.Join(Folder(name), ManifestName)) is not null;

    private BackupManifest? TryRead(string name)
    {
        try
        {
            return AtomicFile.TryReadAllBytes(_files, Path.Join(Folder(name), ManifestName)) is { } content ? BackupManifest.Parse(content) : null;
        }
        catch (CodexportException error) when (error.Code is ErrorCode.PathBlocked or ErrorCode.FileUnreadable or ErrorCode.LimitExceeded)
        {
            // A folder in its place, or a file that may not be read: as damaged as one that holds something else.
            context.Trace?.Invoke(error.Message);
            return null;
        }
    }

    // Its name still tells when it was made.
    private static BackupInfo Unknown(string name) => new(
        name,
        DateTimeOffset.TryParseExact(name.Split('-')[0], NameFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var made) ? made : default,
        "damaged: the list of its files cannot be read", 0, 0);

    private long Copy(ApplyStep step, string destination)
    {
        using var source = _files.OpenRead(step.Target);
        using var stream = _files.CreateNew(destination, FilePermission.Private);
        return TargetProbe.Copy(source, stream, out var size) == step.Change.Before.Hash
            ? size
            : throw ApplyTransaction.Overtaken(step.Change.Path, isPartlyDone: false);
    }

    private string WriteNew(string path, byte[] content)
    {
        using var stream = _files.CreateNew(path, FilePermission.Private);
        stream.Write(content);
        return path;
    }

    private void DeleteTree(string folder)
    {
        foreach (var entry in _files.Enumerate(folder).ToList())
        {
            if (entry.Kind == EntryKind.Directory)
            {
                DeleteTree(entry.Path);
            }
            else
            {
                _files.DeleteFile(entry.Path);
            }
        }

        _files.DeleteEmptyDirectory(folder);
    }

    /// <summary>The originals of one backup by their hash.</summary>
    private sealed class Originals(IFileSystem files, string folder, BackupManifest manifest) : IContentStore
    {
        private readonly Dictionary<Sha256Hash, string> _paths = manifest.Entries
            .Where(entry => entry.Before.Hash is not null)
            .GroupBy(entry => entry.Before.Hash!.Value)
            .ToDictionary(group => group.Key, group => SafePath.Combine(folder, group.First().Path));

        public bool Contains(Sha256Hash hash) => _paths.TryGetValue(hash, out var path) && files.TryGetEntry(path) is { Kind: EntryKind.File };

        public Stream OpenRead(Sha256Hash hash) => _paths.TryGetValue(hash, out var path)
            ? files.OpenRead(path)
            : throw new CodexportException(
                ErrorCode.StateDamaged, $"The backup in '{folder}' does not hold the content {hash}.", "Restore another backup.", folder);
    }
}
