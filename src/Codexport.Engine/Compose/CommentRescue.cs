using System.Text;

namespace Codexport.Engine.Compose;

/// <summary>
/// Puts back comments of the person's that the merge of the text dropped: because the same value stands in another form, or because only
/// a header carries the remark. A comment whose subject is gone is named.
/// </summary>
internal sealed class CommentRescue
{
    private readonly TextParts _result;
    private readonly Dictionary<string, int> _missing = new(StringComparer.Ordinal);
    private readonly Dictionary<TextBlock, List<string>> _above = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<TextBlock, string> _remarks = new(ReferenceEqualityComparer.Instance);
    private readonly List<string> _atEnd = [];
    private readonly List<string> _lost = [];

    private CommentRescue(TextParts result) => _result = result;

    /// <summary>Gives the text with the comments, and those that found no place.</summary>
    /// <param name="text">The merged text.</param>
    /// <param name="result">The same, cut up.</param>
    /// <param name="local">What the follower has.</param>
    /// <param name="generated">What is generated now.</param>
    /// <param name="base">What was generated last.</param>
    internal static (string Text, IReadOnlyList<string> Lost) Restore(string text, TextParts result, TextParts local, TextParts generated, TextParts? @base)
    {
        var rescue = new CommentRescue(result);
        if (!rescue.FindMissing(local, generated, @base))
        {
            return (text, []);
        }

        foreach (var section in local.Sections)
        {
            rescue.Place(section);
        }

        rescue.PlaceAtEnd(local.End);
        return (rescue.Print(text), rescue._lost);
    }

    private bool FindMissing(TextParts local, TextParts generated, TextParts? @base)
    {
        var (here, canonical, former, result) = (Count(local), Count(generated), @base is null ? [] : Count(@base), Count(_result));
        foreach (var (comment, count) in here)
        {
            var own = count - Math.Max(canonical.GetValueOrDefault(comment), former.GetValueOrDefault(comment));
            var missing = own - Math.Max(0, result.GetValueOrDefault(comment) - canonical.GetValueOrDefault(comment));
            if (missing > 0)
            {
                _missing[comment] = missing;
            }
        }

        return _missing.Count > 0;
    }

    private static Dictionary<string, int> Count(TextParts parts)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var lines = parts.Sections.SelectMany(section => Blocks(section).SelectMany(block => block.Lead.Append(block.Text)).Concat(section.Trail)).Concat(parts.End);
        foreach (var comment in lines.SelectMany(LexicalToml.Comments))
        {
            counts[comment] = counts.GetValueOrDefault(comment) + 1;
        }

        return counts;
    }

    private static IEnumerable<TextBlock> Blocks(TextSection section) => section.Header is null ? section.Items : section.Items.Prepend(section.Header);

    private bool Take(string comment)
    {
        if (_missing.GetValueOrDefault(comment) <= 0)
        {
            return false;
        }

        _missing[comment]--;
        return true;
    }

    private void Place(TextSection section)
    {
        foreach (var block in Blocks(section))
        {
            foreach (var comment in block.Lead.SelectMany(LexicalToml.Comments).Where(Take))
            {
                Place(comment, Target(section, block), isRemark: false);
            }

            foreach (var comment in LexicalToml.Comments(block.Text).Where(Take))
            {
                // A remark of a header is not one of the single line that may stand for the table now.
                var target = Target(section, block);
                var isRemark = block.Tail.Contains(comment, StringComparison.Ordinal) && IsHeader(section, block) == (target is not null && IsHeader(target));
                Place(comment, target, isRemark);
            }
        }

        foreach (var comment in section.Trail.SelectMany(LexicalToml.Comments).Where(Take))
        {
            if (section.Header is null || Target(section, section.Header) is not { } target)
            {
                _atEnd.Add(comment);
            }
            else
            {
                Place(comment, target, isRemark: false);
            }
        }
    }

    private void Place(string comment, TextBlock? target, bool isRemark)
    {
        if (target is null)
        {
            _lost.Add(comment);
        }
        else if (isRemark && !target.HasRemark && _remarks.TryAdd(target, comment))
        {
            return;
        }
        else
        {
            (_above.TryGetValue(target, out var lines) ? lines : _above[target] = []).Add(comment);
        }
    }

    private void PlaceAtEnd(IReadOnlyList<string> end) => _atEnd.AddRange(end.SelectMany(LexicalToml.Comments).Where(Take));

    // The same line of the result; else the one that says the same in another form.
    private TextBlock? Target(TextSection section, TextBlock block)
    {
        var twin = _result.Sections.FirstOrDefault(other => other.Identity == section.Identity);
        var same = IsHeader(section, block) ? twin?.Header : twin?.Items.Find(other => other.Identity == block.Identity);
        if (same is not null)
        {
            return same;
        }

        var all = _result.Sections.SelectMany(other => Blocks(other).Select(found => (Section: other, Block: found))).ToList();
        var byUnit = all.Find(pair => pair.Block.Units.Any(unit => block.Units.Contains(unit))).Block;
        var keys = FullKeys(section, block);
        return byUnit ?? all.Find(pair => FullKeys(pair.Section, pair.Block) is var other && (Begins(other, keys) || Begins(keys, other))).Block;
    }

    private static bool IsHeader(TextSection section, TextBlock block) => ReferenceEquals(section.Header, block);

    private bool IsHeader(TextBlock block) => _result.Sections.Any(section => IsHeader(section, block));

    private static string[] FullKeys(TextSection section, TextBlock block)
        => IsHeader(section, block) || section.Header is null ? [.. block.Keys] : [.. section.Header.Keys, .. block.Keys];

    private static bool Begins(string[] whole, string[] start) => start.Length > 0 && whole.AsSpan().StartsWith(start);

    private string Print(string text)
    {
        var newLine = LexicalToml.NewLineOf(text) ?? "\n";
        var printed = new StringBuilder(_result.Mark);
        foreach (var section in _result.Sections)
        {
            foreach (var block in Blocks(section))
            {
                block.Lead.ToList().ForEach(line => printed.Append(line));
                _above.GetValueOrDefault(block)?.ForEach(line => printed.Append(line).Append(newLine));
                printed.Append(WithRemark(block));
            }

            section.Trail.ForEach(line => printed.Append(line));
        }

        _result.End.ToList().ForEach(line => printed.Append(line));
        foreach (var line in _atEnd)
        {
            printed.Append(printed.Length > 0 && printed[^1] != '\n' ? newLine : string.Empty).Append(line).Append(newLine);
        }

        return printed.ToString();
    }

    private string WithRemark(TextBlock block)
    {
        if (!_remarks.TryGetValue(block, out var remark))
        {
            return block.Text;
        }

        var line = block.Text.TrimEnd('\r', '\n', ' ', '\t');
        return $"{line} {remark}{block.Text[block.Text.TrimEnd('\r', '\n').Length..]}";
    }
}
