using System.Text;

namespace Codexport.Engine.ServiceSetup;

/// <summary>Puts arguments into one command line so that <c>CommandLineToArgvW</c> and the C runtime read the same arguments back.</summary>
internal static class WindowsArguments
{
    /// <summary>The command line.</summary>
    public static string Join(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(Quote));

    private static string Quote(string argument)
    {
        if (argument.Length > 0 && !argument.AsSpan().ContainsAny(" \t\n\v\""))
        {
            return argument;
        }

        var quoted = new StringBuilder("\"");
        var backslashes = 0;
        foreach (var letter in argument)
        {
            if (letter == '\\')
            {
                backslashes++;
                continue;
            }

            // Backslashes count double only where a quotation mark follows.
            quoted.Append('\\', letter == '"' ? (backslashes * 2) + 1 : backslashes).Append(letter);
            backslashes = 0;
        }

        return quoted.Append('\\', backslashes * 2).Append('"').ToString();
    }
}
