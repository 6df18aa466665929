using System.Text;
using Codexport.Engine.Apply;
using Codexport.Engine.Codex;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Paths;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Compose;

/// <summary>Composes <c>config.toml</c> and the profiles beside it.</summary>
internal sealed class ConfigLayer(ComposeScope scope, HooksLayer hooks)
{
    private readonly ConfigGenerator _generator = new(scope);

    /// <summary>The files that canonical, overlay or an earlier composition define, and <c>config.toml</c> where hooks need it.</summary>
    internal IReadOnlyList<string> Paths()
    {
        var paths = scope.Input.Document.Files.Select(file => file.Path)
            .Concat(scope.Overlay.Overrides.Select(file => file.Path))
            .Concat(scope.Input.Applied?.GeneratedTexts.Keys ?? [])
            .Where(path => CodexLayout.KindOf(path).IsConfiguration());
        return [.. paths.Append(CodexLayout.ConfigFile).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    internal void Compose(string path)
    {
        var generated = _generator.Generate(path);
        var former = scope.Base(path);
        var hasStates = path == CodexLayout.ConfigFile && hooks.TouchesStates;
        if (generated is null && former is null && !hasStates)
        {
            return;
        }

        var bytes = scope.Present.TryReadBytes(path);
        if (bytes is null && scope.Applied(path) is { } applied)
        {
            if (KeepDeleted(path, applied, generated))
            {
                return;
            }

            former = null;
        }

        var local = bytes is null ? null : ParseLocal(bytes, path);
        var @base = former is null ? null : TomlDocument.Parse(former, path);
        if (local is not null)
        {
            SkillPaths.TakeSpelling(local, scope.Paths, [@base, generated]);
        }

        var merged = Merge(path, @base, local, generated ?? TomlDocument.Parse(string.Empty, path));
        if (generated?.Root["hooks"] is not null)
        {
            var before = bytes is null ? null : TomlDocument.Parse(bytes, path);
            scope.Report.NewlyTrustedHooks.AddRange(PluginHooks.NewlyTrusted(scope, before, TomlDocument.Parse(merged.Text, path)));
        }

        Finish(path, merged, bytes, generated);
    }

    private bool KeepDeleted(string path, AppliedFile applied, TomlDocument? generated)
    {
        scope.Report.Drift.Add(path);
        if (scope.Input.Settings.OnDrift == DriftPolicy.Canonical)
        {
            return false;
        }

        scope.Report.Managed.Add(applied with { ModifiedTicks = 0 });
        scope.Report.GeneratedTexts[path] = generated?.ToString() ?? string.Empty;
        scope.Report.Changes.Add(new ChangeInfo(path, null, ChangeAction.Keep, ChangeReason.Drift, Note: "It was deleted here."));
        return true;
    }

    private TomlDocument ParseLocal(byte[] bytes, string path)
    {
        var absolute = SafePath.Combine(scope.Context.Home.CodexFolder, path);
        return TomlDocument.TryParse(bytes, absolute, out var document, out var error) ? document : throw new CodexportException(
            ErrorCode.TomlInvalid, error.Message,
            "Nothing was changed. Correct that line, or move the file away, and sync again; Codex itself does not start with it.", absolute, error)
        {
            Details = error.Details,
        };
    }

    private MergedConfig Merge(string path, TomlDocument? @base, TomlDocument? local, TomlDocument generated)
    {
        var settings = scope.Input.Settings;
        var rules = new MergeRules(
            path, settings.OnDrift, [.. settings.Keep.Select(TomlPath.Parse)], settings.AllowMcpOverrides, _generator.LocalServers)
        {
            OverlayKeys = _generator.OverlayKeys(path),
            Paths = scope.Paths,
        };
        if (path != CodexLayout.ConfigFile)
        {
            return ConfigMerge.Merge(rules, @base, local, generated);
        }

        var present = local ?? TomlDocument.Parse(string.Empty, path);
        var states = new HookStates(present, HookSources.Of(scope.Context, CodexLayout.HooksFile));
        states.Move(hooks.Moves, hooks.Occupied);
        hooks.Trusted.ForEach(hook => Trust(states, hook));
        var decided = ConfigHooks.Decide(rules, @base, present, generated);
        var merged = ConfigMerge.Merge(rules, @base, local is null && present.Root.Count == 0 ? null : present, generated);
        if (decided is null)
        {
            return merged;
        }

        WarnOfTwoPlaces(decided);
        var isArranged = !ConfigHooks.Says(TomlDocument.Parse(merged.Text), decided);
        if (isArranged)
        {
            ConfigHooks.Arrange(present, generated, decided);
        }

        if (CarryStates(present, TomlHooks.ReadHandlers(isArranged ? present.Root : TomlDocument.Parse(merged.Text).Root), decided) || isArranged)
        {
            merged = ConfigMerge.Merge(rules, @base, present, generated);
        }

        return isArranged ? ConfigHooks.Complete(merged, generated, decided) : merged;
    }

    private void WarnOfTwoPlaces(MergedHooks decided)
    {
        if (ConfigHooks.Occupied(decided).Count > 0 && hooks.HasHandlers)
        {
            scope.Report.Warnings.Add("Hooks stand in hooks.json and under [hooks] of config.toml; Codex runs both and warns of it. Keep them in one place.");
        }
    }

    // States of hooks under [hooks] of config.toml itself are in the text that is merged.
    private bool CarryStates(TomlDocument local, IReadOnlyList<HookHandler> now, MergedHooks decided)
    {
        var text = local.ToString();
        var states = new HookStates(local, HookSources.Of(scope.Context, CodexLayout.ConfigFile));
        states.Move(decided.Moves, ConfigHooks.Occupied(decided));
        var portable = _generator.Portable(CodexLayout.ConfigFile) is { } document ? TomlHooks.ReadHandlers(document.Root) : [];
        foreach (var written in portable.Where(scope.IsTrusted))
        {
            if (LocalHooks.Decode(written, scope.Paths, CodexLayout.ConfigFile) is { } here && Find(now, here) is { } position && HookTrust.Hash(here, scope.Context.Machine.Style) is { } hash)
            {
                Trust(states, new TrustedHook(position, hash, here));
            }
        }

        return local.ToString() != text;
    }

    private void Trust(HookStates states, TrustedHook hook)
    {
        if (states.Trust(hook.Position, hook.Hash))
        {
            scope.Report.NewlyTrustedHooks.Add($"{hook.Handler.Event}: {HooksLayer.WhatRuns(hook.Handler, scope)}");
        }
    }

    private static HookPosition PositionOf(HookHandler handler) => new(handler.Event, handler.GroupIndex, handler.HandlerIndex);

    private static HookPosition? Find(IReadOnlyList<HookHandler> handlers, HookHandler wanted)
        => handlers.FirstOrDefault(other => other with { GroupIndex = wanted.GroupIndex, HandlerIndex = wanted.HandlerIndex } == wanted) is { } found
            ? PositionOf(found)
            : null;

    private void Finish(string path, MergedConfig merged, byte[]? bytes, TomlDocument? generated)
    {
        Describe(path, merged.Decisions, isNew: bytes is null);
        if (merged.LostComments.Count > 0)
        {
            scope.Report.Warnings.Add(
                $"Comments in {path} stood at what the master removed or replaced; the file with them is in the backup: {string.Join("; ", merged.LostComments.Select(SecretMask.MaskComment))}.");
        }

        if (generated is null && merged.Decisions.Sources.Count == 0)
        {
            if (bytes is not null && scope.IsAsApplied(path, bytes))
            {
                scope.Delete(path, bytes);
            }

            return;
        }

        var stepCount = scope.Report.Steps.Count;
        var text = bytes is not null && LexicalToml.NewLineOf(Encoding.UTF8.GetString(bytes)) is { } newLine ? LexicalToml.WithNewLines(merged.Text, newLine) : merged.Text;
        scope.Write(path, text, bytes);
        scope.Report.GeneratedTexts[path] = generated?.ToString() ?? string.Empty;
        var isChanged = scope.Report.Steps.Count > stepCount;
        if (bytes is not null && isChanged && !merged.Decisions.Changes.Exists(change => change.Action != ChangeAction.Keep))
        {
            scope.Report.Changes.Add(new ChangeInfo(
                path, null, ChangeAction.Update, ChangeReason.Canonical, Note: "Comments, order or the trust of hooks change; no other value does."));
        }
    }

    private void Describe(string path, UnitMerge decisions, bool isNew)
    {
        scope.Report.Conflicts.AddRange(decisions.Changes.Where(change => change.Reason == ChangeReason.Conflict));
        scope.Report.Changes.AddRange(
            isNew ? [new ChangeInfo(path, null, ChangeAction.Add, ChangeReason.Canonical)] : decisions.Changes);
        scope.Report.Drift.AddRange(decisions.Drift.Select(key => $"{path}: {key.Shown}"));
        scope.Report.Warnings.AddRange(decisions.Overrides.Select(
            key => $"The MCP server '{key.ServerName}' of this follower stands in for the master's, as allowMcpOverrides says."));
    }
}
