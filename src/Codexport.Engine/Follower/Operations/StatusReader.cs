using Codexport.Engine.Apply;
using Codexport.Engine.Compose;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Follower.Sync;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Follower.Operations;

/// <summary>Status and comparison of a follower: the same composition as an apply, nothing written, nobody asked over the network.</summary>
internal sealed class StatusReader(EngineContext context, FollowerServices services)
{
    /// <summary>What an apply of the newest fetched revision would change.</summary>
    public async Task<CompareResult> CompareAsync(CancellationToken cancellationToken)
    {
        var session = FollowerSession.Open(context, services);
        var (revision, composition) = await ComposeAsync(session, cancellationToken);
        return Compare(session, revision, composition);
    }

    /// <summary>The same, and the lines that differ in each file that would be written or deleted.</summary>
    public async Task<(CompareResult Result, IReadOnlyList<FileDifference> Files)> CompareWithLinesAsync(CancellationToken cancellationToken)
    {
        var session = FollowerSession.Open(context, services);
        var (revision, composition) = await ComposeAsync(session, cancellationToken);
        var files = (composition?.Plan.Changes ?? []).OrderBy(change => change.Path, StringComparer.Ordinal).Select(change => Lines(composition!, change)).ToList();
        return (Compare(session, revision, composition), files);
    }

    private CompareResult Compare(FollowerSession session, Sha256Hash? revision, Composition? composition)
        => composition is null
            ? new CompareResult(revision?.ToString(), [], 0, ["Nothing has been fetched from the master yet; run 'codexport sync' first."])
            : new CompareResult(
                revision!.Value.ToString(),
                composition.Changes,
                composition.Changes.Count(change => change.Reason == ChangeReason.Conflict),
                [.. composition.Warnings, .. NotTaken(session.Settings)])
            {
                Categories = session.Settings.Categories,
                NewlyTrustedHooks = composition.NewlyTrustedHooks,
                Drift = composition.Drift,
                Problem = Problem(composition) is { } problem ? $"{problem.Message} {problem.Remedy}" : null,
                ProblemCode = Problem(composition)?.Code.ToString(),
            };

    private FileDifference Lines(Composition composition, PlannedChange change)
    {
        var before = change.Before.Hash is null ? null : AtomicFile.TryReadAllBytes(context.Files, context.Home.Locate(change.Path));
        var after = change.After.Hash is { } hash ? Read(composition.Contents, hash) : null;
        var action = before is null ? ChangeAction.Add : after is null ? ChangeAction.Remove : ChangeAction.Update;
        return FileDifferences.Of(new FileDifference(change.Path, action, before?.Length, after?.Length), before, after);
    }

    private static byte[] Read(IContentStore contents, Sha256Hash hash)
    {
        using var stream = contents.OpenRead(hash);
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }

    private static IEnumerable<string> NotTaken(LocalSettings settings)
        => Enum.GetValues<SetupCategory>().Except(settings.Categories).ToList() is { Count: > 0 } left
            ? [$"Not taken from the master, as categories under [follow] in local.toml says: {string.Join(", ", left.Select(category => category.ToString().ToLowerInvariant()))}."]
            : [];

    // What an apply would be refused for: what the composition found, else what stands in the way of its steps.
    private CodexportException? Problem(Composition composition)
    {
        if (composition.Refusal is not null)
        {
            return composition.Refusal;
        }

        try
        {
            _ = new StepPlanner(context.Files, context.Home, composition.Plan, "diff").Build();
            return null;
        }
        catch (CodexportException error)
        {
            return error;
        }
    }

