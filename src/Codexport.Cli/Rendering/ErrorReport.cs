using Codexport.Engine.Errors;

namespace Codexport.Cli.Rendering;

/// <summary>The JSON form of an error: <c>{"error":{"code","message","remedy","target","details"}}</c>.</summary>
/// <param name="Error">What went wrong.</param>
internal sealed record ErrorReport(ErrorBody Error)
{
    /// <summary>The report of an error.</summary>
    public static ErrorReport From(CodexportException error)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in error.Details)
        {
            // Some facts come several times, such as the files in conflict.
            details[name] = details.TryGetValue(name, out var before) ? $"{before}\n{value}" : value;
        }

        return new ErrorReport(new ErrorBody(error.Code.ToString(), error.Message, error.Remedy, error.Target, details));
    }
}

/// <summary>An error.</summary>
/// <param name="Code">The stable code.</param>
/// <param name="Message">What happened.</param>
/// <param name="Remedy">What to do.</param>
/// <param name="Target">What it is about.</param>
/// <param name="Details">Further facts by name.</param>
internal sealed record ErrorBody(string Code, string Message, string Remedy, string? Target, IReadOnlyDictionary<string, string> Details);
