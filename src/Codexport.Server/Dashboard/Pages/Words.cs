using System.Globalization;

namespace Codexport.Server.Dashboard.Pages;

/// <summary>Small pieces of text and markup that pages share.</summary>
internal static class Words
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    /// <summary>The beginning of a hash, enough to tell it from others.</summary>
    public static string Short(string? hash) => hash is null ? "–" : hash.Length > 12 ? hash[..12] : hash;

    /// <summary>A number with thousands apart.</summary>
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number with its noun.</summary>
    public static string Count(long number, string singular, string? plural = null) => $"{Number(number)} {(number == 1 ? singular : plural ?? singular + "s")}";

    /// <summary>A size such as <c>1.5 MB</c> (1 KB = 1,024 bytes).</summary>
    public static string Size(long? bytes)
    {
        if (bytes is not { } count)
        {
            return "–";
        }

        double value = count;
        var unit = 0;
        while (value >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {Units[unit]}");
    }

    /// <summary>A moment as how long ago it is, with the moment itself for whoever wants it exactly.</summary>
    public static Html Ago(DateTime? local, DateTimeOffset now, string never = "never")
    {
        if (local is not { } time)
        {
            return Html.Of($"{never}");
        }

        var moment = new DateTimeOffset(time);
        return Html.Of($"""<time datetime="{moment.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}" title="{time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}">{Ago(now - moment)}</time>""");
    }

    /// <summary>How long ago, as people say it; the script says it the same way while the page stands.</summary>
    public static string Ago(TimeSpan passed) => passed switch
    {
        { TotalSeconds: < -90 } => "in " + Length(-passed),
        { TotalSeconds: < 45 } => "just now",
        _ => Length(passed) + " ago",
    };

    private static string Length(TimeSpan length) => length switch
    {
        { TotalMinutes: < 90 } => $"{Math.Max(1, (int)Math.Round(length.TotalMinutes))} min",
        { TotalHours: < 36 } => $"{(int)Math.Round(length.TotalHours)} h",
        _ => Count((int)Math.Round(length.TotalDays), "day"),
    };
}
