using System.Text;
using System.Text.Encodings.Web;

namespace Codexport.Engine.Content;

/// <summary>
/// Escapes only what RFC 8259 demands: quotation mark, backslash and control characters below U+0020, in the short form where there is
/// one, else as \u00xx in lowercase. The framework's own encoders escape by the Unicode version they know, so the same text would not hash
/// to the same value under every runtime.
/// </summary>
internal sealed unsafe class CanonicalJsonEncoder : JavaScriptEncoder
{
    /// <summary>The one instance; it has no state.</summary>
    public static readonly CanonicalJsonEncoder Instance = new();

    /// <inheritdoc/>
    public override int MaxOutputCharactersPerInputCharacter => 6;

    /// <inheritdoc/>
    public override bool WillEncode(int unicodeScalar) => unicodeScalar is < 0x20 or '"' or '\\';

    /// <inheritdoc/>
    public override int FindFirstCharacterToEncode(char* text, int textLength)
    {
        // Nearly all text has nothing of the kind, and whole vectors of it are passed at once.
        var whole = new ReadOnlySpan<char>(text, textLength);
        if (!whole.ContainsAnyExceptInRange(' ', '\ud7ff') && !whole.ContainsAny('"', '\\'))
        {
            return -1;
        }

        for (var index = 0; index < textLength; index++)
        {
            // An unpaired surrogate has no UTF-8 form; reporting it lets the writer put U+FFFD there.
            if (WillEncode(text[index]) || IsUnpaired(whole, index))
            {
                return index;
            }
        }

        return -1;
    }

    /// <inheritdoc/>
    public override bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        var destination = new Span<char>(buffer, bufferLength);
        var text = unicodeScalar switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\b' => "\\b",
            '\f' => "\\f",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            < 0x20 => $"\\u{unicodeScalar:x4}",
            _ => new Rune(unicodeScalar).ToString(),
        };
        var fits = text.TryCopyTo(destination);
        numberOfCharactersWritten = fits ? text.Length : 0;
        return fits;
    }

    private static bool IsUnpaired(ReadOnlySpan<char> text, int index)
        => (char.IsHighSurrogate(text[index]) && (index + 1 >= text.Length || !char.IsLowSurrogate(text[index + 1])))
            || (char.IsLowSurrogate(text[index]) && (index == 0 || !char.IsHighSurrogate(text[index - 1])));
}
