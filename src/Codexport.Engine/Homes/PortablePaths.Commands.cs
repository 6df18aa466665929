using System.Buffers;
using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes.Commands;

namespace Codexport.Engine.Homes;

/// <summary>The exchange in lines that an interpreter reads, where a path may be quoted and a value must be.</summary>
internal sealed partial class PortablePaths
{
    // A path that is spelled with these says something else where a shell reads it.
    private static readonly SearchValues<char> MeaningfulInShells = SearchValues.Create("$`\"'");

    // Stands for a value while a command line is read; where it stands counts, not what it is.
    private const char Mark = '\uE000';

    /// <summary>The portable form of a line that an interpreter reads: paths are found as well where quotes or signs before letters spell them.</summary>
    internal string EncodeCommand(string text, CommandLanguage language)
    {
        var result = new StringBuilder(text.Length + 16);
        var paths = CommandText.FindPaths(text, language, word => FindRoots(word, isLiteral: true))
            .Concat(FindRoots(text, isLiteral: false)).OrderBy(path => path.Start);
        var index = 0;
        foreach (var path in paths)
        {
            if (path.Start < index)
            {
                continue;
            }

            EncodePart(text, index, path.Start, result);
            result.Append("${").Append(path.Name).Append('}').Append(path.Suffix);
            index = path.End;
        }

        EncodePart(text, index, text.Length, result);
        return result.ToString();
    }

    /// <summary>As <see cref="TryDecode"/> for a line that an interpreter reads: every value is quoted as its place needs it.</summary>
    /// <param name="text">The portable form.</param>
    /// <param name="language">Who reads it.</param>
    /// <param name="decoded">The line; null when a value cannot be quoted at its place.</param>
    /// <param name="missingVariable">The variable that has no value here.</param>
    internal bool TryDecodeCommand(string text, CommandLanguage language, out string? decoded, out string missingVariable)
    {
        (decoded, missingVariable) = (text, string.Empty);
        if (!text.Contains("${", StringComparison.Ordinal))
        {
            return true;
        }

        var values = new Dictionary<int, string>();
        var marked = new StringBuilder(text.Length);
        for (var index = 0; index < text.Length;)
        {
            if (CopyDollars(text, ref index, marked))
            {
                continue;
            }

            var start = marked.Length;
            var value = new StringBuilder();
            if (!TryExpand(text, ref index, wholePath: false, value, out missingVariable))
            {
                return false;
            }

            values[start] = value.ToString();
            marked.Append(Mark);
        }

        decoded = CommandText.Fill(new MarkedText(marked.ToString(), values), language, _style);
        return true;
    }

    /// <summary>As <see cref="Decode"/> for a line that an interpreter reads; null when a value cannot be quoted at its place.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.VariableMissing"/>, naming file, key and variable.</exception>
    internal string? DecodeCommand(string text, CommandLanguage language, string file, string key)
        => TryDecodeCommand(text, language, out var decoded, out var missing) ? decoded : throw Missing(missing, file, key);

    private IEnumerable<FoundPath> FindRoots(string text, bool isLiteral)
    {
        for (var index = 0; index < text.Length;)
        {
            if (MatchRoot(text, index, out var name, out var end) && (isLiteral || !text.AsSpan(index, end - index).ContainsAny(MeaningfulInShells)))
            {
                yield return new FoundPath(index, end, name);
                index = end;
            }
            else
            {
                index++;
            }
        }
    }

    private void EncodePart(string text, int start, int end, StringBuilder result)
    {
        for (var index = start; index < end;)
        {
            if (text[index] == '$')
            {
                index = EncodeDollars(text, index, result);
            }
            else
            {
                result.Append(text[index++]);
            }
        }
    }
}
