using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Gate;
using Codexport.Engine.Master.Groups;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;

namespace Codexport.Engine.Master.Publishing;

/// <summary>Shows what a publication would bring, and whether it goes out by itself.</summary>
internal sealed class BundleComparison(EngineContext context, PreparedBuild prepared)
{
    /// <summary>Compares; decides and writes nothing.</summary>
    /// <param name="group">The group whose followers it is about; null for what everybody gets.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.GroupNotFound"/>.</exception>
    public BundleCompareResult Compare(string? group)
    {
        if (group is not null && !prepared.Groups.ContainsKey(group))
        {
            throw GroupFolders.NotFound(context, group);
        }

        var before = group is null ? prepared.Published : prepared.PublishedGroup(group) ?? prepared.Published;
        var next = group is null ? prepared.Document : prepared.Groups[group];
        var nextRevision = RevisionCodec.RevisionOf(RevisionCodec.Write(next)).ToString();
        var revision = group is null ? prepared.Newest?.Revision : prepared.Newest?.RevisionOf(group);
        if (prepared.IsPublished)
        {
            return new BundleCompareResult(BundleState.Current, revision?.ToString(), nextRevision, []) { Group = group, Warnings = prepared.Warnings };
        }

        var decision = new PublicationDecision(context, prepared, RebuildOptions.None);
        var changes = new BundleChanges(context, before, next);
        var (findings, loss, review) = (decision.Findings, decision.Loss, decision.Review);
        var isFirst = prepared.Newest is null;
        var state = loss is not null || (findings.Count > 0 && !isFirst) ? BundleState.Held
            : review is not null ? BundleState.Waiting
            : BundleState.Ready;
        return new BundleCompareResult(state, revision?.ToString(), nextRevision, changes.List())
        {
            Group = group,
            NewlyTrustedHooks = changes.NewlyTrustedHooks(),
            Findings = [.. findings.Select(item => item.Finding)],
            Reason = loss is not null ? $"{char.ToUpperInvariant(loss[0])}{loss[1..]}." : state == BundleState.Held ? "The scan found what a person must look at." : review,
            Warnings = prepared.Warnings,
        };
    }
}
