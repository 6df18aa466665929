using System.Globalization;

namespace Codexport.Cli.Rendering;

/// <summary>What standard output leads to: a terminal that is given alignment, symbols and colour, or something that reads plain text.</summary>
/// <param name="IsRich">Whether text is laid out for a terminal; plain text stays as it is from version to version.</param>
/// <param name="HasColor">Whether it may be coloured.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Lines.</param>
internal sealed record Terminal(bool IsRich, bool HasColor, int Width, int Height)
{
    private const int UsualWidth = 80;
    private const int UsualHeight = 24;

    /// <summary>A file, a pipe, a program.</summary>
    public static Terminal Plain { get; } = new(false, false, UsualWidth, UsualHeight);

    /// <summary>
    /// What holds here. <c>NO_COLOR</c> and <c>--no-color</c> take the colour and leave the rest; <c>CLICOLOR_FORCE</c> makes a terminal of
    /// whatever is there, for <c>watch</c> and logs that show colour.
    /// </summary>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="isRedirected">Whether standard output is something else than a terminal.</param>
    /// <param name="noColor">Whether <c>--no-color</c> was given.</param>
    /// <param name="size">Asks the terminal how large it is.</param>
    public static Terminal Detect(Func<string, string?> environment, bool isRedirected, bool noColor, Func<(int Width, int Height)> size)
    {
        var isForced = environment("CLICOLOR_FORCE") is { Length: > 0 } force && force != "0";
        if ((isRedirected && !isForced) || environment("TERM") == "dumb")
        {
            return Plain;
        }

        var (width, height) = isRedirected ? (0, 0) : size();
        if (int.TryParse(environment("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out var columns) && (isRedirected || width <= 0))
        {
            width = columns;
        }

        var hasColor = !noColor && string.IsNullOrEmpty(environment("NO_COLOR"));
        return new Terminal(true, hasColor, width > 0 ? width : UsualWidth, height > 0 ? height : UsualHeight);
    }

    /// <summary>How large the console says that it is.</summary>
    public static (int Width, int Height) AskConsole()
    {
        try
        {
            return (Console.WindowWidth, Console.WindowHeight);
        }
        catch (IOException)
        {
            return (0, 0);
        }
    }
}