    /// <summary>How things stand.</summary>
    public async Task<StatusResult> ReadAsync(CancellationToken cancellationToken)
    {
        var session = FollowerSession.Open(context, services);
        var warnings = new List<string>(session.Settings.Warnings);
        var applied = TryLoadApplied(warnings);
        var mark = HeadMark.TryRead(context, session.Enrollment, applied);
        if (session.Enrollment.IsPending)
        {
            warnings.Add("The master has not approved this follower yet.");
        }

        if (mark is { IsRecalled: true })
        {
            warnings.Add($"The mark of the newest head, '{context.Home.HeadMarkFile()}', was lost or damaged; the next sync writes it anew.");
        }
        else if (mark is not null && mark.Expires <= session.Now)
        {
            warnings.Add("The master's signed head has expired; check that the master still serves.");
        }

        if (session.Enrollment.HeldBack is { } held)
        {
            warnings.Add($"Revision {held.ToString()[..12]} was rolled back here; the hook does not apply it again, 'codexport sync --apply' does.");
        }

        var composition = await TryComposeAsync(session, warnings, cancellationToken);
        if (composition is not null && Problem(composition) is { Code: not (ErrorCode.NameConflict or ErrorCode.AdoptionRequired) } problem)
        {
            warnings.Add($"{problem.Message} {problem.Remedy}");
        }

        return new StatusResult
        {
            Role = Role.Follower,
            CodexFolder = context.Home.CodexFolder,
            MasterUrl = session.Settings.MasterUrls is [var url, ..] ? url : session.Enrollment.MasterUrls[0],
            Fingerprint = session.Enrollment.Fingerprint,
            FollowsKeyRotation = session.Settings.FollowKeyRotation,
            Revision = applied?.Revision.ToString(),
            StagedRevision = session.Shelf.Staged?.ToString(),
            Files = applied?.Files.Count ?? 0,
            Categories = session.Settings.Categories,
            LastSync = session.Contact.LastSync?.LocalDateTime,
            Source = session.Contact.Source,
            HeadIssued = IssuedAt(session, mark)?.LocalDateTime,
            HeadExpires = mark is { IsRecalled: false } ? mark.Expires.LocalDateTime : null,
            LastError = session.Contact.LastError,
            LastErrorMessage = session.Contact.LastMessage,
            NextQuickSync = session.Contact.NextQuickSync?.LocalDateTime,
            ApplyInterrupted = session.Changer.NeedsRecovery,
            Drift = composition?.Drift ?? [],
            Conflicts = [.. (composition?.Changes ?? []).Where(change => change.Reason == ChangeReason.Conflict)
                .Select(change => change.Key is null ? change.Path : $"{change.Path}: {change.Key}")],
            Warnings = warnings,
        };
    }

    private static DateTimeOffset? IssuedAt(FollowerSession session, HeadMark? mark)
    {
        try
        {
            return mark is { Envelope.Length: > 0 } && session.Enrollment is { PublicKey: { } key, Fingerprint: { } pinned }
                ? HeadCodec.Verify(mark.Envelope, key, pinned).IssuedAt
                : null;
        }
        catch (CodexportException error)
        {
            session.Context.Trace?.Invoke(error.Message);
            return null;
        }
    }

    private AppliedState? TryLoadApplied(List<string> warnings)
    {
        try
        {
            return AppliedStateCodec.TryLoad(context.Files, context.Home);
        }
        catch (CodexportException error)
        {
            // Status must answer also when something is wrong: that is what it is asked for.
            warnings.Add($"{error.Message} {error.Remedy}");
            return null;
        }
    }

    private static async Task<Composition?> TryComposeAsync(
        FollowerSession session, List<string> warnings, CancellationToken cancellationToken)
    {
        try
        {
            return (await ComposeAsync(session, cancellationToken)).Composition;
        }
        catch (CodexportException error)
        {
            warnings.Add($"{error.Message} {error.Remedy}");
            return null;
        }
    }

    private static async Task<(Sha256Hash? Revision, Composition? Composition)> ComposeAsync(
        FollowerSession session, CancellationToken cancellationToken)
    {
        var applied = AppliedStateCodec.TryLoad(session.Context.Files, session.Context.Home);
        var revision = session.Shelf.Staged ?? applied?.Revision;
        if (revision is null || session.Shelf.TryRead(revision.Value) is not { } document)
        {
            return (revision, null);
        }

        var composition = await session.Changer.ComposeAsync(
            new CompositionInput(revision.Value, document, session.Store, session.Settings, applied, Adopt: false), cancellationToken);
        return (revision, composition);
    }
}
