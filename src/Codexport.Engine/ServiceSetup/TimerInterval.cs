using System.Globalization;
using Codexport.Engine.Errors;
using Codexport.Engine.Settings;

namespace Codexport.Engine.ServiceSetup;

/// <summary>How often a timer runs: from one minute to a day.</summary>
public static class TimerInterval
{
    /// <summary>Unless told otherwise: 15 minutes.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan Least = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Most = TimeSpan.FromHours(24);

    /// <summary>Reads <c>90s</c>, <c>15m</c> or <c>1h</c>.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.InvalidUsage"/>.</exception>
    public static TimeSpan Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Check(Duration.Parse(text));
    }

    /// <summary>Refuses what is too short, too long or not in whole seconds.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.InvalidUsage"/>.</exception>
    public static TimeSpan Check(TimeSpan every) => every >= Least && every <= Most && every.Ticks % TimeSpan.TicksPerSecond == 0
        ? every
        : throw new CodexportException(
            ErrorCode.InvalidUsage, $"A timer cannot run every {Format(every)}.", "Give an interval from 1m to 24h, in whole seconds.", Format(every));

    /// <summary>Writes it in the largest unit that it is a whole number of.</summary>
    public static string Format(TimeSpan every)
    {
        var (number, unit) = every.Ticks % TimeSpan.TicksPerHour == 0 ? (every.TotalHours, "h")
            : every.Ticks % TimeSpan.TicksPerMinute == 0 ? (every.TotalMinutes, "m")
            : (every.TotalSeconds, "s");
        return number.ToString(CultureInfo.InvariantCulture) + unit;
    }
}
