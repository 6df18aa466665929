using System.Text.Json;
using System.Text.RegularExpressions;
using Codexport.Engine.Platform.Processes;

namespace Codexport.Engine.Codex.Checking;

/// <summary>What <c>codex app-server --print-startup-config</c> said.</summary>
/// <param name="HasVerdict">False for a Codex that does not know the question, or could not run.</param>
/// <param name="File">Absolute path of the file that it refuses; null when it accepts or names none.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Detail">Why; null when it accepts. Values are masked, the beginning that repeats file and place is cut off.</param>
/// <param name="MissingFile">A file that the configuration refers to and that is not there; absolute.</param>
internal sealed partial record StartupAnswer(bool HasVerdict, string? File, int? Line, int? Column, string? Detail, string? MissingFile)
{
    public static StartupAnswer None { get; } = new(false, null, null, null, null, null);

    private static StartupAnswer Accepted { get; } = new(true, null, null, null, null, null);

    /// <summary>Reads exit code and standard output.</summary>
    public static StartupAnswer Read(ProcessOutcome outcome) => outcome.ExitCode switch
    {
        0 => Accepted,
        1 => outcome.Output.Split('\n').Select(Refusal).FirstOrDefault(answer => answer is not null) ?? None,
        _ => None,
    };

    private static StartupAnswer? Refusal(string line)
    {
        if (!line.StartsWith('{'))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(line);
            if (!json.RootElement.TryGetProperty("error", out var error)
                || !error.TryGetProperty("data", out var data)
                || !data.TryGetProperty("detail", out var detail)
                || detail.GetString() is not { } text)
            {
                return null;
            }

            var file = data.TryGetProperty("filePath", out var path) ? path.GetString() : null;
            return new StartupAnswer(true, file, Number(data, "line"), Number(data, "column"), Clean(text, file), Missing(text));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Not the line that was looked for.
            return null;
        }
    }

    private static int? Number(JsonElement data, string name)
        => data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    /// <summary>A message without the place that it repeats, without lines of the file, and without values, which may be secrets.</summary>
    internal static string Clean(string text, string? file)
    {
        text = SnippetPattern().Replace(text, string.Empty);
        if (file is not null && text.StartsWith(file, StringComparison.Ordinal))
        {
            text = PlacePattern().Replace(text[file.Length..], string.Empty, 1);
        }

        // What was written in the place of something else may be a secret.
        text = StringPattern().Replace(text, "string \"…\"");
        text = VariantPattern().Replace(text, "unknown variant, ");
        return SpacePattern().Replace(text, " ").Trim().TrimEnd('.', ' ');
    }

    private static string? Missing(string text) => MissingPattern().Match(text) is { Success: true } match ? match.Groups["path"].Value : null;

    [GeneratedRegex(@"^\s*\d*\s*\|.*$", RegexOptions.Multiline)]
    private static partial Regex SnippetPattern();

    [GeneratedRegex(@"^:\d+:\d+: ")]
    private static partial Regex PlacePattern();

    [GeneratedRegex(@"\s+")]
    private static partial Regex SpacePattern();

    [GeneratedRegex("""string ".*"(?=,|$)""", RegexOptions.Singleline)]
    private static partial Regex StringPattern();

    [GeneratedRegex("unknown variant `.*?`, ", RegexOptions.Singleline)]
    private static partial Regex VariantPattern();

    [GeneratedRegex(@"^failed to read .* file (?<path>.+?): .*\(os error (2|3)\)$", RegexOptions.Singleline)]
    private static partial Regex MissingPattern();
}
