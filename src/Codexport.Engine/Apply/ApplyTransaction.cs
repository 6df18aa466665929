using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Apply;

/// <summary>
/// Changes a Codex home as a whole. Up to one rename of the journal nothing that anybody reads has changed, and every failure takes its
/// traces back; from then on the new revision wins, in this run or in the recovery of a later one. The caller holds the follower's lock.
/// </summary>
public static class ApplyTransaction
{
    /// <summary>Detail of <see cref="ErrorCode.ConcurrentChange"/>: <c>true</c> when some targets have their new content already.</summary>
    public const string PartlyDoneDetail = "partlyDone";

    /// <summary>Backups that are kept when a transaction has made another one.</summary>
    public const int BackupsKept = 10;

    /// <summary>Applies a plan. An empty one writes nothing but a state that differs.</summary>
    /// <param name="context">The home and the disk.</param>
    /// <param name="contents">Every new content of the plan by its hash, fetched and composed alike.</param>
    /// <param name="plan">What to do.</param>
    /// <param name="cancellationToken">Heeded until the journal is made; what follows is short and is finished.</param>
    /// <exception cref="CodexportException">
    /// <see cref="ErrorCode.ConcurrentChange"/>, its target the relative path, when somebody else wrote to a target: compose again from what
    /// is there now, against the applied state that was not written, and run again. <see cref="ErrorCode.PathBlocked"/>,
    /// <see cref="ErrorCode.PathInvalid"/>, <see cref="ErrorCode.DiskFull"/>, <see cref="ErrorCode.FileUnwritable"/> before anything changed.
    /// </exception>
    public static Task<ApplyOutcome> RunAsync(
        EngineContext context, IContentStore contents, ApplyPlan plan, CancellationToken cancellationToken)
        => RunAsync(context, contents, plan, ApplyOptions.Default, cancellationToken);

    internal static Task<ApplyOutcome> RunAsync(
        EngineContext context, IContentStore contents, ApplyPlan plan, ApplyOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(contents);
        ArgumentNullException.ThrowIfNull(plan);
        return Task.Run(() => Run(context, contents, plan, options, cancellationToken), cancellationToken);
    }

    /// <summary>The error for a target that somebody else wrote to.</summary>
    internal static CodexportException Overtaken(string path, bool isPartlyDone) => new(
        ErrorCode.ConcurrentChange,
        $"'{path}' was changed by another program while it was being applied.",
        "Run the command again; it composes from what is there now.",
        path)
    {
        Details = [new("path", path), new(PartlyDoneDetail, isPartlyDone ? "true" : "false")],
    };

    private static ApplyOutcome Run(
        EngineContext context, IContentStore contents, ApplyPlan plan, ApplyOptions options, CancellationToken cancellationToken)
    {
        using var confined = TargetGuard.Confine(context, context.Home.CodexFolder);
        context = context with { Files = confined };
        if (ApplyRecovery.IsNeeded(context))
        {
            ApplyRecovery.RecoverConfined(context, contents, options);
        }

        if (plan.Changes.Count == 0)
        {
            WriteStateAlone(context, plan);
            return new ApplyOutcome(0, 0, null);
        }

        var backups = new BackupStore(context);
        var preparation = new ApplyPreparation(context, contents, plan, options, backups);
        var record = preparation.Prepare(cancellationToken);
        Commit(context, preparation, record);
        var runner = new StepRunner(context, contents, record, options) { Seen = preparation.Seen };
        if (runner.RollForward() is { } path)
        {
            runner.Abandon();
            throw Overtaken(path, isPartlyDone: true);
        }

        runner.Finish();
        Prune(context, backups);
        return new ApplyOutcome(runner.Written, runner.Deleted, record.BackupName);
    }

    /// <summary>The moment of the transaction. It replaces the mark that an abandoned one left.</summary>
    private static void Commit(EngineContext context, ApplyPreparation preparation, ApplyRecord record)
    {
        var journal = ApplyJournal.JournalFile(context.Home);
        try
        {
            context.Files.Move(ApplyJournal.PreparationFile(context.Home), journal, overwrite: true);
        }
        catch (CodexportException error)
        {
            preparation.UndoQuietly(record, error);
            throw;
        }

        context.Files.FlushDirectory(Path.GetDirectoryName(journal)!);
    }

    private static void WriteStateAlone(EngineContext context, ApplyPlan plan)
    {
        if (plan.AppliedState is { } state
            && AtomicFile.TryReadAllBytes(context.Files, plan.AppliedStateFile)?.AsSpan().SequenceEqual(state.Span) != true)
        {
            context.Files.CreateDirectory(Path.GetDirectoryName(plan.AppliedStateFile)!, FilePermission.Private);
            AtomicFile.Write(context.Files, plan.AppliedStateFile, state.Span, FilePermission.Private);
        }

        // The disk is what the plan wants, so nothing is left of a mixture that an abandoned journal may have marked.
        if (ApplyRecovery.IsNeeded(context))
        {
            context.Files.DeleteFile(ApplyJournal.JournalFile(context.Home));
        }
    }

    private static void Prune(EngineContext context, BackupStore backups)
    {
        try
        {
            backups.Prune(BackupsKept);
        }
        catch (CodexportException error)
        {
            // What was asked for is done; an old backup that cannot be deleted is tried again next time.
            context.Trace?.Invoke(error.Message);
        }
    }
}
