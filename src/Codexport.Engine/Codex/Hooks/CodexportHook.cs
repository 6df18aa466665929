using System.Text;
using System.Text.RegularExpressions;
using Codexport.Engine.Homes;

namespace Codexport.Engine.Codex.Hooks;

/// <summary>The one hook that is Codexport's own: what it looks like, and how it is told from all others.</summary>
public static partial class CodexportHook
{
    /// <summary>The event.</summary>
    public const string Event = "SessionStart";

    /// <summary>The sources at which it runs; not after a compaction, in the middle of the work.</summary>
    public const string Matcher = "startup|resume|clear|fork";

    /// <summary>Its timeout unless told otherwise, in seconds: what a quick sync takes at most, and time to spare.</summary>
    public const int DefaultTimeout = 10;

    /// <summary>Whether a command is a quick sync of Codexport, whatever the runner and the paths.</summary>
    public static bool IsOurs(string? command) => command is not null && (CmdletPattern().IsMatch(command) || ProgramPattern().IsMatch(command));

    /// <summary>Whether a handler is ours on this or another platform.</summary>
    internal static bool IsOurs(HookHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return handler.Event == Event && (IsOurs(handler.Command) || IsOurs(handler.CommandWindows));
    }

    /// <summary>
    /// The command that runs the cmdlet. It imports the module by its name, which is quicker than having PowerShell look for the cmdlet in all
    /// modules; where the module is gone it does nothing and succeeds, as a session of Codex must not suffer from that.
    /// </summary>
    /// <param name="home">What goes into <c>-HomePath</c>; null when it is the default.</param>
    /// <param name="codexFolder">What goes into <c>-CodexPath</c>; null when it is the default.</param>
    /// <param name="platform">Whose shell reads it.</param>
    internal static string CmdletCommand(string? home, string? codexFolder, PathStyle platform)
    {
        const string Start = "pwsh -NoProfile -NonInteractive -Command ";
        var cmdlet = new StringBuilder("if (Import-Module Codexport -PassThru -ErrorAction Ignore) { Sync-CodexportFollower -Quick");
        AppendLiteral(cmdlet, " -HomePath ", home);
        AppendLiteral(cmdlet, " -CodexPath ", codexFolder);
        return Start + Quote(cmdlet.Append(" }").ToString(), platform);
    }

    /// <summary>The command that runs the program.</summary>
    /// <param name="program">Absolute path of <c>codexport</c>.</param>
    /// <param name="home">What goes into <c>--home</c>; null when it is the default.</param>
    /// <param name="codexFolder">What goes into <c>--codex-dir</c>; null when it is the default.</param>
    /// <param name="platform">Whose shell reads it.</param>
    internal static string ProgramCommand(string program, string? home, string? codexFolder, PathStyle platform)
    {
        ArgumentException.ThrowIfNullOrEmpty(program);
        var command = new StringBuilder(QuoteIfNeeded(program, platform)).Append(" sync --apply --quick");
        if (home is not null)
        {
            command.Append(" --home ").Append(QuoteIfNeeded(home, platform));
        }

        if (codexFolder is not null)
        {
            command.Append(" --codex-dir ").Append(QuoteIfNeeded(codexFolder, platform));
        }

        return command.ToString();
    }

    /// <summary>The program that a command of ours starts: a name or a path; null when it cannot be told.</summary>
    public static string? ProgramOf(string command)
    {
        ArgumentNullException.ThrowIfNull(command);
        var text = command.TrimStart();
        if (text.Length == 0)
        {
            return null;
        }

        if (text[0] is '"' or '\'')
        {
            var end = text.IndexOf(text[0], 1);
            return end > 1 ? text[1..end] : null;
        }

        var space = text.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? text : text[..space];
    }

    /// <summary>A text as a literal of PowerShell, which takes the typographic quotation marks for the plain one.</summary>
    internal static string Literal(string text)
    {
        var literal = new StringBuilder("'");
        foreach (var letter in text)
        {
            literal.Append(letter, letter is '\'' or '\u2018' or '\u2019' or '\u201A' or '\u201B' ? 2 : 1);
        }

        return literal.Append('\'').ToString();
    }

    private static void AppendLiteral(StringBuilder text, string option, string? path)
    {
        if (path is not null)
        {
            text.Append(option).Append(Literal(path));
        }
    }

    private static string QuoteIfNeeded(string text, PathStyle platform)
        => text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '.' or '_' or '-' or '+' || (platform == PathStyle.Windows && letter is '\\' or ':'))
            ? text
            : Quote(text, platform);

    private static string Quote(string text, PathStyle platform)
    {
        if (platform == PathStyle.Windows)
        {
            return $"\"{text}\"";
        }

        var quoted = new StringBuilder("\"");
        foreach (var letter in text)
        {
            if (letter is '"' or '\\' or '$' or '`')
            {
                quoted.Append('\\');
            }

            quoted.Append(letter);
        }

        return quoted.Append('"').ToString();
    }

    [GeneratedRegex(@"\bSync-CodexportFollower\b.*\s-Quick\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex CmdletPattern();

    [GeneratedRegex(@"\bcodexport(\.exe)?[""']?\s+sync\s(.*\s)?--quick\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex ProgramPattern();
}
