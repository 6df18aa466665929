using System.Text;
using Codexport.Engine.Codex;
using Codexport.Engine.Content;
using Codexport.Engine.Platform.Paths;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Compose;

/// <summary>Composes <c>rules/*.rules</c>, to which Codex itself appends on every machine.</summary>
internal sealed class RulesLayer(ComposeScope scope)
{
    /// <summary>The files that canonical, overlay or an earlier composition define.</summary>
    internal IReadOnlyList<string> Paths() =>
    [
        .. scope.Input.Document.Files.Select(file => file.Path)
            .Concat(scope.Overlay.Overrides.Select(file => file.Path))
            .Concat((scope.Input.Applied?.Files ?? []).Select(file => file.Path))
            .Where(path => CodexLayout.KindOf(path) == CodexFileKind.Rules).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    internal void Compose(string path)
    {
        SafePath.Require(path, scope.Context.Machine.NameRules);
        var generated = Canonical(path);
        var local = scope.Present.TryReadBytes(path);
        if (local is null)
        {
            ComposeAbsent(path, generated);
            return;
        }

        var localText = Encoding.UTF8.GetString(local);
        var former = Base(path, local);
        var cutLocal = RulesText.TryCut(localText);
        var cutGenerated = RulesText.TryCut(generated ?? string.Empty);
        if (cutLocal is null || cutGenerated is null)
        {
            ComposeUnreadable(path, generated, local, isLocal: cutLocal is null);
            return;
        }

        var merge = new RulesMerge(path, scope.Input.Settings.OnDrift, RulesText.TryCut(former ?? string.Empty) ?? [], cutLocal, cutGenerated);
        var text = merge.Merge(localText, generated ?? string.Empty);
        scope.Report.Changes.AddRange(merge.Changes);
        scope.Report.Drift.AddRange(merge.Drift);
        Finish(path, text, generated, local);
    }

    private string? Canonical(string path)
        => (scope.Override(path) ?? (scope.Canonical(path) is { } file ? scope.Contents.ReadAll(file.Hash) : null)) is { } bytes
            ? Encoding.UTF8.GetString(bytes)
            : null;

    // A version that did not merge rules kept only the hash of what it wrote.
    private string? Base(string path, byte[] local)
        => scope.Base(path)
            ?? (scope.Applied(path) is not { } applied ? null
                : applied.Hash == Sha256Hash.Of(local) ? Encoding.UTF8.GetString(local)
                : scope.Contents.Contains(applied.Hash) ? Encoding.UTF8.GetString(scope.Contents.ReadAll(applied.Hash))
                : null);

    private void ComposeAbsent(string path, string? generated)
    {
        if (generated is null)
        {
            return;
        }

        var applied = scope.Applied(path);
        if (applied is not null)
        {
            scope.Report.Drift.Add(path);
            if (scope.Input.Settings.OnDrift != DriftPolicy.Canonical)
            {
                scope.Report.Managed.Add(applied with { ModifiedTicks = 0 });
                scope.Report.GeneratedTexts[path] = generated;
                scope.Report.Changes.Add(new ChangeInfo(path, null, ChangeAction.Keep, ChangeReason.Drift, Note: "It was deleted here."));
                return;
            }
        }

        scope.Report.Changes.Add(new ChangeInfo(
            path, null, ChangeAction.Add, applied is null ? ChangeReason.Canonical : ChangeReason.Drift, Note: applied is null ? null : "It was deleted here."));
        Write(path, generated, generated, null);
    }

    // Codex runs no session with such a file; there are no rules in it that could be kept one by one.
    private void ComposeUnreadable(string path, string? generated, byte[] local, bool isLocal)
    {
        var isOurs = scope.IsAsApplied(path, local);
        if (generated is null)
        {
            Finish(path, isOurs ? string.Empty : Encoding.UTF8.GetString(local), null, local);
            return;
        }

        if (isLocal && !isOurs)
        {
            scope.Report.Drift.Add(path);
            if (scope.Input.Settings.OnDrift == DriftPolicy.Keep)
            {
                scope.Report.Changes.Add(new ChangeInfo(path, null, ChangeAction.Keep, ChangeReason.Drift, Note: "It was changed here, and Codex cannot read it."));
                return;
            }
        }

        scope.Report.Changes.Add(new ChangeInfo(
            path, null, ChangeAction.Update, isOurs ? ChangeReason.Canonical : ChangeReason.Drift, Note: isOurs ? null : "The file that was here goes to the backup."));
        Write(path, generated, generated, local);
    }

    private void Finish(string path, string text, string? generated, byte[] local)
    {
        if (generated is not null)
        {
            Write(path, text, generated, local);
        }
        else if (text.Length == 0)
        {
            scope.Delete(path, local);
            scope.Report.Changes.Add(new ChangeInfo(path, null, ChangeAction.Remove, ChangeReason.Canonical));
        }
        else if (text != Encoding.UTF8.GetString(local))
        {
            // What is left is the follower's alone.
            scope.Write(path, text, local);
            scope.Report.Managed.RemoveAt(scope.Report.Managed.Count - 1);
        }
    }

    private void Write(string path, string text, string generated, byte[]? local)
    {
        scope.Write(path, text, local);
        scope.Report.GeneratedTexts[path] = generated;
    }
}
