using System.Text.Json.Serialization.Metadata;
using Codexport.Engine.Errors;

namespace Codexport.Cli.Rendering;

/// <summary>
/// Where results go: text or one JSON object on standard output, warnings and errors on standard error (in JSON form too when asked for).
/// </summary>
/// <param name="standard">Standard output.</param>
/// <param name="error">Standard error.</param>
/// <param name="isJson">Whether <c>--json</c> was given.</param>
/// <param name="isQuiet">Whether <c>--quiet</c> was given.</param>
internal sealed class Output(TextWriter standard, TextWriter error, bool isJson, bool isQuiet)
{
    /// <summary>Whether results are JSON.</summary>
    public bool IsJson { get; } = isJson;

    /// <summary>Whether only errors and what was expressly asked for are printed.</summary>
    public bool IsQuiet { get; } = isQuiet;

    /// <summary>Standard output, for what was expressly asked for.</summary>
    public TextWriter Standard { get; } = standard;

    /// <summary>Standard error.</summary>
    public TextWriter Error { get; } = error;

    /// <summary>What standard output leads to.</summary>
    public Terminal Terminal { get; init; } = Terminal.Plain;

    /// <summary>The line that makes room for whatever is printed.</summary>
    public ProgressLine? Progress { get; set; }

    /// <summary>Writes a result: as JSON when that was asked for, else as text unless quiet.</summary>
    /// <param name="value">The result.</param>
    /// <param name="type">Its generated JSON description; making it costs as much as a small sync, so it is asked for only when needed.</param>
    /// <param name="text">Writes it as text.</param>
    /// <param name="isAskedFor">Whether the text is what the command is for, so that <c>--quiet</c> keeps it.</param>
    public void WriteResult<T>(T value, Func<JsonTypeInfo<T>> type, Action<TextWriter> text, bool isAskedFor = false)
    {
        Progress?.Clear();
        if (IsJson)
        {
            Standard.WriteLine(System.Text.Json.JsonSerializer.Serialize(value, type()));
        }
        else if (isAskedFor || !IsQuiet)
        {
            text(Standard);
        }

        Standard.Flush();
    }

    /// <summary>Writes warnings to standard error; JSON results carry their own.</summary>
    public void WriteWarnings(IEnumerable<string> warnings)
    {
        if (IsJson || IsQuiet)
        {
            return;
        }

        Progress?.Clear();
        foreach (var warning in warnings)
        {
            Error.WriteLine($"warning: {Text.Printable(warning)}");
        }
    }

    /// <summary>Writes an error: one JSON object on standard output, or message, facts and remedy on standard error.</summary>
    public void WriteError(CodexportException exception)
    {
        if (IsJson)
        {
            Standard.WriteLine(System.Text.Json.JsonSerializer.Serialize(ErrorReport.From(exception), CliJson.Readable.ErrorReport));
            Standard.Flush();
            return;
        }

        Error.WriteLine($"error: {Text.Printable(exception.Message)}");
        foreach (var (name, value) in exception.Details)
        {
            foreach (var line in value.Split('\n'))
            {
                Error.WriteLine($"  {Text.Printable(name)}: {Text.Printable(line)}");
            }
        }

        Error.WriteLine($"  {Text.Printable(exception.Remedy)}");
        Error.Flush();
    }
}
