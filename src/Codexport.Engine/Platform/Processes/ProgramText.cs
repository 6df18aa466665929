using System.Text;
using System.Text.Unicode;

namespace Codexport.Engine.Platform.Processes;

/// <summary>
/// What a program printed, as text. Codex, Git and PowerShell write UTF-8; the programs of Windows itself, such as <c>schtasks</c>, write
/// in the code page of the console, and nothing in what they write says so. UTF-8 is told from every other by its form.
/// </summary>
internal static class ProgramText
{
    /// <summary>A character of UTF-8 has four bytes at most, so three may be left of one that was cut off.</summary>
    private const int LongestRest = 3;

    /// <summary>Makes text of bytes that were read up to some limit.</summary>
    /// <param name="bytes">What was printed.</param>
    /// <param name="decodeOther">Reads the code page of the console; null where there is none, and what is not UTF-8 shows as replacements.</param>
    public static string Decode(ReadOnlySpan<byte> bytes, DecodeOther? decodeOther)
    {
        bytes = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        for (var rest = 0; rest <= Math.Min(LongestRest, bytes.Length); rest++)
        {
            if (Utf8.IsValid(bytes[..^rest]) && (rest == 0 || IsBeginning(bytes[^rest..])))
            {
                return Encoding.UTF8.GetString(bytes[..^rest]);
            }
        }

        return decodeOther?.Invoke(bytes) ?? Encoding.UTF8.GetString(bytes);
    }

    private static bool IsBeginning(ReadOnlySpan<byte> bytes)
        => Rune.DecodeFromUtf8(bytes, out _, out var length) == System.Buffers.OperationStatus.NeedMoreData && length == bytes.Length;

    /// <summary>Reads bytes in an encoding of the system; null when the system cannot.</summary>
    public delegate string? DecodeOther(ReadOnlySpan<byte> bytes);
}
