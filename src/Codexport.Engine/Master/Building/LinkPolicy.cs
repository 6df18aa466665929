using Codexport.Engine.Codex;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Paths;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Master.Building;

/// <summary>
/// Which symbolic links the scan follows. What a link leads to is judged by where it really is and what it is, never by the link's own
/// name: inside the Codex home it must be something that leaves by itself; outside it must lie in a folder that the settings list under
/// <c>roots</c>. State of Codexport, places of secrets and another user's files never leave through a link.
/// </summary>
internal sealed class LinkPolicy
{
    private readonly EngineContext _context;
    private readonly ExportPolicy _policy;
    private readonly string _home;
    private readonly ProtectedPlaces _protected;
    private readonly OutsideFolders _outside;
    private readonly List<string> _roots;

    /// <summary>Takes over the settings.</summary>
    /// <param name="context">The engine.</param>
    /// <param name="settings">The master's settings.</param>
    /// <param name="policy">What leaves by itself.</param>
    /// <param name="home">The Codex home, links resolved.</param>
    public LinkPolicy(EngineContext context, LocalSettings settings, ExportPolicy policy, string home)
    {
        (_context, _policy, _home) = (context, policy, home);
        _protected = new ProtectedPlaces(context, policy, home);
        _outside = new OutsideFolders(context);
        _roots = [.. settings.ExportRoots
            .Select(root => root == "~" || root.StartsWith("~/", StringComparison.Ordinal) ? Path.Join(context.Home.UserHome, root[1..]) : root)
            .Select(root => context.Files.ResolveLinks(Path.GetFullPath(root, context.Home.UserHome)))
            .OfType<string>()];
    }

    private StringComparison Comparison => _context.Files.IsCaseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    /// <summary>Lets links lead into a folder, links resolved, that is exported itself.</summary>
    public void AddRoot(string folder) => _roots.Add(folder);

    /// <summary>Follows a link; null, with a warning, when that is not allowed or not possible.</summary>
    /// <param name="folder">The folder that the link is in.</param>
    /// <param name="path">Where it is in the export.</param>
    /// <param name="link">Where it is on the disk.</param>
    /// <exception cref="CodexportException">
    /// <see cref="ErrorCode.FileUnreadable"/> when a top-level link dangles: that is an error, not a deletion.
    /// </exception>
    public LinkTarget? Follow(ScanFolder folder, string path, string link)
    {
        if (_context.Files.ResolveLinks(link) is not { } real || _context.Files.TryGetEntry(real) is not { } target)
        {
            if (folder.Parent is null)
            {
                throw new CodexportException(
                    ErrorCode.FileUnreadable,
                    $"The symbolic link '{SafePath.Printable(link)}' leads nowhere.",
                    "Correct or delete the link. The last good revision stays in service.",
                    link);
            }

            WarnOf(folder, path, "leads nowhere");
            return null;
        }

        var inHome = PathBelow.Of(_home, target.Path, Comparison);
        if ((inHome is null ? RefuseOutside(folder, path, target) : RefuseInside(path, inHome, target)) is { } refusal)
        {
            if (refusal.Length > 0)
            {
                WarnOf(folder, path, refusal);
            }

            return null;
        }

        if (LeadsBack(folder, target))
        {
            WarnOf(folder, path, "leads back to a folder that it is in");
            return null;
        }

        return new LinkTarget(target, inHome);
    }

    /// <summary>Why an entry of a folder that was reached through a link stays; null when it may leave.</summary>
    /// <param name="path">Where it would be in the export.</param>
    /// <param name="inHome">Where it really is below the Codex home; null for a place outside.</param>
    /// <param name="entry">The entry, which is not a link itself.</param>
    public string? RefuseBelowLink(string path, string? inHome, in FileEntry entry) => inHome is null
        ? RefuseSecretPlace(path, entry) ?? RefuseName(path, Path.GetFileName(entry.Path.AsSpan()))
        : RefuseInside(path, inHome, entry);

    /// <summary>Why a file with several names stays: one of the others is something that does not leave.</summary>
    public string? RefuseOtherNames(string path, in FileEntry entry)
        => entry.IsForeign ? "is a hard link to a file of another user" : _protected.RefuseHardLink(path, entry.Path);

    private static void WarnOf(ScanFolder folder, string path, string refusal)
        => folder.Warn($"The symbolic link '{SafePath.Printable(path)}' was left out: it {refusal}.");

    private string? RefuseInside(string path, string inHome, in FileEntry target)
    {
        if (inHome.Length > 0 && !_policy.LeavesByItself(inHome, target.Kind == EntryKind.Directory))
        {
            return "leads to something in the Codex home that does not leave by itself";
        }

        if (CodexLayout.IsCredential(inHome) && !CodexLayout.IsCredential(path))
        {
            return "leads to a login, which leaves under its own name alone";
        }

        // These leave in a portable form, without what belongs to the machine; under another name they would leave as they are.
        return target.Kind == EntryKind.File && KindOf(inHome) is var kind and (CodexFileKind.Configuration or CodexFileKind.Hooks) && KindOf(path) != kind
            ? "leads to a file that leaves in its portable form and under a name of its kind alone"
            : RefuseSecretPlace(path, target);
    }

    // An empty reason: it is told once for all links into the same folder.
    private string? RefuseOutside(ScanFolder folder, string path, in FileEntry target)
    {
        if (RefuseSecretPlace(path, target) is { } refusal)
        {
            return refusal;
        }

        // What the user's home itself is called says nothing of what is in it.
        var real = target.Path;
        var named = (PathBelow.Of(_outside.Home, real, Comparison) ?? real).Replace(Path.DirectorySeparatorChar, '/');
        foreach (var range in named.AsSpan().Split('/'))
        {
            if (RefuseName(path, named.AsSpan(range)) is { } name)
            {
                return name;
            }
        }

        if (_roots.Exists(root => PathBelow.Of(root, real, Comparison) is not null))
        {
            return null;
        }

        folder.LeadsOutside(path, _outside.FolderToList(target));
        return string.Empty;
    }

    private string? RefuseSecretPlace(string path, in FileEntry target)
        => _protected.IsState(target) ? "leads into Codexport's own state"
            : ProtectedPlaces.IsSystemPlace(target.Path) ? "leads into a file system of the kernel"
            : target.IsForeign ? "leads to something that belongs to another user"
            : target.HasOtherNames ? _protected.RefuseHardLink(path, target.Path)
            : null;

    // A profile is configuration as config.toml is.
    private static CodexFileKind KindOf(string path)
        => CodexLayout.KindOf(path) is var kind && kind.IsConfiguration() ? CodexFileKind.Configuration : kind;

    private static string? RefuseName(string path, ReadOnlySpan<char> name)
        => CodexLayout.IsNeverExportedBelow("-", name) || (SecretNames.Contains(name) && !CodexLayout.IsCredential(path))
            ? "leads to something that is not exported"
            : null;

    private bool LeadsBack(ScanFolder folder, FileEntry target)
    {
        for (var above = folder; above is not null && target.Kind == EntryKind.Directory; above = above.Parent)
        {
            if (PathBelow.Of(target.Path, above.Source, Comparison) is not null)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>What a link leads to.</summary>
/// <param name="Entry">The file or folder, links resolved.</param>
/// <param name="InHome">Where it is below the Codex home; null for a place outside.</param>
internal readonly record struct LinkTarget(FileEntry Entry, string? InHome);
