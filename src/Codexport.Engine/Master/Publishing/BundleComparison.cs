using Codexport.Engine.Homes;
using Codexport.Engine.Master.Gate;
using Codexport.Engine.Results;

namespace Codexport.Engine.Master.Publishing;

/// <summary>Shows what a publication would bring, and whether it goes out by itself.</summary>
internal sealed class BundleComparison(EngineContext context, PreparedBuild prepared)
{
    /// <summary>Compares; decides and writes nothing.</summary>
    public BundleCompareResult Compare()
    {
        var build = prepared.Build;
        if (build.IsPublished)
        {
            var revision = prepared.Newest!.Revision.ToString();
            return new BundleCompareResult(BundleState.Current, revision, revision, []) { Warnings = build.Warnings };
        }

        var decision = new PublicationDecision(context, prepared, RebuildOptions.None);
        var next = build.ToDocument();
        var changes = new BundleChanges(context, prepared.Published, next);
        var (findings, loss, review) = (decision.Findings, decision.Loss, decision.Review);
        var isFirst = prepared.Newest is null;
        var state = loss is not null || (findings.Count > 0 && !isFirst) ? BundleState.Held
            : review is not null ? BundleState.Waiting
            : BundleState.Ready;
        return new BundleCompareResult(state, prepared.Newest?.Revision.ToString(), decision.NextRevision.ToString(), changes.List())
        {
            NewlyTrustedHooks = changes.NewlyTrustedHooks(),
            Findings = [.. findings.Select(item => item.Finding)],
            Reason = loss is not null ? $"{char.ToUpperInvariant(loss[0])}{loss[1..]}." : state == BundleState.Held ? "The scan found what a person must look at." : review,
            Warnings = build.Warnings,
        };
    }
}
