using System.Text;
using Codexport.Engine.Codex;
using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Paths;
using Codexport.Engine.Protocol;
using SafePathRules = Codexport.Engine.Platform.Paths.PathRules;

namespace Codexport.Engine.Follower.Verification;

/// <summary>
/// Which paths a master may make this follower write: below the Codex home, names that this platform can hold, no two that are one file
/// here, and nothing that belongs to one machine (sessions, databases, Codexport's own state).
/// </summary>
/// <param name="Rules">What this platform can hold.</param>
/// <param name="IsCaseSensitive">Whether names that differ in case alone are two files here.</param>
/// <param name="MaxPathSize">UTF-8 bytes of a path.</param>
internal sealed record ReceivablePaths(SafePathRules Rules, bool IsCaseSensitive, int MaxPathSize)
{
    private const string Remedy = "Nothing was changed. Rename or leave out this file on the master, then rebuild there.";

    /// <summary>Those of the machine that this runs on.</summary>
    public static ReceivablePaths Of(IFileSystem files, Limits limits) => new(SafePath.ThisPlatform, files.IsCaseSensitive, limits.MaxPathSize);

    /// <summary>Checks all paths of a document.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.PathInvalid"/> or <see cref="ErrorCode.LimitExceeded"/>, naming the path.</exception>
    public void Require(RevisionDocument document)
    {
        foreach (var file in document.Files)
        {
            RequireOne(file.Path);
        }

        if (PathCollisions.Find(document.Files.Select(file => file.Path), IsCaseSensitive) is [var collision, ..])
        {
            var (first, second) = (SafePath.Printable(collision.First), SafePath.Printable(collision.Second));
            throw new CodexportException(
                ErrorCode.PathInvalid, $"The paths '{first}' and '{second}' {collision.Reason}.", Remedy, collision.Second);
        }
    }

    private void RequireOne(string path)
    {
        var shown = SafePath.Printable(path);
        if (Encoding.UTF8.GetByteCount(path) > MaxPathSize)
        {
            throw new CodexportException(
                ErrorCode.LimitExceeded, $"The path '{shown}' passes the limit of {MaxPathSize} bytes for a path.", Remedy, shown);
        }

        SafePath.Require(path, Rules);
        if (!UnicodeForm.IsComposed(path))
        {
            throw SafePath.Invalid(path, "is not in Unicode form C");
        }

        if (CodexLayout.IsNeverExported(path))
        {
            throw SafePath.Invalid(path, "belongs to one machine alone, and a master may not write it");
        }
    }
}
