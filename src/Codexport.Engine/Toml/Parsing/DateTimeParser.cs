using System.Globalization;

namespace Codexport.Engine.Toml.Parsing;

/// <summary>Reads dates and times in the forms of RFC 3339 that TOML takes.</summary>
internal static class DateTimeParser
{
    private const int DateLength = 10;
    private const int TicksDigits = 7;

    internal static bool LooksLikeOne(ReadOnlySpan<char> span)
        => span.Length > 4 && char.IsAsciiDigit(span[0]) && (span[2] == ':' || (span[4] == '-' && !span[..4].ContainsAnyExceptInRange('0', '9')));

    /// <summary>The value, or null where the text is none.</summary>
    internal static TomlDateTimeScalar? Parse(ReadOnlyMemory<char> raw)
    {
        var text = raw.Span;
        if (text[2] == ':')
        {
            return ParseTime(ref text) is { } time && text.IsEmpty ? new TomlLocalTime(raw, time.Canonical, time.Value) : null;
        }

        if (text.Length < DateLength || ParseDate(text[..DateLength]) is not { } date)
        {
            return null;
        }

        var day = text[..DateLength].ToString();
        text = text[DateLength..];
        if (text.IsEmpty)
        {
            return new TomlLocalDate(raw, day, date);
        }

        if (text[0] is not ('T' or 't' or ' '))
        {
            return null;
        }

        text = text[1..];
        return ParseTime(ref text) is { } clock ? WithOffset(raw, $"{day}T{clock.Canonical}", date.ToDateTime(clock.Value), text) : null;
    }

    private static TomlDateTimeScalar? WithOffset(ReadOnlyMemory<char> raw, string canonical, DateTime local, ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return new TomlLocalDateTime(raw, canonical, local);
        }

        if (text is "Z" or "z")
        {
            return new TomlOffsetDateTime(raw, canonical + "Z", local, TimeSpan.Zero);
        }

        if (text is not ['+' or '-', _, _, ':', _, _] || TwoDigits(text, 1) is not { } hours || TwoDigits(text, 4) is not { } minutes
            || hours > 23 || minutes > 59)
        {
            return null;
        }

        var offset = new TimeSpan(hours, minutes, 0);
        return new TomlOffsetDateTime(
            raw,
            canonical + (offset == TimeSpan.Zero ? "Z" : text.ToString()),
            local,
            text[0] == '-' ? offset.Negate() : offset);
    }

    private static DateOnly? ParseDate(ReadOnlySpan<char> text)
        => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;

    /// <summary>Reads hours, minutes, seconds and a fraction, and moves behind them.</summary>
    private static (TimeOnly Value, string Canonical)? ParseTime(ref ReadOnlySpan<char> text)
    {
        if (text.Length < 8 || text[2] != ':' || text[5] != ':' || TwoDigits(text, 0) is not { } hour || TwoDigits(text, 3) is not { } minute
            || TwoDigits(text, 6) is not { } second || hour > 23 || minute > 59 || second > 60)
        {
            return null;
        }

        var canonical = text[..8].ToString();
        text = text[8..];
        long ticks = 0;
        if (text is ['.', ..])
        {
            var length = text[1..].IndexOfAnyExceptInRange('0', '9');
            length = length < 0 ? text.Length - 1 : length;
            if (length == 0)
            {
                return null;
            }

            var kept = text.Slice(1, Math.Min(length, TicksDigits)).TrimEnd('0').ToString();
            ticks = long.Parse(kept.PadRight(TicksDigits, '0'), NumberStyles.None, CultureInfo.InvariantCulture);
            canonical += kept.Length == 0 ? "" : "." + kept;
            text = text[(1 + length)..];
        }

        return (new TimeOnly(hour, minute, Math.Min(second, 59)).Add(TimeSpan.FromTicks(ticks)), canonical);
    }

    private static int? TwoDigits(ReadOnlySpan<char> text, int at)
        => char.IsAsciiDigit(text[at]) && char.IsAsciiDigit(text[at + 1]) ? ((text[at] - '0') * 10) + text[at + 1] - '0' : null;
}
