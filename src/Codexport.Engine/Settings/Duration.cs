using System.Globalization;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Settings;

/// <summary>A length of time as a person writes it.</summary>
public static class Duration
{
    /// <summary>Reads <c>90s</c>, <c>15m</c>, <c>1h</c> or <c>7d</c>.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.InvalidUsage"/>.</exception>
    public static TimeSpan Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        var unit = trimmed.Length == 0 ? 0 : char.ToLowerInvariant(trimmed[^1]) switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => 0 };
        return unit > 0 && int.TryParse(trimmed.AsSpan(0, trimmed.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? TimeSpan.FromSeconds((long)number * unit)
            : throw new CodexportException(ErrorCode.InvalidUsage, $"'{text}' is not an interval.", "Write a number and its unit, such as 90s, 15m or 1h.", text);
    }
}
