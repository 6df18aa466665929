using System.Buffers;

namespace Codexport.Engine.Homes;

/// <summary>Where a path can begin and end inside a longer string: so that <c>/home/ann</c> is found, but not in <c>/home/anna</c>.</summary>
internal static class PathBoundaries
{
    private static readonly SearchValues<char> Openers = SearchValues.Create("=\"'`([{,;|&<>@!^");
    private static readonly SearchValues<char> Closers = SearchValues.Create("\"'`:;,)]}|&<>");

    /// <summary>Whether a path that is spelled out at <paramref name="index"/> begins there.</summary>
    public static bool StartsAt(string text, int index, PathStyle style)
    {
        if (index == 0)
        {
            return true;
        }

        var before = text[index - 1];
        return char.IsWhiteSpace(before)
            || Openers.Contains(before)
            || (before == ':' && (style == PathStyle.Windows || ContinuesList(text, index - 1)))
            || (before == '/' && FollowsFileScheme(text, index, style))
            || (before is '-' or '+' or '?' && index >= 2 && text[index - 2] == ':')
            || FollowsShortOption(text, index);
    }

    /// <summary>Whether a path component that is spelled out before <paramref name="end"/> ends there.</summary>
    public static bool EndsAt(string text, int end, PathStyle style)
    {
        if (end == text.Length)
        {
            return true;
        }

        var after = text[end];
        return after == '/'
            || char.IsWhiteSpace(after)
            || Closers.Contains(after)
            || (after == '\\' && (style == PathStyle.Windows || (end + 1 < text.Length && text[end + 1] is '"' or '\'')));
    }

    // "/usr/bin:/home/ann/bin" is a list; "host:/home/ann" is a path on another machine.
    private static bool ContinuesList(string text, int colon)
    {
        var start = colon;
        while (start > 0 && text[start - 1] != ':' && !char.IsWhiteSpace(text[start - 1]) && !Openers.Contains(text[start - 1]))
        {
            start--;
        }

        var item = text.AsSpan(start, colon - start);
        return item.IsEmpty || item.Contains('/') || item[0] is '~' or '$' or '.' or '%';
    }

    private static bool FollowsFileScheme(string text, int index, PathStyle style)
        => text.AsSpan(0, index).EndsWith(style == PathStyle.Windows ? "file:///" : "file://", StringComparison.OrdinalIgnoreCase);

    // Compilers' "-I/home/ann/include".
    private static bool FollowsShortOption(string text, int index)
        => index >= 2 && char.IsAsciiLetter(text[index - 1]) && text[index - 2] == '-'
            && (index == 2 || char.IsWhiteSpace(text[index - 3]) || text[index - 3] is '"' or '\'');
}
