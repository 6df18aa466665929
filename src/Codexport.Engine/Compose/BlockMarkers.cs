using Codexport.Engine.Toml.Editing;

namespace Codexport.Engine.Compose;

/// <summary>
/// Pairs of comments between which another tool keeps its own lines (<c># &gt;&gt;&gt; tool &gt;&gt;&gt;</c>, <c># BEGIN tool</c>). The closing one
/// belongs to what stands above it, not to what happens to follow.
/// </summary>
internal sealed class BlockMarkers
{
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);

    /// <summary>Gives closing marks, and comments right below a table that a blank line parts from the next, to the section above them.</summary>
    /// <param name="parts">The text.</param>
    /// <param name="withComments">Whether plain comments count too.</param>
    internal static TextParts Attach(TextParts parts, bool withComments)
    {
        var markers = new BlockMarkers();
        var sections = parts.Sections.ToList();
        for (var index = 0; index < sections.Count; index++)
        {
            if (sections[index].Header is { } header)
            {
                var length = markers.LengthOfTrail(header.Lead, withComments && index > 1, isEnd: false);
                if (index > 0 && length > 0)
                {
                    sections[index - 1].Trail.AddRange(header.Lead.Take(length));
                    sections[index] = sections[index] with { Header = header with { Lead = [.. header.Lead.Skip(length)] } };
                }
            }

            sections[index].Items.ForEach(item => markers.LengthOfTrail(item.Lead, false, false));
        }

        var rest = markers.LengthOfTrail(parts.End, withComments && sections.Count > 1, isEnd: true);
        sections[^1].Trail.AddRange(parts.End.Take(rest));
        return parts with { Sections = sections, End = [.. parts.End.Skip(rest)] };
    }

    /// <summary>Whether a line closes a block.</summary>
    internal static bool IsClosing(string line) => BlockMarks.ClosingKey(line) is not null;

    private int LengthOfTrail(IReadOnlyList<string> lead, bool withComments, bool isEnd)
    {
        var length = 0;
        var fresh = new List<string>();
        for (var index = 0; index < lead.Count; index++)
        {
            if (BlockMarks.ClosingKey(lead[index]) is { } closed && _open.Remove(closed))
            {
                length = index + 1;
            }
            else if (BlockMarks.OpeningKey(lead[index]) is { } opened)
            {
                fresh.Add(opened);
            }
        }

        _open.UnionWith(fresh);
        var comments = lead.TakeWhile(CommentBudget.IsComment).Count();
        var isApart = comments < lead.Count ? string.IsNullOrWhiteSpace(lead[comments]) : isEnd;
        var isPlain = withComments && comments > 0 && isApart && !lead.Take(comments).Any(line => BlockMarks.OpeningKey(line) is not null);
        return Math.Max(length, isPlain ? comments : 0);
    }
}
