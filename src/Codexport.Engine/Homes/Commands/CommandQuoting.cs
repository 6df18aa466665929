using System.Text;

namespace Codexport.Engine.Homes.Commands;

/// <summary>Writes a text into a command line so that its reader takes it as it is, at a place that is quoted in a certain way.</summary>
internal static class CommandQuoting
{
    /// <summary>The text as it must be written there; null where there is no way that is known to be right.</summary>
    internal static string? Write(string text, CommandLanguage language, Quoting quoting) => quoting switch
    {
        Quoting.Comment => ContainsAny(text, "\r\n") ? null : text,
        Quoting.Opaque or Quoting.Escaped or Quoting.EscapedInDouble => IsPlain(text) ? text : null,
        _ => language switch
        {
            CommandLanguage.Sh => ForSh(text, quoting),
            CommandLanguage.Cmd => ForCmd(text, quoting),
            CommandLanguage.CmdArgument => ContainsAny(text, "\"%!&|<>^()@\r\n") ? null : text,
            CommandLanguage.PowerShell => ForPowerShell(text, quoting),
            _ => ForCode(text),
        },
    };

    /// <summary>Whether every shell takes each of the characters for itself, quoted or not.</summary>
    internal static bool IsPlain(string text) => text.All(IsPlain);

    private static bool ContainsAny(string text, string letters) => text.Any(letters.Contains);

    private static bool IsPlain(char letter)
        => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '.' or '_' or '-' or '+' or ':' or '@' or '%' || (letter > '\u007F' && char.IsLetterOrDigit(letter));

    private static string? ForSh(string text, Quoting quoting) => quoting switch
    {
        Quoting.Bare => IsPlain(text) ? text : Quoted(text),
        Quoting.Single => InSingle(text),
        Quoting.Double => Escape(text, letter => letter is '"' or '\\' or '$' or '`', '\\'),
        Quoting.DoubleBraced => ContainsAny(text, "'\"\\}") ? null : Escape(text, letter => letter is '$' or '`', '\\'),
        Quoting.Ansi => Escape(text, letter => letter is '\'' or '\\', '\\'),
        _ => null,
    };

    private static string Quoted(string text) => $"'{InSingle(text)}'";

    // Quotes and backslashes go outside of the quotes: there every shell reads them alike.
    private static string InSingle(string text)
    {
        var result = new StringBuilder(text.Length + 8);
        foreach (var letter in text)
        {
            _ = letter is '\'' or '\\' ? result.Append("'\\").Append(letter).Append('\'') : result.Append(letter);
        }

        return result.ToString();
    }

    // Without quotes there is no way: Codex hands the line to cmd.exe in such a way that a quotation mark arrives as a plain character.
    private static string? ForCmd(string text, Quoting quoting) => quoting switch
    {
        Quoting.Bare => text.All(IsPlainOnWindows) ? text : null,
        Quoting.Double => ContainsAny(text, "\"%!\r\n") ? null : text,
        Quoting.Loose => ContainsAny(text, "\"%!&|<>^()\r\n") ? null : text,
        _ => null,
    };

    private static bool IsPlainOnWindows(char letter) => (IsPlain(letter) && letter != '%') || letter is '\\' or '~' or '\'' or '$' or '#' or '{' or '}' or '[' or ']';

    private static string? ForPowerShell(string text, Quoting quoting) => quoting switch
    {
        Quoting.Bare => Escape(text, letter => !IsPlain(letter) && letter is not '\\', '`'),
        Quoting.Single => Double(text, PowerShellReader.IsSingleQuote),
        Quoting.Double => Escape(text, letter => letter is '`' or '$' || PowerShellReader.IsDoubleQuote(letter), '`'),
        _ => null,
    };

    // In the text of a string of another language these stand for themselves.
    private static string? ForCode(string text)
    {
        var forward = text.Length > 1 && text[1] == ':' ? text.Replace('\\', '/') : text;
        return forward.All(letter => IsPlain(letter) || letter is ' ' or '(' or ')' or '~' or ',' or ';' or '=' or '[' or ']' or '!' or '^') ? forward : null;
    }

    private static string? Escape(string text, Func<char, bool> isSpecial, char sign)
    {
        if (text.Contains('\n', StringComparison.Ordinal) && sign == '`')
        {
            return null;
        }

        var result = new StringBuilder(text.Length + 8);
        foreach (var letter in text)
        {
            _ = isSpecial(letter) ? result.Append(sign).Append(letter) : result.Append(letter);
        }

        return result.ToString();
    }

    private static string Double(string text, Func<char, bool> isQuote)
    {
        var result = new StringBuilder(text.Length + 8);
        foreach (var letter in text)
        {
            result.Append(letter, isQuote(letter) ? 2 : 1);
        }

        return result.ToString();
    }
}
