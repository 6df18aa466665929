using Codexport.Engine.Apply;
using Codexport.Engine.Compose;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Follower.Sync;

/// <summary>Everything that reads or changes the Codex home on behalf of a sync.</summary>
internal interface IHomeChanger
{
    /// <summary>Whether an earlier apply was interrupted.</summary>
    bool NeedsRecovery { get; }

    /// <summary>Finishes an interrupted apply.</summary>
    Task<RecoveryResult> RecoverAsync(IContentStore contents, CancellationToken cancellationToken);

    /// <summary>Whether nothing that a composition depends on changed, judged by sizes and times.</summary>
    bool IsUnchanged(AppliedState applied, LocalSettings settings);

    /// <summary>Decides the final files.</summary>
    Task<Composition> ComposeAsync(CompositionInput input, CancellationToken cancellationToken);

    /// <summary>Fails with <see cref="ErrorCode.ConfigurationRejected"/> when the Codex of this machine refuses a file that would be written.</summary>
    Task CheckConfigurationAsync(Composition composition, CancellationToken cancellationToken);

    /// <summary>Carries a plan out.</summary>
    Task<ApplyOutcome> ApplyAsync(IContentStore contents, ApplyPlan plan, CancellationToken cancellationToken);
}
