namespace Codexport.Engine.Master.Building;

/// <summary>
/// A file pattern: <c>*</c> and <c>?</c> within a component, <c>**</c> across components, <c>[a-z]</c> and <c>[!a]</c>. A pattern that
/// matches a folder covers everything in it.
/// </summary>
internal sealed class Glob
{
    private readonly string _pattern;
    private readonly bool _ignoreCase;
    private readonly bool _anyDepth;

    /// <summary>Takes over a pattern.</summary>
    /// <param name="pattern">Components separated by <c>/</c>; a leading <c>/</c> or <c>./</c> means the Codex home itself.</param>
    /// <param name="ignoreCase">Whether the file system ignores case.</param>
    /// <param name="anyDepth">Whether a pattern of one component matches a name at any depth rather than at the top alone.</param>
    public Glob(string pattern, bool ignoreCase, bool anyDepth)
    {
        var normalized = pattern.Replace('\\', '/').TrimEnd('/');
        var isAnchored = normalized.StartsWith('/') || normalized.StartsWith("./", StringComparison.Ordinal);
        _pattern = isAnchored ? normalized[(normalized.IndexOf('/') + 1)..] : normalized;
        _ignoreCase = ignoreCase;
        _anyDepth = anyDepth && !isAnchored && !_pattern.Contains('/');
    }

    /// <summary>Whether the pattern matches the path itself, not one of the folders above it.</summary>
    public bool Matches(ReadOnlySpan<char> path)
        => IsMatch(_pattern, _anyDepth ? path[(path.LastIndexOf('/') + 1)..] : path);

    /// <summary>Whether the pattern matches the path or a folder above it.</summary>
    public bool Covers(string path)
    {
        for (var end = path.Length; end > 0; end = path.LastIndexOf('/', end - 1))
        {
            if (Matches(path.AsSpan(0, end)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether something below <paramref name="folder"/> could match, so that it is worth looking into.</summary>
    public bool MayMatchBelow(ReadOnlySpan<char> folder)
    {
        ReadOnlySpan<char> pattern = _pattern;
        while (!folder.IsEmpty)
        {
            var patternEnd = pattern.IndexOf('/');
            var head = patternEnd < 0 ? pattern : pattern[..patternEnd];
            if (_anyDepth || head.Contains("**", StringComparison.Ordinal))
            {
                return true;
            }

            var folderEnd = folder.IndexOf('/');
            if (patternEnd < 0 || !IsMatch(head, folderEnd < 0 ? folder : folder[..folderEnd]))
            {
                return false;
            }

            pattern = pattern[(patternEnd + 1)..];
            folder = folderEnd < 0 ? [] : folder[(folderEnd + 1)..];
        }

        return true;
    }

    // Two places to go back to, the last '*' and the last '**', keep this linear for all but odd patterns.
    private bool IsMatch(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        var (at, index) = (0, 0);
        var (star, starIndex) = (-1, 0);
        var (deep, deepIndex, deepByFolder) = (-1, 0, false);
        while (true)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                if (at + 1 < pattern.Length && pattern[at + 1] == '*')
                {
                    deepByFolder = at + 2 < pattern.Length && pattern[at + 2] == '/';
                    at += deepByFolder ? 3 : 2;
                    (deep, deepIndex, star) = (at, index, -1);
                    continue;
                }

                (star, starIndex) = (++at, index);
                continue;
            }

            if (index == text.Length)
            {
                return at == pattern.Length;
            }

            if (at < pattern.Length && MatchesOne(pattern, ref at, text[index]))
            {
                index++;
            }
            else if (star >= 0 && text[starIndex] != '/')
            {
                (at, index) = (star, ++starIndex);
            }
            else if (deep >= 0 && NextDeep(text, ref deepIndex, deepByFolder))
            {
                (at, index, star) = (deep, deepIndex, -1);
            }
            else
            {
                return false;
            }
        }
    }

    private static bool NextDeep(ReadOnlySpan<char> text, ref int index, bool byFolder)
    {
        if (!byFolder)
        {
            return ++index <= text.Length;
        }

        var slash = text[index..].IndexOf('/');
        index += slash + 1;
        return slash >= 0;
    }

    private bool MatchesOne(ReadOnlySpan<char> pattern, ref int at, char value)
    {
        if (pattern[at] == '?')
        {
            at++;
            return value != '/';
        }

        var close = pattern[at] == '[' && at + 2 < pattern.Length ? pattern[(at + 2)..].IndexOf(']') : -1;
        if (close >= 0)
        {
            var set = pattern.Slice(at + 1, close + 1);
            at += close + 3;
            return value != '/' && (set[0] is '!' or '^' ? !InSet(set[1..], value) : InSet(set, value));
        }

        var same = Same(pattern[at], value);
        at += same ? 1 : 0;
        return same;
    }

    private bool InSet(ReadOnlySpan<char> set, char value)
    {
        for (var index = 0; index < set.Length; index++)
        {
            if (index + 2 < set.Length && set[index + 1] == '-')
            {
                if (InRange(value, set[index], set[index + 2])
                    || (_ignoreCase && (InRange(char.ToUpperInvariant(value), set[index], set[index + 2])
                        || InRange(char.ToLowerInvariant(value), set[index], set[index + 2]))))
                {
                    return true;
                }

                index += 2;
            }
            else if (Same(set[index], value))
            {
                return true;
            }
        }

        return false;
    }

    private static bool InRange(char value, char first, char last) => value >= first && value <= last;

    private bool Same(char left, char right)
        => left == right || (_ignoreCase && char.ToUpperInvariant(left) == char.ToUpperInvariant(right));
}
