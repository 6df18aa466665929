using System.Globalization;

namespace Codexport.Engine.Protocol;

/// <summary>How a time is written in what the master signs: UTC, whole seconds.</summary>
internal static class SignedTime
{
    private const string Pattern = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>Writes a time.</summary>
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString(Pattern, CultureInfo.InvariantCulture);

    /// <summary>Reads a time.</summary>
    /// <exception cref="FormatException">It is not a time, or is written differently.</exception>
    public static DateTimeOffset Parse(string? text) => DateTimeOffset.ParseExact(
        text ?? string.Empty, Pattern, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
