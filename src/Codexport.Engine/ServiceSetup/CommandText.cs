using System.Text;
using Codexport.Engine.Platform.Processes;

namespace Codexport.Engine.ServiceSetup;

/// <summary>Commands as a person would type them on this platform.</summary>
internal static class CommandText
{
    /// <summary>The command, quoted for the usual shell where that is needed.</summary>
    public static string Format(string program, IEnumerable<string> arguments)
        => OperatingSystem.IsWindows() ? WindowsArguments.Join(arguments.Prepend(program)) : string.Join(' ', arguments.Prepend(program).Select(ForShell));

    /// <summary>What a program that failed said, in one line.</summary>
    public static string SaidBy(ProcessOutcome outcome)
    {
        var said = outcome.Error.Trim() is { Length: > 0 } error ? error : outcome.Output.Trim();
        return said.Length == 0 ? "it said nothing." : said.ReplaceLineEndings(" ");
    }

    private static string ForShell(string argument)
    {
        if (argument.Length > 0 && argument.All(letter => char.IsAsciiLetterOrDigit(letter) || "/._-+=:,@%".Contains(letter, StringComparison.Ordinal)))
        {
            return argument;
        }

        var quoted = new StringBuilder("'");
        foreach (var letter in argument)
        {
            _ = letter == '\'' ? quoted.Append("'\\''") : quoted.Append(letter);
        }

        return quoted.Append('\'').ToString();
    }
}
