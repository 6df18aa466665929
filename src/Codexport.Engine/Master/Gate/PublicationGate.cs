using System.Text;
using Codexport.Engine.Codex;
using Codexport.Engine.Content;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Building;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Master.Gate;

/// <summary>
/// Looks through what a publication would bring and what was published last does not have. A file whose content is published already, under
/// whatever name, is not judged; of a file that changed, only what its published content does not hold.
/// </summary>
internal sealed class PublicationGate(EngineContext context, LocalSettings settings)
{
    // What is larger is read by no model as a whole, and by no person.
    private const long MaxJudged = 4 << 20;

    private readonly ObjectStore _store = new(context.Files, context.Home.ObjectsFolder, context.Time);
    private readonly Confirmations _confirmations = new(context);

    /// <summary>What is found, neither confirmed nor silenced, in the order of the paths.</summary>
    /// <param name="files">The files of the publication that are new or differ, sorted by path.</param>
    /// <param name="platforms">Its configuration by platform.</param>
    /// <param name="published">What was published last; null when nothing was.</param>
    public IReadOnlyList<GateFinding> Judge(
        IEnumerable<(string Path, Sha256Hash Hash, long Size)> files, IReadOnlyDictionary<string, string> platforms, RevisionDocument? published)
    {
        var before = new Dictionary<string, RevisionFile>(StringComparer.Ordinal);
        var known = new HashSet<Sha256Hash>();
        foreach (var file in published?.Files ?? [])
        {
            before[file.Path] = file;
            known.Add(file.Hash);
        }

        var found = new List<GateFinding>();
        foreach (var (path, hash, size) in files)
        {
            if (!known.Contains(hash) && size <= MaxJudged && !CodexLayout.IsCredential(path))
            {
                var old = before.TryGetValue(path, out var file) && file.Size <= MaxJudged && _store.Contains(file.Hash) ? Read(file.Hash) : [];
                Add(found, path, JudgedPlace.In(path, Read(hash)), JudgedPlace.In(path, old));
            }
        }

        foreach (var (name, toml) in platforms)
        {
            var old = published?.Platforms.GetValueOrDefault(name);
            if (old != toml)
            {
                Add(found, "local.toml", JudgedPlace.InPlatform(toml), old is null ? [] : JudgedPlace.InPlatform(old));
            }
        }

        return found;
    }

    /// <summary>The same of what a group gets beyond what everybody gets, which is judged by itself.</summary>
    /// <param name="group">The group's name.</param>
    /// <param name="document">What its followers would get.</param>
    /// <param name="common">What everybody would get.</param>
    /// <param name="published">What its followers got last; null when that was what everybody got.</param>
    public IReadOnlyList<GateFinding> JudgeGroup(string group, RevisionDocument document, RevisionDocument common, RevisionDocument? published)
    {
        var known = common.Files.Concat(published?.Files ?? []).Select(file => file.Hash).ToHashSet();
        var found = new List<GateFinding>();
        foreach (var file in document.Files.Where(file => !known.Contains(file.Hash) && file.Size <= MaxJudged && !CodexLayout.IsCredential(file.Path)))
        {
            var before = new[] { common, published }.Select(other => other?.Files.FirstOrDefault(old => old.Path == file.Path && old.Size <= MaxJudged))
                .Where(old => old is not null && _store.Contains(old.Hash)).SelectMany(old => JudgedPlace.In(file.Path, Read(old!.Hash)));
            Add(found, $"groups/{group}/{file.Path}", JudgedPlace.In(file.Path, Read(file.Hash)), [.. before]);
        }

        return found;
    }

    /// <summary>Remembers findings as confirmed.</summary>
    public void Confirm(IEnumerable<GateFinding> findings)
        => _confirmations.Add(findings.Select(item => (item.Finding.Rule, item.Finding.Path, item.Mark)));

    private void Add(List<GateFinding> found, string path, IReadOnlyList<JudgedPlace> places, IReadOnlyList<JudgedPlace> before)
    {
        var known = before.Select(place => place.Mark).ToHashSet();
        foreach (var place in places.Where(place => known.Add(place.Mark)))
        {
            if (!IsSilenced(place.Rule, path) && !_confirmations.Has(place.Rule, path, place.Mark))
            {
                found.Add(new GateFinding(
                    new ScanFinding(place.Rule, path, LineInSource(path, place), place.Message)
                    {
                        Key = place.Key,
                        IgnoreEntry = $"{ScanIgnore.WordOf(place.Rule)}:{path}",
                    },
                    place.Mark));
            }
        }
    }

    private bool IsSilenced(ScanRule rule, string path)
        => settings.ScanIgnore.Any(entry => entry.Rule == rule && new Glob(entry.Pattern, ignoreCase: false, anyDepth: false).Covers(path));

    /// <summary>
    /// The line in the file as the person has it: of configuration, keys of one machine are taken out on the way, so lines move up. A line
    /// that is not found there, because paths in it were exchanged, keeps its number.
    /// </summary>
    private int LineInSource(string path, JudgedPlace place)
    {
        var isSettings = path == "local.toml";
        if (!isSettings && !CodexLayout.KindOf(path).HasPortablePaths())
        {
            return place.Line;
        }

        var file = isSettings ? context.Home.SettingsFile : context.Home.Locate(path);
        var lines = AtomicFile.TryReadAllBytes(context.Files, file) is { } source ? JudgedPlace.In(path, source) : [];
        return (isSettings && AtomicFile.TryReadAllBytes(context.Files, file) is { } toml ? JudgedPlace.InPlatform(Encoding.UTF8.GetString(toml)) : lines)
            .FirstOrDefault(other => other.Mark == place.Mark)?.Line ?? place.Line;
    }

    private byte[] Read(Sha256Hash hash)
    {
        using var stream = _store.OpenRead(hash);
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}

/// <summary>A finding, and the hash by which it is remembered.</summary>
/// <param name="Finding">What a person sees.</param>
/// <param name="Mark">See <see cref="JudgedPlace.Mark"/>.</param>
internal sealed record GateFinding(ScanFinding Finding, Sha256Hash Mark);
