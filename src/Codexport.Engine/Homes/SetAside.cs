using System.Globalization;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Homes;

/// <summary>
/// Makes room for a state file that is to be written anew. A damaged file or a link is simply replaced; what cannot be replaced by a file
/// (a folder, a pipe) is moved to a name beside it, because it may be somebody's.
/// </summary>
internal static class SetAside
{
    /// <summary>Moves away what stands at a path, when it is not a file or a link.</summary>
    /// <returns>Where it is now; null when nothing was moved.</returns>
    public static string? IfNotFile(EngineContext context, string path)
    {
        if (context.Files.TryGetEntry(path)?.Kind is null or EntryKind.File or EntryKind.SymbolicLink)
        {
            return null;
        }

        var stamp = context.Time.GetUtcNow().ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture);
        var target = $"{path}.set-aside-{stamp}";
        context.Files.Move(path, target, overwrite: true);
        ActivityLog.Append(context, $"What stood at '{path}' was not a file; it is now '{target}'.");
        return target;
    }
}
