using System.Text;

namespace Codexport.Engine.Codex;

/// <summary>
/// A machine's own lines in <c>AGENTS.md</c>: a block below the master's text, between two marks. On the way to other machines the block is
/// taken out again.
/// </summary>
internal static class LocalInstructions
{
    /// <summary>The line above it.</summary>
    public const string Begin = "<!-- codexport: from here on this machine's own words, from AGENTS.local.md in ~/.codexport; change them there -->";

    /// <summary>The line below it.</summary>
    public const string End = "<!-- codexport: end of this machine's own words -->";

    /// <summary>Whether a file holds words at all.</summary>
    public static bool SaysSomething(ReadOnlySpan<byte> own) => !own.Trim(" \t\r\n"u8).IsEmpty;

    /// <summary>The master's text with the block below it.</summary>
    /// <param name="text">The master's text; empty when there is none.</param>
    /// <param name="own">The machine's own words.</param>
    public static byte[] Append(ReadOnlySpan<byte> text, ReadOnlySpan<byte> own)
    {
        var master = Encoding.UTF8.GetString(Remove(text));
        var newLine = master.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        var words = Encoding.UTF8.GetString(own).Trim('\uFEFF');
        var result = new StringBuilder(master);
        if (master.Length > 0)
        {
            result.Append(master.EndsWith('\n') ? string.Empty : newLine).Append(newLine);
        }

        result.Append(Begin).Append(newLine).Append(words).Append(words.EndsWith('\n') ? string.Empty : newLine).Append(End).Append(newLine);
        return Encoding.UTF8.GetBytes(result.ToString());
    }

    /// <summary>The text without the block, and without the empty line above it; the same bytes where there is none.</summary>
    public static byte[] Remove(ReadOnlySpan<byte> text)
    {
        var begin = text.IndexOf(Encoding.UTF8.GetBytes(Begin));
        var last = text.LastIndexOf(Encoding.UTF8.GetBytes(End));
        if (begin < 0 || last < begin || (begin > 0 && text[begin - 1] != '\n'))
        {
            return text.ToArray();
        }

        var above = text[..begin];
        var below = text[(last + End.Length)..];
        var isApart = above.EndsWith("\n\n"u8) || above.EndsWith("\n\r\n"u8);
        above = !isApart ? above : above[..^(above.EndsWith("\r\n"u8) ? 2 : 1)];
        below = below.StartsWith("\r\n"u8) ? below[2..] : below.StartsWith("\n"u8) ? below[1..] : below;
        return [.. above, .. below];
    }
}
