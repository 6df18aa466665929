using Codexport.Engine.Codex;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Master.Building;

/// <summary>
/// Which symbolic links the scan follows: the person's own to a top-level item anywhere; deeper ones only into the Codex home, into what a
/// top-level link leads to, or into a root that the settings list. A link never makes anything leave that would not leave by itself.
/// </summary>
internal sealed class LinkPolicy
{
    private readonly EngineContext _context;
    private readonly string _home;
    private readonly List<string> _roots;

    /// <summary>Takes over the settings.</summary>
    /// <param name="context">The engine.</param>
    /// <param name="settings">The master's settings.</param>
    /// <param name="home">The Codex home, links resolved.</param>
    public LinkPolicy(EngineContext context, LocalSettings settings, string home)
    {
        _context = context;
        _home = home;
        _roots = [.. settings.ExportRoots
            .Select(root => root.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(context.Home.UserHome, root[2..]) : root)
            .Select(root => context.Files.ResolveLinks(Path.GetFullPath(root, context.Home.UserHome)))
            .OfType<string>()];
    }

    private StringComparison Comparison => _context.Files.IsCaseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    /// <summary>Follows a top-level link.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.FileUnreadable"/> when it dangles: that is an error, not a deletion.</exception>
    public FileEntry FollowTopLevel(string link)
    {
        if (_context.Files.ResolveLinks(link) is not { } real || _context.Files.TryGetEntry(real) is not { } target)
        {
            throw new CodexportException(
                ErrorCode.FileUnreadable,
                $"The symbolic link '{link}' leads nowhere.",
                "Correct or delete the link. The last good revision stays in service.",
                link);
        }

        if (target.Kind == EntryKind.Directory)
        {
            _roots.Add(real);
        }

        return target;
    }

    /// <summary>Follows a deeper link; null, with a warning, when that is not allowed or not possible.</summary>
    public FileEntry? Follow(ScanFolder folder, string path, string link)
    {
        var refusal = _context.Files.ResolveLinks(link) is { } real && _context.Files.TryGetEntry(real) is { } target
            ? Refuse(folder, path, target)
            : "leads nowhere";
        if (refusal is null)
        {
            return _context.Files.TryGetEntry(_context.Files.ResolveLinks(link)!);
        }

        folder.Warn($"The symbolic link '{path}' was left out: it {refusal}.");
        return null;
    }

    private string? Refuse(ScanFolder folder, string path, FileEntry target)
    {
        if (Below(_home, target.Path) is { } inHome)
        {
            if (CodexLayout.IsNeverExported(inHome) || (CodexLayout.IsCredential(inHome) && !CodexLayout.IsCredential(path)))
            {
                return "leads to something that is not exported there";
            }
        }
        else if (_roots.Select(root => Below(root, target.Path)).FirstOrDefault(below => below is not null) is not { } inRoot)
        {
            return "leads out of the Codex home; list its target's folder as roots under [export] in local.toml to follow it";
        }
        else if (HasNeverExportedName(inRoot))
        {
            return "leads to something that is not exported";
        }

        for (var above = folder; above is not null && target.Kind == EntryKind.Directory; above = above.Parent)
        {
            if (Below(target.Path, above.Source) is not null)
            {
                return "leads back to a folder that it is in";
            }
        }

        return null;
    }

    private static bool HasNeverExportedName(string path)
    {
        foreach (var range in path.AsSpan().Split('/'))
        {
            if (CodexLayout.IsNeverExportedBelow("-", path.AsSpan(range)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The path below a folder, with <c>/</c>; empty for the folder itself, null for what lies elsewhere.</summary>
    private string? Below(string folder, string path)
    {
        if (!path.StartsWith(folder, Comparison))
        {
            return null;
        }

        var rest = path[folder.Length..];
        var isWhole = rest.Length == 0 || Path.EndsInDirectorySeparator(folder) || rest[0] == Path.DirectorySeparatorChar;
        return isWhole ? rest.Replace(Path.DirectorySeparatorChar, '/').TrimStart('/') : null;
    }
}
