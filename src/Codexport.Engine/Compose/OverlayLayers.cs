using System.Text;
using Codexport.Engine.Codex;
using Codexport.Engine.Content;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Compose;

/// <summary>One file of the person's overlay.</summary>
/// <param name="Path">Where it goes below the Codex home.</param>
/// <param name="Source">Where it lies.</param>
/// <param name="Hash">Its content's hash.</param>
/// <param name="IsExecutable">Whether it is executable.</param>
/// <param name="Size">Its length in bytes.</param>
internal sealed record OverlayFile(string Path, string Source, Sha256Hash Hash, bool IsExecutable, long Size);

/// <summary>What the person put beside <c>local.toml</c>: <c>mcps.local.toml</c>, <c>AGENTS.local.md</c>, <c>skills/</c> and <c>overrides/</c>.</summary>
internal sealed class OverlayLayers
{
    // Part of the overlay's hash: another way of composing must look again at a home that nobody touched.
    private const string ComposerVersion = "composer 2";

    private readonly EngineContext _context;
    private readonly StatCache _cache;
    private readonly HomeGlance? _glance;
    private readonly StringBuilder _inputs = new(ComposerVersion);

    private OverlayLayers(EngineContext context, StatCache cache, HomeGlance? glance) => (_context, _cache, _glance) = (context, cache, glance);

    /// <summary>Local skills: <c>skills/NAME/…</c>.</summary>
    internal List<OverlayFile> Skills { get; } = [];

    /// <summary>Explicit replacements, by the path that they replace.</summary>
    internal List<OverlayFile> Overrides { get; } = [];

    /// <summary>SHA-256 over everything that the person's side brings in, settings included.</summary>
    internal Sha256Hash Hash { get; private set; }

    internal static OverlayLayers Load(EngineContext context, StatCache cache, HomeGlance? glance = null)
    {
        var layers = new OverlayLayers(context, cache, glance);
        var home = context.Home;
        layers.Note("local.toml", home.SettingsFile);
        layers.Note("mcps.local.toml", home.LocalServersFile);
        layers.Note("AGENTS.local.md", home.LocalInstructionsFile);
        layers.Read(home.LocalSkillsFolder, "skills", "skills", layers.Skills, 0);
        layers.Read(home.OverridesFolder, "overrides", string.Empty, layers.Overrides, 0);
        layers.Hash = Sha256Hash.Of(Encoding.UTF8.GetBytes(layers._inputs.ToString()));
        return layers;
    }

    private void Note(string name, string path)
    {
        if (Follow(path) is { Kind: EntryKind.File } entry)
        {
            Note(name, _cache.HashOf("\u0001" + name, entry), false);
        }
    }

    private void Note(string name, Sha256Hash hash, bool isExecutable)
        => _inputs.Append('\n').Append(name).Append('\0').Append(isExecutable).Append('\0').Append(hash);

    private void Read(string folder, string name, string target, List<OverlayFile> found, int depth)
    {
        if (depth > 32)
        {
            // A link that leads back up.
            return;
        }

        Follow(folder);
        foreach (var listed in _context.Files.Enumerate(folder).OrderBy(entry => entry.Path, StringComparer.Ordinal))
        {
            var fileName = Path.GetFileName(listed.Path);
            if (CodexLayout.IsNeverExportedBelow(target, fileName) || AtomicFile.IsTemporaryName(fileName) || Follow(listed.Path) is not { } entry)
            {
                continue;
            }

            var path = target.Length == 0 ? fileName : $"{target}/{fileName}";
            if (entry.Kind == EntryKind.Directory)
            {
                Read(entry.Path, $"{name}/{fileName}", path, found, depth + 1);
            }
            else if (entry.Kind == EntryKind.File)
            {
                var hash = _cache.HashOf($"\u0001{name}/{fileName}", entry);
                Note($"{name}/{fileName}", hash, entry.IsExecutable);
                found.Add(new OverlayFile(path, entry.Path, hash, entry.IsExecutable, entry.Size));
            }
        }
    }

    // The overlay is the person's own: links in it are followed.
    private FileEntry? Follow(string path)
    {
        var entry = _context.Files.TryGetEntry(path);
        _glance?.Add(path, entry);
        if (entry is not { Kind: EntryKind.SymbolicLink })
        {
            return entry;
        }

        var followed = _context.Files.ResolveLinks(path) is { } target ? _context.Files.TryGetEntry(target) : null;
        _glance?.Add(followed?.Path ?? path, followed);
        return followed;
    }
}
