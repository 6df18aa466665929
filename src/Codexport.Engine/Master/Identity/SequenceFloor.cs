using System.Globalization;
using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Master.Identity;

/// <summary>
/// The sequence number that an imported master had reached elsewhere, <c>master/sequence</c>: whatever it signs here is above it, also where
/// the clock is behind.
/// </summary>
internal static class SequenceFloor
{
    private const int MaxFileSize = 64;

    /// <summary>The number; 0 when there is none.</summary>
    /// <param name="context">The home.</param>
    /// <param name="isNeeded">Whether nothing else says how far this master has come, so that a damaged number is an error.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.StateDamaged"/>.</exception>
    public static long Read(EngineContext context, bool isNeeded = false)
    {
        var path = PathOf(context);
        if (context.Files.TryGetEntry(path) is not { } entry)
        {
            return 0;
        }

        var content = entry is { Kind: EntryKind.File, Size: <= MaxFileSize } ? AtomicFile.ReadAllBytes(context.Files, path, MaxFileSize) : [];
        return long.TryParse(Encoding.ASCII.GetString(content).TrimEnd('\n'), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : !isNeeded ? 0
            : throw new CodexportException(
                ErrorCode.StateDamaged,
                $"The sequence number that this master has reached, '{path}', is damaged.",
                "Bring it back from a backup, or, if this machine's clock is right, move it away and run 'codexport master rebuild': the clock counts then.",
                path);
    }

    /// <summary>Writes the number down, durably.</summary>
    public static void Write(EngineContext context, long number) => AtomicFile.Write(
        context.Files, PathOf(context), Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture) + "\n"), FilePermission.Private);

    private static string PathOf(EngineContext context) => Path.Combine(context.Home.MasterFolder, "sequence");
}
