using System.Globalization;

namespace Codexport.Engine.Errors;

/// <summary>
/// The one exception that the engine throws on purpose. <see cref="Exception.Message"/> says what happened and where;
/// <see cref="Remedy"/> says what to do. Neither ever holds a secret, and neither can steer a terminal, whatever names are in it.
/// </summary>
public sealed class CodexportException : Exception
{
    private readonly (int Line, int Column)? _place;

    /// <summary>Makes the error.</summary>
    /// <param name="code">The stable code.</param>
    /// <param name="message">A whole sentence: what happened, and to which file, address or name.</param>
    /// <param name="remedy">A whole sentence: what the person can do.</param>
    /// <param name="target">The file, address or name that it is about, for the error record's target object.</param>
    /// <param name="inner">The cause.</param>
    public CodexportException(ErrorCode code, string message, string remedy, string? target = null, Exception? inner = null)
        : base(ForeignText.Line(message), inner)
    {
        Code = code;
        Remedy = ForeignText.Line(remedy);
        Target = target;
    }

    /// <summary>The stable code.</summary>
    public ErrorCode Code { get; }

    /// <summary>What the person can do about it.</summary>
    public string Remedy { get; }

    /// <summary>What it is about: a path, an address, a name; null when nothing narrower than the command is.</summary>
    public string? Target { get; }

    /// <summary>
    /// Further facts by name for <c>--json</c> (<c>line</c>, <c>column</c>, <c>expected</c>, <c>actual</c>, <c>conflicts</c> …), in order.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>> Details { get; init; } = [];

    /// <summary>What the engine itself acts on when it meets the error; null where its code says enough. The details are for people alone.</summary>
    internal object? Fact { get; init; }

    /// <summary>The line and column of a text that it is about, both from 1; null when it is not about a place. The details name both.</summary>
    public (int Line, int Column)? Place
    {
        get => _place;
        init
        {
            _place = value;
            if (value is { } place)
            {
                Details =
                [
                    .. Details,
                    new("line", place.Line.ToString(CultureInfo.InvariantCulture)),
                    new("column", place.Column.ToString(CultureInfo.InvariantCulture)),
                ];
            }
        }
    }

    /// <summary>Whether it was met while something was changing, so that trying again soon may well succeed.</summary>
    public bool IsPassing { get; init; }

    /// <summary>Whether the master was not reached at all, so that a later run may find it.</summary>
    public bool IsUnreachable => ExitCode == ExitCode.Unreachable;

    /// <summary>The exit code of the program for this error.</summary>
    public ExitCode ExitCode => ErrorFacts.Of(Code).ExitCode;
}
