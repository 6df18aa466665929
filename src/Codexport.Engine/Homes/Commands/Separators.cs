using System.Buffers;

namespace Codexport.Engine.Homes.Commands;

/// <summary>Which separators of a path in a command line follow the platform: those of the path that a value begins.</summary>
internal static class Separators
{
    private static readonly SearchValues<char> EndOfBare = SearchValues.Create(" \t\r\n\"'`;|&<>()$");

    /// <summary>
    /// The text with the backslashes of paths that were written on Windows turned round. A shell of Unix would take them for signs that
    /// take the meaning of the next character away.
    /// </summary>
    internal static string ToForward(MarkedText marked)
    {
        var text = marked.Text.ToCharArray();
        foreach (var place in marked.Values.Keys)
        {
            if (place + 2 < text.Length && text[place + 1] == '\\' && IsOfAName(text[place + 2]))
            {
                for (var index = place + 1; index < EndOf(marked.Text, place); index++)
                {
                    text[index] = text[index] == '\\' ? '/' : text[index];
                }
            }
        }

        return new string(text);
    }

    /// <summary>Where slashes stand in the path that begins a word at a place.</summary>
    internal static IEnumerable<int> ToTurnBack(string text, int place)
        => place > 0 && !char.IsWhiteSpace(text[place - 1]) && text[place - 1] is not ('"' or '\'') ? []
            : Enumerable.Range(place + 1, EndOf(text, place) - place - 1).Where(index => text[index] == '/');

    private static bool IsOfAName(char letter) => char.IsLetterOrDigit(letter) || letter is '.' or '_' or '-' or '@';

    private static int EndOf(string text, int place)
    {
        var quote = place > 0 && text[place - 1] is '"' or '\'' ? text[place - 1] : '\0';
        var length = quote == '\0' ? text.AsSpan(place + 1).IndexOfAny(EndOfBare) : text.AsSpan(place + 1).IndexOf(quote);
        return length < 0 ? text.Length : place + 1 + length;
    }
}
