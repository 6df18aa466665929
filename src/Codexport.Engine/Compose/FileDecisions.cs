using Codexport.Engine.Apply;
using Codexport.Engine.Codex;
using Codexport.Engine.Platform.Paths;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Compose;

/// <summary>
/// Decides plain files one by one: what is ours is written and deleted, what was changed locally is drift, what we never wrote is not
/// touched without the person's word.
/// </summary>
internal sealed class FileDecisions
{
    private readonly CompositionInput _input;
    private readonly PresentFiles _present;
    private readonly CompositionReport _report;
    private readonly Dictionary<string, AppliedFile> _applied;
    private readonly HashSet<string> _respelled;
    private readonly HashSet<string> _keptSkills;
    private readonly Dictionary<string, string?> _linkedFolders = new(StringComparer.Ordinal);

    internal FileDecisions(CompositionInput input, PresentFiles present, CompositionReport report)
    {
        (_input, _present, _report) = (input, present, report);
        _applied = (input.Applied?.Files ?? []).Where(file => FileLayer.IsPlain(file.Path)).ToDictionary(file => file.Path, StringComparer.Ordinal);
        _respelled = [];
        _keptSkills = [];
    }

    internal void Decide(IReadOnlyList<DesiredFile> desired, CancellationToken cancellationToken)
    {
        var wanted = desired.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        var dropped = _applied.Values.Where(file => !wanted.Contains(file.Path)).ToList();
        var states = _present.ReadAll([.. wanted, .. dropped.Select(file => file.Path)], cancellationToken);
        FindRespelled(desired, dropped);
        FindKeptSkills(desired, states);
        foreach (var file in desired)
        {
            Decide(file, states[file.Path]);
        }

        foreach (var file in dropped)
        {
            Drop(file, states[file.Path]);
        }
    }

    // Where case does not count, another spelling of a dropped file is that file: it is deleted and written in one step.
    private void FindRespelled(IReadOnlyList<DesiredFile> desired, List<AppliedFile> dropped)
    {
        if (_present.IsCaseSensitive || dropped.Count == 0)
        {
            return;
        }

        var gone = dropped.Select(file => PathCollisions.KeyOf(file.Path, isCaseSensitive: false)).ToHashSet(StringComparer.Ordinal);
        var present = desired.Where(file => gone.Contains(PathCollisions.KeyOf(file.Path, isCaseSensitive: false)));
        _respelled.UnionWith(present.Select(file => file.Path));
    }

    // A skill of the follower's own, with a canonical name, in a home that is managed already.
    private void FindKeptSkills(IReadOnlyList<DesiredFile> desired, Dictionary<string, TargetState> states)
    {
        var foreign = desired.Where(file => file.Reason == ChangeReason.Canonical && IsForeign(file, states[file.Path]))
            .Select(file => FileLayer.SkillOf(file.Path)).OfType<string>().Distinct(StringComparer.Ordinal);
        foreach (var skill in foreign)
        {
            var isOurs = _applied.Keys.Any(path => FileLayer.SkillOf(path) == skill);
            var isAllowed = _input.Settings.AllowSkillOverrides.Contains(skill);
            if (isOurs || (_input.Applied is null && !isAllowed))
            {
                continue;
            }

            var note = isAllowed
                ? $"The skill '{skill}' of this follower stands in for the master's."
                : $"Both this follower and the master have a skill '{skill}'; rename or remove yours, or add \"{skill}\" to allowSkillOverrides in local.toml to let yours win.";
            var change = new ChangeInfo(
                FileLayer.FolderOf(skill), null, ChangeAction.Keep, isAllowed ? ChangeReason.KeptLocal : ChangeReason.Conflict, "a skill of this follower's own",
                "the master's skill", note);
            _keptSkills.Add(skill);
            if (isAllowed)
            {
                _report.Changes.Add(change);
                _report.Warnings.Add(note);
            }
            else
            {
                _report.AddConflict(change);
            }
        }
    }

    private bool IsForeign(DesiredFile file, TargetState now)
        => now.Hash is not null && !_applied.ContainsKey(file.Path) && !_present.Same(now, file.State) && !_respelled.Contains(file.Path);

