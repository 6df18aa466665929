using System.Globalization;
using System.Text;

namespace Codexport.Engine.ServiceSetup;

/// <summary>
/// Writes words for unit files (systemd.service(5), "Command lines"): a word is unquoted with C escapes, then <c>%</c> is a specifier, and
/// in the arguments of a command <c>$</c> is a variable.
/// </summary>
internal static class SystemdQuoting
{
    /// <summary>What starts a program that systemd would not start.</summary>
    public const string Shell = "/bin/sh";

    /// <summary>How it becomes that program: the process stays the same one.</summary>
    public static readonly IReadOnlyList<string> ShellArguments = ["-c", "exec \"$0\" \"$@\""];

    /// <summary>A whole <c>ExecStart=</c> value.</summary>
    public static string CommandLine(string program, IEnumerable<string> arguments)
    {
        // systemd starts no program with such a sign in its path, however it is quoted; among the arguments it may be.
        if (program.Any(letter => letter is '"' or '\'' or '\\' || char.IsControl(letter)))
        {
            (program, arguments) = (Shell, [.. ShellArguments, program, .. arguments]);
        }

        // In the path of the program itself variables are not looked for, and '$$' would stay two.
        return string.Join(' ', arguments.Select(argument => Word(argument, isArgument: true)).Prepend(Word(program, isArgument: false)));
    }

    /// <summary>One word of an <c>Environment=</c> value.</summary>
    public static string Assignment(string name, string value) => Word($"{name}={value}", isArgument: false);

    /// <summary>A value that is taken as it is but for specifiers, such as a description. It must be one line.</summary>
    public static string Plain(string text) => text.ReplaceLineEndings(" ").Replace("%", "%%", StringComparison.Ordinal);

    private static string Word(string text, bool isArgument)
    {
        var word = new StringBuilder();
        var isBare = text.Length > 0;
        foreach (var letter in text)
        {
            isBare &= char.IsAsciiLetterOrDigit(letter) || "/._-+:=,@%".Contains(letter, StringComparison.Ordinal);
            switch (letter)
            {
                case '%': word.Append("%%"); break;
                case '$' when isArgument: word.Append("$$"); break;
                case '"' or '\\': word.Append('\\').Append(letter); break;
                case '\n': word.Append("\\n"); break;
                case < ' ' or '\u007f': word.Append(CultureInfo.InvariantCulture, $"\\x{(int)letter:x2}"); break;
                default: word.Append(letter); break;
            }
        }

        // A word that begins with one of the signs that stand before a program would be read as that sign.
        return isBare && text[0] is not ('-' or '@' or ':' or '+') || (isBare && isArgument) ? word.ToString() : $"\"{word}\"";
    }
}
