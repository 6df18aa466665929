using Codexport.Engine.Apply;
using Codexport.Engine.Compose;
using Codexport.Engine.Content;
using Codexport.Engine.Homes;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Follower.Sync;

/// <summary>The real one: composer, transaction and recovery.</summary>
internal sealed class HomeChanger(EngineContext context) : IHomeChanger
{
    /// <inheritdoc/>
    public bool NeedsRecovery => ApplyRecovery.IsNeeded(context);

    /// <inheritdoc/>
    public Task<RecoveryResult> RecoverAsync(IContentStore contents, CancellationToken cancellationToken)
        => ApplyRecovery.RecoverAsync(context, contents, cancellationToken);

    /// <inheritdoc/>
    public bool IsUnchanged(AppliedState applied, LocalSettings settings) => new Composer(context).IsUnchanged(applied, settings);

    /// <inheritdoc/>
    public Task<Composition> ComposeAsync(CompositionInput input, CancellationToken cancellationToken)
        => new Composer(context).ComposeAsync(input, cancellationToken);

    /// <inheritdoc/>
    public Task CheckConfigurationAsync(Composition composition, CancellationToken cancellationToken)
        => new CodexStartCheck(context).RequireAsync(composition, cancellationToken);

    /// <inheritdoc/>
    public Task<ApplyOutcome> ApplyAsync(IContentStore contents, ApplyPlan plan, CancellationToken cancellationToken)
        => ApplyTransaction.RunAsync(context, contents, plan, cancellationToken);
}
