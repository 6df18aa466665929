using Codexport.Engine.Codex;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Paths;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Compose;

/// <summary>Decides which plain files shall be there: canonical, then local skills, then overrides.</summary>
internal sealed class FileLayer(ComposeScope scope)
{
    private const string SkillsPrefix = "skills/";

    private readonly LocalSettings _settings = scope.Input.Settings;
    private readonly OverlayLayers _overlay = scope.Overlay;
    private readonly CompositionReport _report = scope.Report;
    private readonly Dictionary<string, DesiredFile> _files = new(StringComparer.Ordinal);

    /// <summary>Files that are composed or judged by other rules.</summary>
    internal static bool IsPlain(string path) => CodexLayout.KindOf(path) is var kind && !kind.IsMerged() && kind != CodexFileKind.Credential;

    /// <summary>The files, in ordinal path order.</summary>
    internal IReadOnlyList<DesiredFile> Decide()
    {
        foreach (var file in scope.Input.Document.Files.Where(file => IsPlain(file.Path)))
        {
            _files[file.Path] = CodexLayout.KindOf(file.Path) == CodexFileKind.Agent
                ? Decode(file)
                : new DesiredFile(file.Path, file.Hash, file.IsExecutable, file.Size, ChangeReason.Canonical);
        }

        foreach (var skill in _overlay.Skills.GroupBy(file => SkillOf(file.Path) ?? file.Path, StringComparer.Ordinal))
        {
            AddSkill(skill.Key, [.. skill]);
        }

        AddOverrides();
        AddLocalInstructions();
        foreach (var file in _files.Values)
        {
            SafePath.Require(file.Path, scope.Context.Machine.NameRules);
        }

        return [.. _files.Values.OrderBy(file => file.Path, StringComparer.Ordinal)];
    }

    // A custom agent is replaced as a whole, like any other file, but its values speak of this machine's paths.
    private DesiredFile Decode(RevisionFile file)
    {
        var bytes = scope.Contents.ReadAll(file.Hash);
        if (!TomlDocument.TryParse(bytes, file.Path, out var document, out _))
        {
            return new DesiredFile(file.Path, file.Hash, file.IsExecutable, file.Size, ChangeReason.Canonical);
        }

        _report.Warnings.AddRange(PortableTexts.Decode(document, scope.Paths, file.Path).Select(key => PortableTexts.LeftOut(file.Path, key)));
        var decoded = document.ToBytes();
        return new DesiredFile(file.Path, scope.Contents.Add(decoded), file.IsExecutable, decoded.Length, ChangeReason.Canonical);
    }

    /// <summary>The folder of a skill as it is named to the person.</summary>
    internal static string FolderOf(string skill) => AgentsHome.IsOutsideCodexHome(skill) ? skill : SkillsPrefix + skill;

    /// <summary>
    /// The skill that a path belongs to: NAME for <c>skills/NAME/…</c>, <c>~/.agents/skills/NAME</c> for one of the second place; null for
    /// others.
    /// </summary>
    internal static string? SkillOf(string path)
    {
        if (path.StartsWith(AgentsHome.Skills + "/", StringComparison.Ordinal))
        {
            var slash = path.IndexOf('/', AgentsHome.Skills.Length + 1);
            return slash < 0 ? null : path[..slash];
        }

        var end = path.StartsWith(SkillsPrefix, StringComparison.Ordinal) ? path.IndexOf('/', SkillsPrefix.Length) : -1;
        return end < 0 ? null : path[SkillsPrefix.Length..end];
    }

    private static string Files(int count) => count == 1 ? "1 file" : $"{count} files";

    private void AddSkill(string name, IReadOnlyList<OverlayFile> files)
    {
        var folder = $"{SkillsPrefix}{name}/";
        var canonical = _files.Values.Where(file => file.Path.StartsWith(folder, StringComparison.OrdinalIgnoreCase)).ToList();
        var isIdentical = canonical.Count == files.Count
            && files.All(file => _files.TryGetValue(file.Path, out var other) && other.Hash == file.Hash);
        if (canonical.Count > 0 && !isIdentical)
        {
            var isAllowed = _settings.AllowSkillOverrides.Contains(name);
            var change = new ChangeInfo(
                folder.TrimEnd('/'), null, ChangeAction.Keep, isAllowed ? ChangeReason.Overlay : ChangeReason.Conflict,
                $"{Files(files.Count)} in ~/.codexport/skills/{name}", Files(canonical.Count),
                isAllowed
                    ? $"The skill '{name}' of ~/.codexport/skills stands in for the master's."
                    : $"Both ~/.codexport/skills and the master have a skill '{name}'; rename or remove yours, or add \"{name}\" to allowSkillOverrides in local.toml to let yours win.");
            if (!isAllowed)
            {
                _report.AddConflict(change);
                return;
            }

            _report.Changes.Add(change);
            _report.Warnings.Add(change.Note!);
            canonical.ForEach(file => _files.Remove(file.Path));
        }

        foreach (var file in files)
        {
            Add(file);
        }
    }

    // An override of a skill replaces the whole folder, so that no file of the master's is left in it.
    private void AddOverrides()
    {
        var plain = _overlay.Overrides.Where(file => IsPlain(file.Path)).ToList();
        foreach (var skill in plain.Select(file => SkillOf(file.Path)).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            foreach (var path in _files.Keys.Where(path => path.StartsWith($"{SkillsPrefix}{skill}/", StringComparison.OrdinalIgnoreCase)).ToList())
            {
                _files.Remove(path);
            }
        }

        plain.ForEach(Add);
        foreach (var file in _overlay.Overrides.Where(file => CodexLayout.IsCredential(file.Path)))
        {
            _report.Warnings.Add($"'overrides/{file.Path}' is ignored: credential files are no overlay; put the file into the Codex home itself.");
        }
    }

    private void AddLocalInstructions()
    {
        const string Path = CodexLayout.InstructionsFile;
        var context = scope.Context;
        var master = _files.GetValueOrDefault(Path);
        var own = AtomicFile.TryReadAllBytes(context.Files, context.Home.LocalInstructionsFile);
        if (!LocalInstructions.SaysSomething(own) || (master is null && scope.Applied(Path) is null && scope.Present.Read(Path).Hash is not null))
        {
            // A file that is the person's alone holds such words itself.
            return;
        }

        var text = LocalInstructions.Append(master is null ? [] : scope.Contents.ReadAll(master.Hash), own);
        _files[Path] = new DesiredFile(Path, scope.Contents.Add(text), master?.IsExecutable ?? false, text.Length, master?.Reason ?? ChangeReason.Overlay)
        {
            WithoutOwnWords = master?.Hash,
        };
    }

    private void Add(OverlayFile file)
    {
        scope.Contents.AddFile(file.Hash, file.Source);
        _files[file.Path] = new DesiredFile(file.Path, file.Hash, file.IsExecutable, file.Size, ChangeReason.Overlay);
    }
}
