using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Follower.Verification;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Paths;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Follower.Sync;

/// <summary>The verified revision documents that a follower keeps, and which of them waits to be applied.</summary>
internal sealed class RevisionShelf(EngineContext context, Limits limits)
{
    private const string Extension = ".json";

    // Dropping documents means looking through all that stay for contents still needed, so it is done for several at once.
    private const int DropTogether = 5;

    /// <summary>The revision that is fetched and not applied; null when none is.</summary>
    public Sha256Hash? Staged
    {
        get
        {
            string? text = null;
            try
            {
                FlatJson.TryRead(context.Files, context.Home.StagedFile(), (string name, ref System.Text.Json.Utf8JsonReader value) =>
                {
                    text = name == "revision" ? value.GetString() : text;
                    value.Skip();
                });
            }
            catch (CodexportException error) when (error.Code == ErrorCode.StateDamaged)
            {
                // What waits is fetched again, or was applied already.
                context.Trace?.Invoke(error.Message);
            }

            return Sha256Hash.TryParse(text, out var hash) ? hash : null;
        }
    }

    /// <summary>A kept document's canonical bytes; null when it is not kept, or not what its name says any more.</summary>
    public byte[]? TryReadCanonical(Sha256Hash revision)
    {
        var path = context.Home.RevisionFile(revision);
        if (context.Files.TryGetEntry(path) is not { Kind: EntryKind.File })
        {
            return null;
        }

        if (context.Files.TryGetEntry(path) is { } entry && entry.Size > limits.MaxDocumentSize)
        {
            return null;
        }

        var canonical = AtomicFile.ReadAllBytes(context.Files, path, limits.MaxDocumentSize);
        return RevisionCodec.RevisionOf(canonical) == revision ? canonical : null;
    }

    /// <summary>A kept document; null when it is not kept, or damaged.</summary>
    public RevisionDocument? TryRead(Sha256Hash revision) => TryReadCanonical(revision) is { } canonical ? RevisionCodec.Read(canonical) : null;

    /// <summary>Keeps a verified revision.</summary>
    public void Keep(VerifiedRevision revision)
    {
        context.Files.CreateDirectory(context.Home.RevisionsFolder(), FilePermission.Private);
        SetAside.IfNotFile(context, context.Home.RevisionFile(revision.Revision));
        AtomicFile.Write(context.Files, context.Home.RevisionFile(revision.Revision), revision.Canonical.Span, FilePermission.Private);
    }

    /// <summary>Says which kept revision waits to be applied.</summary>
    public void Stage(Sha256Hash revision)
    {
        if (Staged != revision)
        {
            SetAside.IfNotFile(context, context.Home.StagedFile());
            AtomicFile.Write(
                context.Files,
                context.Home.StagedFile(),
                FlatJson.Write(json => json.WriteString("revision"u8, revision.ToString())),
                FilePermission.Private);
        }
    }

    /// <summary>Nothing waits any more.</summary>
    public void Unstage()
    {
        SetAside.IfNotFile(context, context.Home.StagedFile());
        context.Files.DeleteFile(context.Home.StagedFile());
    }

    /// <summary>Whether anything stands where it is noted what waits.</summary>
    public bool HasStagedFile => context.Files.TryGetEntry(context.Home.StagedFile()) is not null;

    /// <summary>The kept revisions, newest first.</summary>
    public IReadOnlyList<Sha256Hash> List() => [.. ListWithTimes().Select(kept => kept.Revision)];

    /// <summary>The kept revisions with the times at which they were fetched, newest first.</summary>
    public IReadOnlyList<(Sha256Hash Revision, DateTime FetchedAt)> ListWithTimes() =>
    [
        .. context.Files.Enumerate(context.Home.RevisionsFolder())
            .OrderByDescending(entry => entry.ModifiedTicks)
            .Select(entry => (
                Hash: Sha256Hash.TryParse(Path.GetFileNameWithoutExtension(entry.Path), out var hash)
                    && entry.Path.EndsWith(Extension, StringComparison.Ordinal) ? hash : (Sha256Hash?)null,
                Time: new DateTime(entry.ModifiedTicks, DateTimeKind.Utc).ToLocalTime()))
            .Where(entry => entry.Hash is not null)
            .Select(entry => (entry.Hash!.Value, entry.Time)),
    ];

    /// <summary>The one kept revision whose hash begins with <paramref name="beginning"/>.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.RevisionNotFound"/>.</exception>
    public Sha256Hash Find(string beginning)
    {
        var found = List().Where(hash => hash.ToString().StartsWith(beginning, StringComparison.OrdinalIgnoreCase)).ToList();
        return beginning.Length >= 4 && found.Count == 1
            ? found[0]
            : throw new CodexportException(
                ErrorCode.RevisionNotFound,
                found.Count > 1 && beginning.Length >= 4
                    ? $"More than one kept revision begins with '{SafePath.Printable(beginning)}'."
                    : $"No revision that begins with '{SafePath.Printable(beginning)}' is kept here.",
                "Give at least 4 digits of a kept one: " + string.Join(", ", List().Take(5).Select(hash => hash.ToString()[..12])) + ".",
                beginning);
    }

    /// <summary>Drops the oldest documents beyond the limit and the contents that no document needs any more.</summary>
    public async Task PruneAsync(ObjectStore store, Sha256Hash? applied, CancellationToken cancellationToken)
    {
        var kept = List();
        if (kept.Count <= limits.KeptRevisions + DropTogether)
        {
            return;
        }

        var staged = Staged;
        var stay = kept.Take(limits.KeptRevisions).Concat(kept.Where(hash => hash == applied || hash == staged)).ToHashSet();
        foreach (var revision in kept.Where(hash => !stay.Contains(hash)))
        {
            context.Files.DeleteFile(context.Home.RevisionFile(revision));
        }

        var contents = stay.Select(TryRead).OfType<RevisionDocument>().SelectMany(document => document.Files).Select(file => file.Hash).ToHashSet();
        await store.PruneAsync(contents, cancellationToken);
    }
}
