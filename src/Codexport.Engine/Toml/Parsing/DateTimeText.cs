namespace Codexport.Engine.Toml.Parsing;

/// <summary>
/// Judges dates and times. Tomlyn passes what it takes for one through the types of .NET and so refuses some that TOML and Codex know;
/// it also takes a year with an underscore in it.
/// </summary>
internal static class DateTimeText
{
    private const int DateLength = 10;

    /// <summary>The kind and the canonical spelling, or null where the text is not a date or time.</summary>
    internal static (TomlKind Kind, string Canonical)? Read(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> rest;
        if (text is [_, _, ':', ..])
        {
            return ReadTime(text, out rest) is { } time && rest.IsEmpty ? (TomlKind.LocalTime, time) : null;
        }

        if (text.Length < DateLength || !IsDate(text[..DateLength]))
        {
            return null;
        }

        var date = text[..DateLength].ToString();
        if (text.Length == DateLength)
        {
            return (TomlKind.LocalDate, date);
        }

        if (text[DateLength] is not ('T' or 't' or ' ') || ReadTime(text[(DateLength + 1)..], out rest) is not { } clock)
        {
            return null;
        }

        if (rest.IsEmpty)
        {
            return (TomlKind.LocalDateTime, $"{date}T{clock}");
        }

        return ReadOffset(rest) is { } offset ? (TomlKind.OffsetDateTime, $"{date}T{clock}{offset}") : null;
    }

    private static bool IsDate(ReadOnlySpan<char> text)
    {
        if (text is not [_, _, _, _, '-', _, _, '-', _, _])
        {
            return false;
        }

        var (century, year, month, day) = (TwoDigits(text, 0), TwoDigits(text, 2), TwoDigits(text, 5), TwoDigits(text, 8));
        if (century < 0 || year < 0 || month is < 1 or > 12)
        {
            return false;
        }

        // The year 0 is a leap year, and .NET has none.
        year += century * 100;
        return day >= 1 && day <= DateTime.DaysInMonth(year == 0 ? 4 : year, month);
    }

    /// <summary>Reads hours and minutes, then seconds and a fraction if they are there.</summary>
    private static string? ReadTime(ReadOnlySpan<char> text, out ReadOnlySpan<char> rest)
    {
        rest = default;
        if (text is not [_, _, ':', _, _, ..] || TwoDigits(text, 0) is < 0 or > 23 || TwoDigits(text, 3) is < 0 or > 59)
        {
            return null;
        }

        rest = text[5..];
        if (rest is not [':', ..])
        {
            return $"{text[..5]}:00";
        }

        if (rest.Length < 3 || TwoDigits(rest, 1) is < 0 or > 60)
        {
            return null;
        }

        rest = rest[3..];
        if (rest is not ['.', ..])
        {
            return text[..8].ToString();
        }

        var length = 1;
        while (length < rest.Length && char.IsAsciiDigit(rest[length]))
        {
            length++;
        }

        var fraction = rest[..length];
        rest = rest[length..];
        return length == 1 ? null : $"{text[..8]}{fraction.TrimEnd('0').TrimEnd('.')}";
    }

    private static string? ReadOffset(ReadOnlySpan<char> text)
    {
        if (text is "Z" or "z")
        {
            return "Z";
        }

        if (text is not ['+' or '-', _, _, ':', _, _] || TwoDigits(text, 1) is < 0 or > 23 || TwoDigits(text, 4) is < 0 or > 59)
        {
            return null;
        }

        return text[1..] is "00:00" ? "Z" : text.ToString();
    }

    /// <summary>The number that two digits make, or -1 where they are not digits.</summary>
    private static int TwoDigits(ReadOnlySpan<char> text, int at)
        => char.IsAsciiDigit(text[at]) && char.IsAsciiDigit(text[at + 1]) ? ((text[at] - '0') * 10) + text[at + 1] - '0' : -1;
}
