namespace Codexport.Engine.Homes.Commands;

/// <summary>Who reads a command line, and so which quoting counts in it.</summary>
internal enum CommandLanguage
{
    /// <summary>A shell of Unix: sh, bash, zsh, also fish where it agrees with them.</summary>
    Sh,

    /// <summary>The command interpreter of Windows, and behind it the way in which a program there takes its arguments apart.</summary>
    Cmd,

    /// <summary>One argument of <c>cmd.exe</c> that is nothing but a path: whoever starts it puts the quotes around it.</summary>
    CmdArgument,

    /// <summary>PowerShell.</summary>
    PowerShell,

    /// <summary>Another interpreter (<c>python -c</c>, <c>node -e</c>): what quoting means there is not known.</summary>
    Code,
}

/// <summary>How a character of a command line stands there.</summary>
internal enum Quoting
{
    /// <summary>Without quotes.</summary>
    Bare,

    /// <summary>Between single quotes.</summary>
    Single,

    /// <summary>Between double quotes.</summary>
    Double,

    /// <summary>In <c>"${NAME:-here}"</c>.</summary>
    DoubleBraced,

    /// <summary>Between <c>$'</c> and <c>'</c>.</summary>
    Ansi,

    /// <summary>Between quotes that the program sees and <c>cmd.exe</c> does not.</summary>
    Loose,

    /// <summary>In a comment.</summary>
    Comment,

    /// <summary>Behind a sign that takes its meaning away.</summary>
    Escaped,

    /// <summary>The same between double quotes.</summary>
    EscapedInDouble,

    /// <summary>Where quoting is not followed.</summary>
    Opaque,
}
