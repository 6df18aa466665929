using Codexport.Engine.Errors;

namespace Codexport.Engine.Codex.Checking;

/// <summary>What a check of a configuration said.</summary>
/// <param name="IsByCodex">Whether Codex itself judged; else it was only parsed.</param>
/// <param name="Problem">Why it is refused; null when it is accepted.</param>
internal sealed record ConfigurationVerdict(bool IsByCodex, ConfigurationProblem? Problem)
{
    /// <summary>Whether Codex would start with it, as far as can be told.</summary>
    public bool IsAccepted => Problem is null;
}

/// <summary>Why a configuration is refused, where and for what key. Never holds a value of it.</summary>
/// <param name="File">Relative path below the Codex home.</param>
/// <param name="Line">The line, from 1; null when Codex names none.</param>
/// <param name="Column">The column, from 1; null when Codex names none.</param>
/// <param name="Key">The key that stands there; null when none is found.</param>
/// <param name="Detail">The reason, in the words of whoever refused.</param>
internal sealed record ConfigurationProblem(string File, int? Line, int? Column, string? Key, string Detail)
{
    /// <summary>The problem as an error.</summary>
    /// <param name="remedy">What to do about it where it was found.</param>
    public CodexportException ToError(string remedy)
    {
        var place = (Line, Column, Key) switch
        {
            ({ } line, { } column, { } key) => $", line {line}, column {column} (key '{key}')",
            ({ } line, { } column, null) => $", line {line}, column {column}",
            _ => string.Empty,
        };
        return new CodexportException(
            ErrorCode.ConfigurationRejected, $"{Consequence()}{place}: {Detail}.", remedy, File)
        {
            Details = [.. Facts()],
        };
    }

    private string Consequence() => CodexLayout.KindOf(File) == CodexFileKind.Agent ? $"Codex would ignore the agent '{File}'"
        : CodexLayout.KindOf(File) == CodexFileKind.Hooks ? $"Codex would read no hook of '{File}'"
        : $"Codex would not start with '{File}'";

    private IEnumerable<KeyValuePair<string, string>> Facts()
    {
        yield return new("file", File);
        if (Line is { } line)
        {
            yield return new("line", $"{line}");
        }

        if (Column is { } column)
        {
            yield return new("column", $"{column}");
        }

        if (Key is not null)
        {
            yield return new("key", Key);
        }

        yield return new("detail", Detail);
    }
}
