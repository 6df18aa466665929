using System.Collections.Concurrent;
using Codexport.Engine.Compose;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;

namespace Codexport.Engine.Master.Dashboard;

/// <summary>
/// What was published: the kept revisions, what each changed and who has it. A revision never changes, so what was counted once is kept for
/// as long as this object lives.
/// </summary>
internal sealed class RevisionHistory(EngineContext context)
{
    private readonly ConcurrentDictionary<(Sha256Hash Revision, Sha256Hash? Previous), Counts> _counted = new();

    /// <summary>The kept revisions, newest first.</summary>
    /// <param name="followers">The followers, to be counted by what they applied.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public IReadOnlyList<PublishedRevisionInfo> List(IReadOnlyList<FollowerInfo> followers, CancellationToken cancellationToken)
    {
        var published = new PublishedRevisions(context).List();
        var having = followers.Where(follower => follower is { State: FollowerState.Approved, AppliedRevision: not null })
            .CountBy(follower => follower.AppliedRevision!, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var list = new List<PublishedRevisionInfo>(published.Count);
        for (var index = published.Count - 1; index >= 0; index--)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var revision = published[index];
            var name = revision.Revision.ToString();
            var counts = Count(revision.Revision, index > 0 ? published[index - 1].Revision : null);
            list.Add(new PublishedRevisionInfo(name, revision.PublishedAt.LocalDateTime, index == published.Count - 1, having.GetValueOrDefault(name))
            {
                Files = counts.Files,
                Bytes = counts.Bytes,
                Added = counts.Added,
                Changed = counts.Changed,
                Removed = counts.Removed,
            });
        }

        return list;
    }

    /// <summary>What a kept revision changed against the one before.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.RevisionNotFound"/>.</exception>
    public RevisionChanges Changes(string revision)
    {
        var (published, previous, isNewest) = Find(revision);
        var after = Read(published.Revision) ?? throw NotKept(revision);
        var before = previous is { } hash ? Read(hash) : null;
        return new RevisionChanges(
            published.Revision.ToString(), before is null ? null : previous.ToString(), published.PublishedAt.LocalDateTime, Differences(before, after), isNewest);
    }

    /// <summary>The lines that differ in one of its files.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.RevisionNotFound"/>.</exception>
    public FileDifference Lines(RevisionChanges changes, FileDifference file)
    {
        if (FileDifferences.NoteFor(file) is { } note)
        {
            return file with { Note = note };
        }

        try
        {
            var store = new ObjectStore(context.Files, context.Home.ObjectsFolder, context.Time);
            return FileDifferences.Of(
                file, file.SizeBefore is null ? null : Content(store, changes.Previous!, file.Path), file.SizeAfter is null ? null : Content(store, changes.Revision, file.Path));
        }
        catch (CodexportException error) when (error.Code == ErrorCode.StateDamaged)
        {
            return file with { Note = "Its content is no longer kept." };
        }
    }

    private static List<FileDifference> Differences(RevisionDocument? before, RevisionDocument after)
    {
        var old = before?.Files.ToDictionary(file => file.Path, StringComparer.Ordinal) ?? [];
        var differences = new List<FileDifference>();
        foreach (var file in after.Files)
        {
            if (!old.Remove(file.Path, out var was))
            {
                differences.Add(new FileDifference(file.Path, ChangeAction.Add, null, file.Size));
            }
            else if (was.Hash != file.Hash || was.IsExecutable != file.IsExecutable)
            {
                differences.Add(new FileDifference(file.Path, ChangeAction.Update, was.Size, file.Size));
            }
        }

        differences.AddRange(old.Values.Select(file => new FileDifference(file.Path, ChangeAction.Remove, file.Size, null)));
        differences.Sort((left, right) => string.CompareOrdinal(left.Path, right.Path));
        return differences;
    }

    private Counts Count(Sha256Hash revision, Sha256Hash? previous)
    {
        if (_counted.TryGetValue((revision, previous), out var known))
        {
            return known;
        }

        if (Read(revision) is not { } document)
        {
            return default;
        }

        var before = previous is { } hash ? Read(hash) : null;
        var differences = before is null ? null : Differences(before, document);
        var counts = new Counts(
            document.Files.Count, document.Files.Sum(file => file.Size), CountOf(ChangeAction.Add), CountOf(ChangeAction.Update), CountOf(ChangeAction.Remove));
        return _counted[(revision, previous)] = counts;

        int? CountOf(ChangeAction action) => differences?.Count(difference => difference.Action == action);
    }

    private (PublishedRevision Published, Sha256Hash? Previous, bool IsNewest) Find(string revision)
    {
        var list = new PublishedRevisions(context).List();
        for (var index = 0; index < list.Count; index++)
        {
            if (list[index].Revision.ToString() == revision)
            {
                return (list[index], index > 0 ? list[index - 1].Revision : null, index == list.Count - 1);
            }
        }

        throw NotKept(revision);
    }

    private byte[] Content(ObjectStore store, string revision, string path)
    {
        _ = Sha256Hash.TryParse(revision, out var hash);
        var file = Read(hash)?.Files.FirstOrDefault(file => file.Path == path) ?? throw NotKept(revision);
        using var stream = store.OpenRead(file.Hash);
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }

    private RevisionDocument? Read(Sha256Hash revision)
        => new PublishedRevisions(context).ReadDocument(revision) is { } canonical ? RevisionCodec.Read(canonical) : null;

    private static CodexportException NotKept(string revision) => new(
        ErrorCode.RevisionNotFound, $"This master does not keep the revision '{revision}' (any more).", "Choose one of those that the list of revisions shows.", revision);

    private readonly record struct Counts(int? Files, long? Bytes, int? Added, int? Changed, int? Removed);
}
