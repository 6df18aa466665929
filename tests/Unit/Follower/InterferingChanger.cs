using Codexport.Engine.Apply;
using Codexport.Engine.Compose;
using Codexport.Engine.Content;
using Codexport.Engine.Follower.Sync;
using Codexport.Engine.Homes;
using Codexport.Engine.Settings;

namespace Codexport.Tests.Follower;

/// <summary>The real thing, with somebody else at work between composing and applying.</summary>
internal sealed class InterferingChanger(EngineContext context, Action beforeApply) : IHomeChanger
{
    private readonly HomeChanger _real = new(context);

    public bool NeedsRecovery => _real.NeedsRecovery;

    public Task<RecoveryResult> RecoverAsync(IContentStore contents, CancellationToken cancellationToken)
        => _real.RecoverAsync(contents, cancellationToken);

    public bool IsUnchanged(AppliedState applied, LocalSettings settings) => _real.IsUnchanged(applied, settings);

    public Task<Composition> ComposeAsync(CompositionInput input, CancellationToken cancellationToken)
        => _real.ComposeAsync(input, cancellationToken);

    public Task CheckConfigurationAsync(Composition composition, CancellationToken cancellationToken)
        => _real.CheckConfigurationAsync(composition, cancellationToken);

    public Task<ApplyOutcome> ApplyAsync(IContentStore contents, ApplyPlan plan, CancellationToken cancellationToken)
    {
        beforeApply();
        return _real.ApplyAsync(contents, plan, cancellationToken);
    }
}
