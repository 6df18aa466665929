using Codexport.Engine;
using Codexport.Engine.Apply;
using Codexport.Engine.Bundles;
using Codexport.Engine.Codex;
using Codexport.Engine.Follower;
using Codexport.Engine.Follower.Composition;
using Codexport.Engine.Follower.Sync;
using Codexport.Engine.Platform;
using Codexport.Engine.Settings;

namespace Codexport.Tests.Follower;

/// <summary>Takes canonical files as they are, so that these tests are about the way to the home and not about merging.</summary>
internal sealed class PlainChanger(EngineContext context) : IHomeChanger
{
    public Action? BeforeApply { get; set; }

    public bool NeedsRecovery => ApplyRecovery.IsNeeded(context);

    public Task<RecoveryResult> RecoverAsync(IContentStore contents, CancellationToken cancellationToken)
        => ApplyRecovery.RecoverAsync(context, contents, cancellationToken);

    public bool IsUnchanged(AppliedState applied, LocalSettings settings) => applied.Files.All(file => StateOf(file.Path).Hash == file.Hash);

    public Task<Composition> ComposeAsync(CompositionInput input, CancellationToken cancellationToken)
    {
        var changes = new List<PlannedChange>();
        foreach (var file in input.Document.Files)
        {
            var before = StateOf(file.Path);
            if (before.Hash != file.Hash)
            {
                changes.Add(new PlannedChange(
                    file.Path, ApplyPhase.Files, before, new TargetState(file.Hash, file.IsExecutable), CodexLayout.IsCredential(file.Path)));
            }
        }

        var names = input.Document.Files.Select(file => file.Path).ToHashSet();
        changes.AddRange((input.Applied?.Files ?? []).Where(file => !names.Contains(file.Path)).Select(
            file => new PlannedChange(file.Path, ApplyPhase.Deletions, StateOf(file.Path), TargetState.Absent)));
        var state = new AppliedState
        {
            Revision = input.Revision,
            AppliedAt = context.Time.GetUtcNow(),
            Files = [.. input.Document.Files.Select(file => new AppliedFile(
                file.Path, file.Hash, file.IsExecutable, file.Size, 0, CodexLayout.IsCredential(file.Path)))],
            GeneratedTexts = new Dictionary<string, string>(),
            OverlayHash = default,
        };
        var plan = new ApplyPlan(changes, AppliedStateCodec.FilePath(context.Home), AppliedStateCodec.Write(state), "test");
        return Task.FromResult(new Composition(plan, input.Contents, [], [], null, [], [], new Dictionary<string, string>()));
    }

    public Task CheckConfigurationAsync(Composition composition, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<ApplyOutcome> ApplyAsync(IContentStore contents, ApplyPlan plan, CancellationToken cancellationToken)
    {
        BeforeApply?.Invoke();
        return ApplyTransaction.RunAsync(context, contents, plan, cancellationToken);
    }

    private TargetState StateOf(string path)
    {
        var absolute = SafePath.Combine(context.Home.CodexFolder, path);
        return context.Files.TryGetEntry(absolute) is { Kind: EntryKind.File } entry
            ? new TargetState(Sha256Hash.Of(File.ReadAllBytes(absolute)), entry.IsExecutable)
            : TargetState.Absent;
    }
}
