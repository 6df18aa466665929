using System.Text;

namespace Codexport.Engine.Compose;

/// <summary>One statement of a rules file, or a remark that stands alone.</summary>
/// <param name="Key">What it says, without spacing and remarks: equal keys are the same rule. A remark begins with <c>#</c>.</param>
/// <param name="Text">Its text with the remarks right above it, and a line end.</param>
internal sealed record RulesStatement(string Key, string Text)
{
    /// <summary>Whether it says nothing to Codex.</summary>
    internal bool IsRemark => Key.StartsWith('#');
}

/// <summary>Cuts a rules file, which is Starlark, into its top-level statements.</summary>
internal static class RulesText
{
    /// <summary>The statements in order; null for a text that ends within a string or a bracket.</summary>
    internal static IReadOnlyList<RulesStatement>? TryCut(string text)
    {
        var statements = new List<RulesStatement>();
        var pending = new StringBuilder();
        var gap = string.Empty;
        for (var position = 0; position < text.Length;)
        {
            if (EndOfLogicalLine(text, position) is not { } end)
            {
                return null;
            }

            var line = text[position..end];
            position = end;
            var first = line.AsSpan().TrimStart(" \t");
            var isIndented = first.Length < line.Length;
            if (first.IsEmpty || first[0] is '\r' or '\n')
            {
                Flush();
                gap += line;
                continue;
            }

            if (first[0] == '#' && !(isIndented && CanGoOn()))
            {
                pending.Append(line);
            }
            else if (isIndented && CanGoOn() || IsBranch(first))
            {
                Extend(gap + line);
            }
            else
            {
                statements.Add(Statement(pending + line));
                pending.Clear();
            }

            gap = string.Empty;
        }

        Flush();
        return statements;

        bool CanGoOn() => pending.Length == 0 && statements.Count > 0 && !statements[^1].IsRemark;

        void Extend(string line)
        {
            if (statements.Count == 0)
            {
                statements.Add(Statement(line));
                return;
            }

            statements[^1] = Statement(statements[^1].Text + line);
        }

        void Flush()
        {
            if (pending.Length > 0)
            {
                statements.Add(Statement(pending.ToString()));
                pending.Clear();
            }
        }
    }

    private static bool IsBranch(ReadOnlySpan<char> line) => line.StartsWith("else:") || line.StartsWith("else ") || line.StartsWith("elif ");

    private static RulesStatement Statement(string text)
    {
        text = text.EndsWith('\n') ? text : text + "\n";
        var key = KeyOf(text);
        return new RulesStatement(key.Length > 0 ? key : "#" + text.Trim(), text);
    }

    // Where the line ends that begins at a position: brackets and long strings go over several.
    private static int? EndOfLogicalLine(string text, int start)
    {
        var depth = 0;
        for (var index = start; index < text.Length; index++)
        {
            switch (text[index])
            {
                case '"' or '\'':
                    if (EndOfString(text, index) is not { } end)
                    {
                        return null;
                    }

                    index = end - 1;
                    break;
                case '#':
                    var next = text.IndexOf('\n', index);
                    index = (next < 0 ? text.Length : next) - 1;
                    break;
                case '(' or '[' or '{':
                    depth++;
                    break;
                case ')' or ']' or '}':
                    if (--depth < 0)
                    {
                        return null;
                    }

                    break;
                case '\\' when index + 1 < text.Length:
                    index += text[index + 1] == '\r' && index + 2 < text.Length ? 2 : 1;
                    break;
                case '\n' when depth == 0:
                    return index + 1;
            }
        }

        return depth == 0 ? text.Length : null;
    }

    private static int? EndOfString(string text, int start)
    {
        var isLong = text.AsSpan(start).StartsWith(new string(text[start], 3));
        for (var index = start + (isLong ? 3 : 1); index < text.Length; index++)
        {
            if (text[index] == '\\')
            {
                index++;
            }
            else if (text[index] == '\n' && !isLong)
            {
                return null;
            }
            else if (text[index] == text[start] && (!isLong || text.AsSpan(index).StartsWith(new string(text[start], 3))))
            {
                return index + (isLong ? 3 : 1);
            }
        }

        return null;
    }

    // Indentation means something in a block of several lines, but not inside brackets; such files are rare and compared line by line.
    private static string KeyOf(string text)
    {
        var key = new StringBuilder();
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] is '"' or '\'')
            {
                var end = EndOfString(text, index)!.Value;
                key.Append(text, index, end - index);
                index = end - 1;
            }
            else if (text[index] == '#')
            {
                var next = text.IndexOf('\n', index);
                index = (next < 0 ? text.Length : next) - 1;
            }
            else if (!char.IsWhiteSpace(text[index]))
            {
                if (text[index] is ')' or ']' or '}' && key.Length > 0 && key[^1] == ',')
                {
                    key.Length--;
                }

                key.Append(text[index]);
            }
        }

        return key.ToString();
    }
}
