using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Paths;

namespace Codexport.Engine.Master.Building;

/// <summary>
/// Which folder a person would list so that links into it are followed: where dotfiles lie in a repository all of it, so that it is asked
/// for once; never the user's home or a folder above it.
/// </summary>
internal sealed class OutsideFolders(EngineContext context)
{
    // Read-only and open to every user by their purpose; the folders in them change their names with each generation.
    private static readonly string[] Stores = ["/nix/store", "/gnu/store"];

    /// <summary>The user's home, links resolved.</summary>
    public string Home { get; } = context.Files.ResolveLinks(context.Home.UserHome) ?? context.Home.UserHome;

    /// <summary>The folder, or the file itself where no folder is narrow enough; below the user's home it begins with <c>~/</c>.</summary>
    public string FolderToList(in FileEntry target)
    {
        var real = target.Path;
        if (Array.Find(Stores, store => PathBelow.Of(store, real, StringComparison.Ordinal) is not null) is { } found)
        {
            return found;
        }

        var folder = target.Kind == EntryKind.Directory ? real : Path.GetDirectoryName(real)!;
        var repository = folder;
        while (!IsTooWide(repository) && context.Files.TryGetEntry(Path.Join(repository, ".git")) is null)
        {
            repository = Path.GetDirectoryName(repository)!;
        }

        return Shorten(!IsTooWide(repository) ? repository : IsTooWide(folder) ? real : folder);
    }

    // The whole home, or what holds it, would allow links to nearly everything.
    private bool IsTooWide(string folder)
        => Path.GetDirectoryName(folder) is null
            || PathBelow.Of(folder, Home, StringComparison.OrdinalIgnoreCase) is not null
            || PathBelow.Of(folder, context.Home.UserHome, StringComparison.OrdinalIgnoreCase) is not null;

    private string Shorten(string folder)
        => PathBelow.Of(Home, folder, StringComparison.Ordinal) is { Length: > 0 } below ? "~/" + below : folder;
}
