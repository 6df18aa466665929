using Codexport.Engine.Apply;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Compose;

/// <summary>Decides the final files: canonical, then the overlay, then what is local.</summary>
internal sealed class Composer(EngineContext context)
{
    /// <summary>Composes; reads the Codex home and writes nothing.</summary>
    /// <returns>
    /// What an apply would do. With a <see cref="Composition.Refusal"/> the plan is empty; without one an empty plan may still carry a state
    /// that differs, such as another revision with the same files.
    /// </returns>
    public Task<Composition> ComposeAsync(CompositionInput input, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Task.Run(() => Compose(input, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Whether nothing that a composition depends on changed since <paramref name="applied"/> was written, judged by sizes and times alone
    /// (contents where the time is too recent to tell, or not known yet): the cheap path of a sync without news. What had to be read is
    /// remembered in <c>state/stat.cache</c>, what was looked at in <c>state/glance.cache</c>.
    /// </summary>
    public bool IsUnchanged(AppliedState applied, LocalSettings settings)
    {
        ArgumentNullException.ThrowIfNull(applied);
        ArgumentNullException.ThrowIfNull(settings);
        var glance = new HomeGlance(context);
        glance.Look(AppliedStateCodec.FilePath(context.Home));
        var cache = StatCache.Load(context);
        var present = new PresentFiles(context, cache, glance);
        var isUnchanged = applied.Waiting.Count == 0
            && OverlayLayers.Load(context, cache, glance).Hash == applied.OverlayHash
            && applied.Files.All(file => IsUnchanged(file, present, settings));
        cache.Save(context.Trace);
        if (isUnchanged)
        {
            glance.Save();
        }

        return isUnchanged;
    }

    // A credential that was refreshed or deleted here stays so, unless the policy is to write it always.
    private static bool IsUnchanged(AppliedFile file, PresentFiles present, LocalSettings settings)
        => (file.IsCredential && settings.Credentials != CredentialPolicy.Always)
            || present.Same(present.Read(file.Path), new TargetState(file.Hash, file.IsExecutable));

    private Composition Compose(CompositionInput input, CancellationToken cancellationToken)
    {
        var cache = StatCache.Load(context);
        var report = new CompositionReport();
        var contents = new LayeredContents(input.Contents, context);
        input = TakenFiles.Of(input, contents);
        var overlay = OverlayLayers.Load(context, cache);
        var scope = new ComposeScope(context, input, overlay, new PresentFiles(context, cache), contents, report);
        report.Warnings.AddRange(input.Settings.Warnings);
        Guard(report, () => new FileDecisions(input, scope.Present, report).Decide(
            new FileLayer(scope).Decide(), cancellationToken));
        var rules = new RulesLayer(scope);
        foreach (var path in rules.Paths())
        {
            Guard(report, () => rules.Compose(path));
        }

        var hooks = new HooksLayer(scope);
        Guard(report, hooks.Compose);
        var configs = new ConfigLayer(scope, hooks);
        foreach (var path in configs.Paths())
        {
            cancellationToken.ThrowIfCancellationRequested();
            Guard(report, () => configs.Compose(path));
        }

        Guard(report, new CredentialRules(scope).Decide);
        return Conclude(scope);
    }

    // One broken file must not hide what is wrong with the others.
    private static void Guard(CompositionReport report, Action part)
    {
        try
        {
            part();
        }
        catch (CodexportException error)
        {
            report.Errors.Add(error);
        }
    }

    private Composition Conclude(ComposeScope scope)
    {
        var (input, report) = (scope.Input, scope.Report);
        var refusal = Refusals.For(report, input.Settings);
        var file = AppliedStateCodec.FilePath(context.Home);
        var label = input.Applied is null ? "before the first apply" : $"revision {input.Applied.Revision.ToString()[..12]}";
        var state = new AppliedState
        {
            Revision = input.Revision,
            AppliedAt = context.Time.GetUtcNow(),
            Files = [.. report.Managed.OrderBy(managed => managed.Path, StringComparer.Ordinal)],
            GeneratedTexts = report.GeneratedTexts,
            OverlayHash = scope.Overlay.Hash,

            // A head that was signed again for the same revision is no reason to write the state.
            Seen = input.Applied is { Seen: not null } applied && applied.Revision == input.Revision && applied.Seen.Pin == input.Seen?.Pin
                ? applied.Seen
                : input.Seen,
        };
        var isNews = report.Steps.Count > 0 || input.Applied is null || !IsSame(state, input.Applied);

        // Not a plain null: an array that is null converts to an empty content.
        var news = refusal is null && isNews ? AppliedStateCodec.Write(state) : default(ReadOnlyMemory<byte>?);
        var plan = new ApplyPlan(refusal is null ? report.Steps : [], file, news, label);
        return new Composition(
            plan, scope.Contents, [.. report.Changes.OrderBy(change => change.Path, StringComparer.Ordinal)], [.. report.Drift.Distinct()], refusal,
            [.. report.Warnings.Distinct()], report.NewlyTrustedHooks, report.ComposedFiles);
    }

    private static bool IsSame(AppliedState left, AppliedState right)
        => left.Revision == right.Revision
            && left.OverlayHash == right.OverlayHash
            && right.Waiting.Count == 0
            && left.Files.SequenceEqual(right.Files.Select(file => file with { ModifiedTicks = 0 }))
            && left.GeneratedTexts.Count == right.GeneratedTexts.Count
            && left.GeneratedTexts.All(text => right.GeneratedTexts.GetValueOrDefault(text.Key) == text.Value);
}
