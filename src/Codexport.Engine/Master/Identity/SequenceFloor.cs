using System.Globalization;
using System.Text;
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
    public static long Read(EngineContext context)
        => AtomicFile.TryReadAllBytes(context.Files, PathOf(context), MaxFileSize) is { } content
            && long.TryParse(Encoding.ASCII.GetString(content).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;

    /// <summary>Writes the number down, durably.</summary>
    public static void Write(EngineContext context, long number) => AtomicFile.Write(
        context.Files, PathOf(context), Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture) + "\n"), FilePermission.Private);

    private static string PathOf(EngineContext context) => Path.Combine(context.Home.MasterFolder, "sequence");
}
