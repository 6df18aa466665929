namespace Codexport.Engine.Compose;

/// <summary>
/// Tells the follower's own comments from those that came with canonical text. A canonical comment may stand above a local line, because
/// the line was put between the comment and what it was about: it must not be taken along, or it would come twice.
/// </summary>
internal sealed class CommentBudget
{
    private readonly Dictionary<string, int> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _left;

    internal CommentBudget(TextParts generated, TextParts? @base)
    {
        var former = new Dictionary<string, int>(StringComparer.Ordinal);
        Count(generated, _known);
        if (@base is not null)
        {
            Count(@base, former);
        }

        foreach (var (comment, count) in former)
        {
            _known[comment] = Math.Max(count, _known.GetValueOrDefault(comment));
        }

        _left = new Dictionary<string, int>(_known, StringComparer.Ordinal);
    }

    /// <summary>The person's own comments among the lines above a block that is canonical too.</summary>
    internal List<string> OwnAboveCanonical(IEnumerable<string> lead)
    {
        var own = new List<string>();
        foreach (var line in lead.Where(IsComment))
        {
            var comment = line.Trim();
            if (!_known.ContainsKey(comment))
            {
                own.Add(line);
            }
            else
            {
                _left[comment]--;
            }
        }

        return own;
    }

    /// <summary>The lines above a local block, without the canonical comments among them.</summary>
    internal List<string> OwnAboveLocal(IEnumerable<string> lead)
    {
        var own = new List<string>();
        foreach (var line in lead)
        {
            if (IsComment(line) && _left.GetValueOrDefault(line.Trim()) is > 0 and var left)
            {
                _left[line.Trim()] = left - 1;
                continue;
            }

            // Lines that were taken out leave no hole.
            if (IsComment(line) || own.Count == 0 || IsComment(own[^1]))
            {
                own.Add(line);
            }
        }

        return own;
    }

    internal static bool IsComment(string line) => line.AsSpan().TrimStart() is ['#', ..];

    private static void Count(TextParts parts, Dictionary<string, int> counts)
    {
        var lines = parts.Sections.SelectMany(section => (section.Header is null ? section.Items : section.Items.Prepend(section.Header))
            .SelectMany(block => block.Lead).Concat(section.Trail)).Concat(parts.End);
        foreach (var line in lines.Where(IsComment))
        {
            counts[line.Trim()] = counts.GetValueOrDefault(line.Trim()) + 1;
        }
    }
}
