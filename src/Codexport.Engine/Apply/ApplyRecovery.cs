using Codexport.Engine.Content;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Apply;

/// <summary>What a recovery found and did.</summary>
public enum RecoveryStatus
{
    /// <summary>No earlier run was interrupted.</summary>
    NotNeeded,

    /// <summary>A run had stopped before anything changed; its traces are gone and the old revision stands whole.</summary>
    RolledBack,

    /// <summary>A run had stopped later; the new revision stands whole now.</summary>
    Completed,

    /// <summary>
    /// Somebody else wrote in between, or what was to be written is lost. Nothing of theirs was touched; the disk may hold a mixture, and
    /// this is said again until a transaction is through. Compose from what is there now and run one, also when the revision is unchanged.
    /// </summary>
    ComposeAgain,
}

/// <summary>The result of a recovery.</summary>
/// <param name="Status">What it was.</param>
/// <param name="OvertakenPath">The relative path at which it stopped, when known.</param>
/// <param name="FilesWritten">Files written now.</param>
/// <param name="FilesDeleted">Files deleted now.</param>
public sealed record RecoveryResult(RecoveryStatus Status, string? OvertakenPath = null, int FilesWritten = 0, int FilesDeleted = 0);

/// <summary>Brings a Codex home to one whole revision after a run that did not end. The caller holds the follower's lock.</summary>
public static class ApplyRecovery
{
    /// <summary>Whether an earlier run left something to do: two looks at the disk, cheap enough for every start.</summary>
    public static bool IsNeeded(EngineContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Files.TryGetEntry(ApplyJournal.JournalFile(context.Home)) is not null
            || context.Files.TryGetEntry(ApplyJournal.PreparationFile(context.Home)) is not null;
    }

    /// <summary>Recovers; may be interrupted and run again at any point.</summary>
    /// <param name="context">The home and the disk.</param>
    /// <param name="contents">Contents that are kept, for the case that one which waited beside its target is gone.</param>
    /// <param name="cancellationToken">Heeded before it begins.</param>
    public static Task<RecoveryResult> RecoverAsync(EngineContext context, IContentStore contents, CancellationToken cancellationToken)
        => IsNeeded(context)
            ? Task.Run(() => Recover(context, contents, ApplyOptions.Default), cancellationToken)
            : Task.FromResult(new RecoveryResult(RecoveryStatus.NotNeeded));

    internal static RecoveryResult Recover(EngineContext context, IContentStore contents, ApplyOptions options)
    {
        using var confined = TargetGuard.Confine(context, context.Home.CodexFolder);
        return RecoverConfined(context with { Files = confined }, contents, options);
    }

    /// <summary>The same on a disk that is confined already.</summary>
    internal static RecoveryResult RecoverConfined(EngineContext context, IContentStore contents, ApplyOptions options)
    {
        var wasPrepared = UndoPreparation(context);
        var path = ApplyJournal.JournalFile(context.Home);
        if (context.Files.TryGetEntry(path) is not { } entry)
        {
            return new RecoveryResult(wasPrepared ? RecoveryStatus.RolledBack : RecoveryStatus.NotNeeded);
        }

        // A link was never written by Codexport; what it leads to is not read.
        var record = entry.Kind == EntryKind.SymbolicLink ? null : ApplyJournal.Parse(AtomicFile.ReadAllBytes(context.Files, path, int.MaxValue), path);
        if (record is null)
        {
            // Damaged: nothing in it can be relied on, and composing again relies on the disk alone.
            StepRunner.Abandon(context, new ApplyRecord { Id = options.NewId(), CodexFolder = context.Home.CodexFolder });
            return new RecoveryResult(RecoveryStatus.ComposeAgain);
        }

        if (record.IsAbandoned)
        {
            return new RecoveryResult(RecoveryStatus.ComposeAgain);
        }

        using var other = ConfineOther(context, record);
        var runner = new StepRunner(other is null ? context : context with { Files = other }, contents, record, options);
        var overtaken = runner.RollForward();
        if (overtaken is null && runner.Finish())
        {
            return new RecoveryResult(RecoveryStatus.Completed, null, runner.Written, runner.Deleted);
        }

        runner.Abandon();
        return new RecoveryResult(RecoveryStatus.ComposeAgain, overtaken, runner.Written, runner.Deleted);
    }

    // The same Codex home may have been spelled otherwise then.
    private static IConfinedFileSystem? ConfineOther(EngineContext context, ApplyRecord record)
        => record.CodexFolder == context.Home.CodexFolder ? null : TargetGuard.Confine(context, record.CodexFolder);

    private static bool UndoPreparation(EngineContext context)
    {
        var path = ApplyJournal.PreparationFile(context.Home);
        if (context.Files.TryGetEntry(path) is not { } entry)
        {
            return false;
        }

        // It was on the disk whole before anything in it was begun: one that is torn has nothing to undo.
        if (entry.Kind != EntryKind.SymbolicLink
            && ApplyJournal.Parse(AtomicFile.ReadAllBytes(context.Files, path, int.MaxValue), path) is { } record)
        {
            using var other = ConfineOther(context, record);
            ApplyPreparation.Undo(other is null ? context : context with { Files = other }, record);
        }
        else
        {
            context.Files.DeleteFile(path);
        }

        return true;
    }
}
