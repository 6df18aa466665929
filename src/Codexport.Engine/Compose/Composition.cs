using Codexport.Engine.Apply;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Compose;

/// <summary>What a composition is made of.</summary>
/// <param name="Revision">The hash of the document.</param>
/// <param name="Document">The verified revision.</param>
/// <param name="Contents">Its verified contents.</param>
/// <param name="Settings">The person's settings.</param>
/// <param name="Applied">What was last applied; null before the first apply.</param>
/// <param name="Adopt">Whether files that are there and differ may be replaced at the first apply.</param>
internal sealed record CompositionInput(
    Sha256Hash Revision, RevisionDocument Document, IContentStore Contents, LocalSettings Settings, AppliedState? Applied, bool Adopt)
{
    /// <summary>The newest head that was accepted, for the applied state.</summary>
    public SeenHead? Seen { get; init; }
}

/// <summary>What applying would do, all of it decided and nothing of it done.</summary>
/// <param name="Plan">The steps; empty when everything is there already.</param>
/// <param name="Contents">Where the plan's contents are found: the revision's, and the composed ones in memory.</param>
/// <param name="Changes">Every change, with its reason, in path order.</param>
/// <param name="Drift">Local changes of canonical content, each <c>file</c> or <c>file: key</c>.</param>
/// <param name="Refusal">The error that stops an apply (conflict, drift, adoption, missing variable), or null.</param>
/// <param name="Warnings">Whole sentences for the person.</param>
/// <param name="NewlyTrustedHooks">Canonical hooks whose trust is carried over for the first time: what each runs.</param>
/// <param name="ComposedFiles">The composed files' texts by relative path, for the check by Codex before anything is written.</param>
internal sealed record Composition(
    ApplyPlan Plan, IContentStore Contents, IReadOnlyList<ChangeInfo> Changes, IReadOnlyList<string> Drift, CodexportException? Refusal,
    IReadOnlyList<string> Warnings, IReadOnlyList<string> NewlyTrustedHooks, IReadOnlyDictionary<string, string> ComposedFiles);
