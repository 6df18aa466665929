namespace Codexport.Cli.Rendering;

/// <summary>Asks the person: only on a terminal, never with <c>--no-input</c> or <c>--json</c>.</summary>
/// <param name="output">Where the question goes.</param>
/// <param name="isAllowed">Whether asking was not ruled out.</param>
/// <param name="progress">The progress line, which makes room for the question.</param>
internal sealed class Prompt(Output output, bool isAllowed, ProgressLine? progress)
{
    private const int MaxHidden = 2048;

    /// <summary>Whether somebody is there to answer.</summary>
    public bool IsInteractive => isAllowed && !output.IsJson && !Console.IsInputRedirected && !Console.IsErrorRedirected;

    /// <summary>Asks a question that is answered with yes or no; no is the default, also when nobody is there.</summary>
    public bool Confirm(string question)
    {
        if (!IsInteractive)
        {
            return false;
        }

        progress?.Clear();
        output.Error.Write($"{Text.Printable(question)} [y/N] ");
        output.Error.Flush();
        return Console.In.ReadLine()?.Trim() is "y" or "Y" or "yes" or "Yes";
    }

    /// <summary>Asks for something that is not shown while it is typed. Only where <see cref="IsInteractive"/>.</summary>
    public char[] AskHidden(string question)
    {
        progress?.Clear();
        output.Error.Write(question);
        output.Error.Flush();
        var typed = new char[MaxHidden];
        var count = 0;
        for (var key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                count = Math.Max(0, count - 1);
            }
            else if (!char.IsControl(key.KeyChar) && count < typed.Length)
            {
                typed[count++] = key.KeyChar;
            }
        }

        output.Error.WriteLine();
        var answer = typed[..count];
        Array.Clear(typed);
        return answer;
    }
}
