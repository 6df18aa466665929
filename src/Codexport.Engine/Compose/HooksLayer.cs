using System.Text;
using Codexport.Engine.Codex;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Compose;

/// <summary>A canonical hook that the master trusts, where it stands now, with the hash that Codex computes here.</summary>
internal sealed record TrustedHook(HookPosition Position, string Hash, HookHandler Handler);

/// <summary>Composes <c>hooks.json</c>.</summary>
internal sealed class HooksLayer(ComposeScope scope)
{
    private const string File = CodexLayout.HooksFile;

    private bool _isComposed;

    /// <summary>Where the handlers went.</summary>
    internal IReadOnlyDictionary<HookPosition, HookPosition?> Moves { get; private set; } = new Dictionary<HookPosition, HookPosition?>();

    /// <summary>All positions that have a handler now.</summary>
    internal IReadOnlyCollection<HookPosition> Occupied { get; private set; } = [];

    /// <summary>Canonical hooks whose trust is carried over.</summary>
    internal List<TrustedHook> Trusted { get; } = [];

    /// <summary>Whether <c>hooks.json</c> defines any, composed or the follower's alone.</summary>
    internal bool HasHandlers => Occupied.Any(position => !position.IsGroup)
        || (!_isComposed && scope.Present.TryReadBytes(File) is { } local && Handlers(HooksJson.Read(local, File)).Any());

    /// <summary>Whether entries of <c>[hooks.state]</c> may have to change.</summary>
    internal bool TouchesStates => Moves.Count > 0 || Trusted.Count > 0;

    internal void Compose()
    {
        var portable = PortableText();
        var hooks = portable is null ? null : LocalHooks.Of(portable, scope.Paths, File);
        var generated = hooks?.Text;
        var former = scope.Base(File);
        if (generated is null && former is null)
        {
            return;
        }

        _isComposed = true;
        var local = scope.Present.TryReadBytes(File);
        if (local is null && scope.Applied(File) is { } applied)
        {
            scope.Report.Drift.Add(File);
            if (scope.Input.Settings.OnDrift != DriftPolicy.Canonical)
            {
                scope.Report.Managed.Add(applied with { ModifiedTicks = 0 });
                scope.Report.GeneratedTexts[File] = generated ?? string.Empty;
                scope.Report.Changes.Add(new ChangeInfo(File, null, ChangeAction.Keep, ChangeReason.Drift, Note: "It was deleted here."));
                return;
            }

            former = null;
        }

        // What is no text at all must not be taken for one that says something else.
        _ = local is null ? null : HooksJson.Read(local, File);
        var localText = local is null ? null : Encoding.UTF8.GetString(local);
        var merged = HooksMerge.Merge(File, scope.Input.Settings.OnDrift, former, localText, generated);
        Finish(merged, local, localText, generated);
        if (hooks is not null)
        {
            scope.Report.Warnings.AddRange(hooks.LeftOut.Select(key => PortableTexts.LeftOut(File, key)));
            CollectTrust(hooks, merged);
        }
    }

    /// <summary>What a hook runs here, for the person.</summary>
    internal static string? WhatRuns(HookHandler handler, ComposeScope scope)
    {
        var command = handler.Type == "mcp_tool" ? $"{handler.Server}/{handler.Tool}" : handler.CommandOn(scope.Context.Machine.Style);
        return command is null ? null : SecretMask.MaskCommand(command);
    }

    private byte[]? PortableText() => scope.Override(File)
        ?? (scope.Canonical(File) is { } canonical ? scope.Contents.ReadAll(canonical.Hash) : null);

    private void Finish(MergedHooks merged, byte[]? local, string? localText, string? generated)
    {
        Moves = merged.Moves;
        var root = HooksMerge.Parse(merged.Text, File);
        Warn(merged, root);
        if (generated is null && local is not null && SaysNothing(root) && scope.IsAsApplied(File, local))
        {
            scope.Delete(File, local);
            scope.Report.Changes.Add(new ChangeInfo(File, null, ChangeAction.Remove, ChangeReason.Canonical));
            return;
        }

        if (WithLineBreaksOf(localText, merged.Text) is { } text)
        {
            Occupied = [.. HookEntry.ReadAll(root).Select(entry => entry.Position)];
            if (generated is not null)
            {
                scope.Write(File, text, local);
                scope.Report.GeneratedTexts[File] = generated;
            }
            else if (text != localText)
            {
                scope.Write(File, text, local);
                scope.Report.Managed.RemoveAt(scope.Report.Managed.Count - 1);
            }
        }

        scope.Report.Changes.AddRange(local is null ? [new ChangeInfo(File, null, ChangeAction.Add, ChangeReason.Canonical)] : merged.Changes);
        scope.Report.Drift.AddRange(merged.Changes.Where(change => change.Reason == ChangeReason.Drift).Select(change => $"{File}: {change.Key}"));
    }

    // No text of JSON holds a line break as it is, so all of them may be the follower's.
    private static string? WithLineBreaksOf(string? local, string? text)
        => text is null || local is null || text == local || LexicalToml.NewLineOf(local) is not "\r\n" ? text
            : text.ReplaceLineEndings("\r\n");

    private void Warn(MergedHooks merged, RawJson? root)
    {
        scope.Report.Warnings.AddRange(merged.LeftOut.Select(what =>
            $"The master's hooks.json holds what Codex does not accept: {what}. It was left out here, because Codex would read no hook of the whole file."));
        if (root is not null && HooksShape.ProblemOf(root) is { } problem)
        {
            scope.Report.Warnings.Add(
                $"Codex reads no hook of hooks.json, not the master's either: {problem}. It is this follower's own and was left as it is; correct it or take it out.");
        }
    }

    private static bool SaysNothing(RawJson? root) => root is null || root.Members.All(member => member.Name == "hooks"
        && (HookMembers.SaysNothing(member.Value) || (member.Value.IsObject && member.Value.Members.All(item => item.Value is { IsList: true, Items.Count: 0 }))));

    private static IEnumerable<HookEntry> Handlers(RawJson? root) => HookEntry.ReadAll(root).Where(entry => !entry.Position.IsGroup);

    private void CollectTrust(LocalHooks hooks, MergedHooks merged)
    {
        foreach (var (portable, position, here) in hooks.Handlers)
        {
            if (scope.IsTrusted(portable) && merged.Canonical.TryGetValue(position, out var now) && HookTrust.Hash(here, scope.Context.Machine.Style) is { } hash)
            {
                Trusted.Add(new TrustedHook(now, hash, here));
            }
        }
    }
}
