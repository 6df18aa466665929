using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Master.Publishing;

/// <summary>
/// Publishes the content of a kept revision as the newest, under a new sequence number, so that no follower has to accept an older head.
/// What the Codex home holds waits from then on until a person lets it go.
/// </summary>
internal sealed class Rollback(EngineContext context)
{
    private const int FewestDigits = 6;

    /// <summary>Rolls back.</summary>
    /// <param name="name">The revision, or so much of its beginning that only one has it.</param>
    /// <param name="cancellationToken">Ends the wait for whoever builds.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.RevisionNotFound"/>, also when several begin so or contents are gone.</exception>
    public async Task<RollbackResult> RunAsync(string name, CancellationToken cancellationToken)
    {
        using var held = await BuildLock.AcquireAsync(context, cancellationToken);
        using var identity = MasterIdentity.Load(context);
        var revisions = new PublishedRevisions(context) { Rollout = SettingsFile.Read(context.Files, context.Home.SettingsFile).Rollout };
        var before = revisions.TryReadHead(identity)?.Revision;
        var target = Find(revisions.List(), name);
        var document = revisions.ReadDocument(target.Revision) is { } canonical ? RevisionCodec.Read(canonical) : throw NotKept(name);
        var groups = target.Groups.ToDictionary(
            group => group.Key, group => revisions.ReadDocument(group.Value) is { } kept ? RevisionCodec.Read(kept) : throw NotKept(name), StringComparer.Ordinal);
        foreach (var part in groups.Values.Prepend(document))
        {
            RequireContents(part);
        }

        // The hold first: who is stopped in between has a home that waits, never one that is published again at once.
        RollbackHold.Write(context, target.Revision);
        var head = revisions.Publish(document, identity, groups, toEverybody: true);
        new WaitingFile(context).Clear();
        await revisions.TidyAsync(identity, cancellationToken);
        return new RollbackResult(head.Revision.ToString(), before?.ToString(), head.Sequence, document.Files.Count);
    }

    private static PublishedRevision Find(IReadOnlyList<PublishedRevision> kept, string name)
    {
        var found = name.Length < FewestDigits ? []
            : kept.Where(revision => revision.Revision.ToString().StartsWith(name, StringComparison.OrdinalIgnoreCase)).ToList();

        // The same revision may be there with and without what a group had: the newest of them counts.
        return found.Select(revision => revision.Revision).Distinct().Count() == 1 ? found[^1] : throw NotKept(name);
    }

    private void RequireContents(RevisionDocument document)
    {
        var store = new ObjectStore(context.Files, context.Home.ObjectsFolder, context.Time);
        if (document.Files.FirstOrDefault(file => !store.Contains(file.Hash)) is { } missing)
        {
            throw new CodexportException(
                ErrorCode.RevisionNotFound,
                $"The revision is listed, but the content of '{ForeignText.Name(missing.Path)}' in it is not kept any more.",
                "Choose a later revision: 'codexport master revisions' lists them. Nothing was changed.");
        }
    }

    private static CodexportException NotKept(string name) => new(
        ErrorCode.RevisionNotFound,
        $"This master keeps no revision, or more than one, that begins with '{ForeignText.Name(name)}'.",
        $"'codexport master revisions' lists those that are kept; give at least {FewestDigits} digits. Nothing was changed.",
        ForeignText.Name(name));
}
