using System.Globalization;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Follower.Wire;

/// <summary>The size line of a chunk.</summary>
internal static class ChunkSize
{
    /// <summary>Bytes that the line may have.</summary>
    public const int MaxLine = 64;

    /// <summary>The size that a line without its end says.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.ProtocolViolation"/>.</exception>
    public static long Parse(MasterAddress master, ReadOnlySpan<byte> line)
    {
        var extension = line.IndexOf((byte)';');
        var digits = extension < 0 ? line : line[..extension].TrimEnd((byte)' ');
        return digits.Length is > 0 and <= 15 && line.Length <= MaxLine
            && long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size)
            ? size
            : throw MasterErrors.Violation(master, "a chunk's size is malformed");
    }
}
