using System.Text;
using Codexport.Engine.Codex;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Compose;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Building;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Paths;
using Codexport.Engine.Protocol;
using Codexport.Engine.Settings;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Master.Groups;

/// <summary>
/// What the followers of a group get: what everybody gets, with the files of <c>groups/NAME/</c> over it as a follower's own overrides lie
/// over canonical. Keys of configuration are laid over one by one; a skill is replaced as a whole; every other file by itself.
/// </summary>
internal sealed class GroupOverlay(EngineContext context, LocalSettings settings, Limits limits)
{
    private const string SkillsPrefix = "skills/";
    private const int MaxDepth = 32;

    private readonly ObjectStore _store = new(context.Files, context.Home.ObjectsFolder, context.Time);
    private readonly ConfigurationExport _export = new(context.PathsWith(settings.PathVariables), settings.CanonicalKeys, settings.MachineKeys);
    private readonly List<string> _warnings = [];

    /// <summary>Whole sentences for the person.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>The document of a group.</summary>
    /// <param name="name">The group's name.</param>
    /// <param name="common">What everybody gets.</param>
    /// <exception cref="CodexportException">A file of the group cannot be read, or its configuration does not parse.</exception>
    public RevisionDocument Compose(string name, RevisionDocument common)
    {
        var excludes = settings.GroupExcludes.GetValueOrDefault(name, []).Select(pattern => new Glob(pattern, ignoreCase: false, anyDepth: true)).ToList();
        var files = common.Files.Where(file => !excludes.Exists(glob => glob.Covers(file.Path))).ToDictionary(file => file.Path, StringComparer.Ordinal);
        var folder = GroupFolders.PathOf(context, name);
        var own = new List<(string Path, string Source, bool IsExecutable)>();
        Find(folder, string.Empty, own, 0);
        foreach (var skill in own.Select(file => SkillOf(file.Path)).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            // None of the common files of a skill is left in one that the group replaces.
            foreach (var path in files.Keys.Where(path => path.StartsWith(skill, StringComparison.OrdinalIgnoreCase)).ToList())
            {
                files.Remove(path);
            }
        }

        foreach (var (path, source, isExecutable) in own)
        {
            if (Read(name, path, source, files) is { } content)
            {
                files[path] = new RevisionFile(path, isExecutable && !CodexLayout.KindOf(path).HasPortablePaths(), content.Length, _store.Put(content));
            }
        }

        _store.Flush();
        return new RevisionDocument(files.Values, common.TrustedHooks, common.Platforms);
    }

    private static string? SkillOf(string path)
        => path.StartsWith(SkillsPrefix, StringComparison.Ordinal) && path.IndexOf('/', SkillsPrefix.Length) is > 0 and var end ? path[..(end + 1)] : null;

    private void Find(string folder, string target, List<(string Path, string Source, bool IsExecutable)> found, int depth)
    {
        if (depth > MaxDepth || context.Files.TryGetEntry(folder) is not { Kind: EntryKind.Directory })
        {
            return;
        }

        foreach (var entry in context.Files.Enumerate(folder).OrderBy(entry => entry.Path, StringComparer.Ordinal).ToList())
        {
            var name = Path.GetFileName(entry.Path);
            var path = target.Length == 0 ? name : $"{target}/{name}";
            if (CodexLayout.IsNeverExportedBelow(target, name) || AtomicFile.IsTemporaryName(name))
            {
                continue;
            }

            if (CodexLayout.IsCredential(path))
            {
                _warnings.Add($"'{ForeignText.Name(entry.Path)}' is ignored: a login is no part of a group.");
            }
            else if (entry.Kind == EntryKind.Directory)
            {
                Find(entry.Path, path, found, depth + 1);
            }
            else if (entry.Kind != EntryKind.File)
            {
                _warnings.Add($"'{ForeignText.Name(entry.Path)}' is ignored: links are not followed in a group.");
            }
            else if (SafePath.Check(path, settings.PortableNames ? PathRules.Portable : PathRules.Unix) is { } problem)
            {
                _warnings.Add($"'{ForeignText.Name(entry.Path)}' is left out: the name {problem}.");
            }
            else
            {
                found.Add((path, entry.Path, entry.IsExecutable));
            }
        }
    }

    // The published content of an own file; null when it does not leave.
    private byte[]? Read(string group, string path, string source, Dictionary<string, RevisionFile> files)
    {
        var bytes = AtomicFile.ReadAllBytes(context.Files, source, (int)Math.Min(limits.MaxFileSize, int.MaxValue));
        if (SecretContent.Judge(path, bytes, isLinked: false) is { } secret)
        {
            _warnings.Add($"'{ForeignText.Name(source)}' of the group '{group}' was left out: it {secret}.");
            return null;
        }

        return CodexLayout.KindOf(path) switch
        {
            CodexFileKind.Hooks => _export.Export(HooksFile.Parse(bytes, source)),
            CodexFileKind.Agent => TomlDocument.TryParse(bytes, source, out var agent, out _) ? _export.ExportValues(agent) : bytes,
            CodexFileKind.Configuration or CodexFileKind.Profile => Over(path, files.GetValueOrDefault(path), _export.Export(TomlDocument.Parse(bytes, source))),
            _ => bytes,
        };
    }

    private byte[] Over(string path, RevisionFile? common, byte[] own)
    {
        if (common is null)
        {
            return own;
        }

        using var stream = _store.OpenRead(common.Hash);
        using var text = new MemoryStream();
        stream.CopyTo(text);
        return Encoding.UTF8.GetBytes(ConfigMerge.Overlay(path, TomlDocument.Parse(text.ToArray(), path), TomlDocument.Parse(own, path)).ToString());
    }
}
