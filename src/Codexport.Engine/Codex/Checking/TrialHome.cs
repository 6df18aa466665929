using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Paths;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Codex.Checking;

/// <summary>
/// A private throw-away Codex home that holds files as they will be. Paths below the real Codex home lead into this one, so that a file that
/// is about to come counts as being there. Disposing removes it.
/// </summary>
internal sealed class TrialHome : IDisposable
{
    private const string Prefix = "check-";

    private static readonly TimeSpan StaleAfter = TimeSpan.FromMinutes(1);

    private readonly EngineContext _context;
    private readonly Func<string, byte[]?> _find;

    private TrialHome(EngineContext context, string folder, Func<string, byte[]?> find) => (_context, Folder, _find) = (context, folder, find);

    /// <summary>Where it lies.</summary>
    public string Folder { get; }

    /// <summary>Makes an empty one, and clears what a killed check left.</summary>
    /// <param name="context">The real home and the disk.</param>
    /// <param name="parent">The folder to make it in.</param>
    /// <param name="find">A file of the home as it will be, by relative path; null when there will be none.</param>
    public static TrialHome Create(EngineContext context, string parent, Func<string, byte[]?> find)
    {
        ClearStale(context, parent);
        var folder = Path.Join(parent, Prefix + Guid.NewGuid().ToString("N"));
        context.Files.CreateDirectory(folder, FilePermission.Private);

        // As Codex spells it in its messages.
        return new TrialHome(context, context.Files.ResolveLinks(folder) ?? folder, find);
    }

    /// <summary>Writes a file that is judged, and the files that its keys name.</summary>
    /// <param name="path">Where it lies in the real home.</param>
    /// <param name="content">Its content there.</param>
    /// <param name="name">Where it is written here; null for the same place.</param>
    public void Add(string path, byte[] content, string? name = null)
    {
        if (!CodexLayout.KindOf(path).IsConfiguration() && CodexLayout.KindOf(path) != CodexFileKind.Agent || !TomlDocument.TryParse(content, path, out var document, out _))
        {
            Write(name ?? path, content);
            return;
        }

        foreach (var named in NamedFiles.Of(_context, document.Root))
        {
            Supply(named);
        }

        var isMapped = document.MapStrings((_, text) => NamedFiles.RelativeTo(_context, text) is { } relative ? Path.Join(Folder, relative) : null) > 0;
        Write(name ?? path, isMapped ? document.ToBytes() : content);
    }

    /// <summary>Writes a file that something judged refers to, as it will be; false when it is not to be had or is there already.</summary>
    public bool Supply(string relative)
    {
        if (SafePath.Check(relative, SafePath.ThisPlatform) is not null || _context.Files.TryGetEntry(Path.Join(Folder, relative)) is not null
            || _find(relative) is not { } content)
        {
            return false;
        }

        Write(relative, content);
        return true;
    }

    /// <summary>The path below this home of an absolute one; null for what lies elsewhere.</summary>
    public string? Below(string absolute)
    {
        var relative = Path.GetRelativePath(Folder, absolute);
        return Path.IsPathRooted(relative) || relative.StartsWith("..", StringComparison.Ordinal) ? null : relative.Replace('\\', '/');
    }

    /// <summary>A message of Codex's about this home as it is about the real one.</summary>
    public string Real(string message) => message.Replace(Folder, _context.Home.CodexFolder, StringComparison.Ordinal);

    /// <inheritdoc/>
    public void Dispose() => FolderRemoval.Remove(_context.Files, Folder);

    private void Write(string relative, byte[] content)
    {
        var path = SafePath.Combine(Folder, relative);
        _context.Files.CreateDirectory(Path.GetDirectoryName(path)!, FilePermission.Private);
        AtomicFile.Write(_context.Files, path, content, FilePermission.Private);
    }

    // A killed check leaves its home, and that one may hold secrets.
    private static void ClearStale(EngineContext context, string parent)
    {
        var before = (context.Time.GetUtcNow() - StaleAfter).UtcTicks;
        foreach (var entry in context.Files.Enumerate(parent).Where(entry => entry.Kind == EntryKind.Directory).ToList())
        {
            if (Path.GetFileName(entry.Path) is { Length: 38 } name && name.StartsWith(Prefix, StringComparison.Ordinal) && entry.ModifiedTicks < before)
            {
                FolderRemoval.Remove(context.Files, entry.Path);
            }
        }
    }
}