    private void Decide(DesiredFile file, TargetState now)
    {
        var former = _applied.GetValueOrDefault(file.Path);
        if (FileLayer.SkillOf(file.Path) is { } skill && _keptSkills.Contains(skill))
        {
            return;
        }

        if (_respelled.Contains(file.Path))
        {
            Write(file, now, ChangeAction.Update, file.Reason);
        }
        else if (_present.Same(now, file.State))
        {
            _report.Manage(file.Path, file.Hash, file.IsExecutable, file.Size);
        }
        else if (former is null && now.Hash is null)
        {
            Write(file, now, ChangeAction.Add, file.Reason);
        }
        else if (former is null && now.Hash == file.WithoutOwnWords)
        {
            Write(file, now, ChangeAction.Update, file.Reason);
        }
        else if (former is null)
        {
            Adopt(file, now);
        }
        else if (_present.Same(now, new TargetState(former.Hash, former.IsExecutable)))
        {
            Write(file, now, ChangeAction.Update, file.Reason);
        }
        else
        {
            Drifted(file, now, former);
        }
    }

    private void Adopt(DesiredFile file, TargetState now)
    {
        var link = _present.LinkAt(file.Path);
        if (_input.Adopt || file.Reason == ChangeReason.Overlay)
        {
            Write(file, now, ChangeAction.Update, file.Reason, link is null
                ? "The file that was here goes to the backup."
                : $"The link to '{link}' makes way; what it leads to stays as it is, and a copy of that goes to the backup.");
            return;
        }

        _report.ToAdopt.Add(file.Path);
        if (link is not null)
        {
            _report.LinksToAdopt[file.Path] = link;
        }

        _report.Changes.Add(new ChangeInfo(
            file.Path, null, ChangeAction.Update, ChangeReason.Conflict, link is null ? "a file that differs" : $"a link to '{link}'", "the master's file",
            "Codexport never wrote this file; --adopt backs it up and takes the master's."));
    }

    private void Drifted(DesiredFile file, TargetState now, AppliedFile former)
    {
        _report.Drift.Add(file.Path);
        if (_input.Settings.OnDrift == DriftPolicy.Canonical)
        {
            Write(file, now, now.Hash is null ? ChangeAction.Add : ChangeAction.Update, ChangeReason.Drift,
                now.Hash is null ? "It was deleted here." : "It was changed here; the changed file goes to the backup.");
            return;
        }

        _report.Managed.Add(former with { ModifiedTicks = 0 });
        _report.Changes.Add(new ChangeInfo(
            file.Path, null, ChangeAction.Keep, ChangeReason.Drift, Note: now.Hash is null ? "It was deleted here." : "It was changed here."));
    }

    // Nothing is written through a link below the home. All of them are named at once.
    private void LookForLinks(string path)
    {
        for (var slash = path.IndexOf('/', TargetGuard.RootLength(path) + 1); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            var folder = path[..slash];
            if (!_linkedFolders.TryGetValue(folder, out var target))
            {
                _linkedFolders[folder] = target = _present.LinkAt(folder);
            }

            if (target is not null)
            {
                _report.LinksInTheWay[folder] = target;
                return;
            }
        }

        if (!CodexLayout.KindOf(path).FollowsLink() && _present.LinkAt(path) is { } link)
        {
            _report.LinksInTheWay[path] = link;
        }
    }

    private void Write(DesiredFile file, TargetState now, ChangeAction action, ChangeReason reason, string? note = null)
    {
        LookForLinks(file.Path);
        if (now.Hash is not null)
        {
            _present.BeforeWrite(file.Path, _report);
        }

        _report.Steps.Add(PlannedChanges.Of(file.Path, now, file.State, file.Size));
        _report.Manage(file.Path, file.Hash, file.IsExecutable, file.Size);
        _report.Changes.Add(new ChangeInfo(file.Path, null, action, reason, Note: note));
    }

    private void Drop(AppliedFile file, TargetState now)
    {
        if (now.Hash is null)
        {
            return;
        }

        if (_present.Same(now, new TargetState(file.Hash, file.IsExecutable)))
        {
            LookForLinks(file.Path);
            _report.Steps.Add(PlannedChanges.Of(file.Path, now, TargetState.Absent));
            _report.Changes.Add(new ChangeInfo(file.Path, null, ChangeAction.Remove, ChangeReason.Canonical));
            return;
        }

        _report.Drift.Add(file.Path);
        _report.Changes.Add(new ChangeInfo(
            file.Path, null, ChangeAction.Keep, ChangeReason.KeptLocal, Note: "The master dropped this file, and it was changed here: it stays, and is yours now."));
    }
}
