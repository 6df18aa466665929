using System.Text;

namespace Codexport.Engine.Compose;

/// <summary>A block of the merged text.</summary>
internal sealed class OutBlock(IReadOnlyList<string> lead, string text, bool isLocal)
{
    internal IReadOnlyList<string> Lead => lead;

    internal bool IsLocal => isLocal;

    internal string Text { get; set; } = text;

    /// <summary>The person's own comments above a canonical block.</summary>
    internal IReadOnlyList<string> OwnAbove { get; set; } = [];
}

/// <summary>A section of the merged text.</summary>
internal sealed class OutSection(TextBlock? header)
{
    private readonly LinkedList<OutBlock> _blocks = [];
    private readonly Dictionary<string, LinkedListNode<OutBlock>> _byIdentity = new(StringComparer.Ordinal);

    /// <summary>Whether it is the follower's alone.</summary>
    internal bool IsLocal { get; init; }

    internal TextBlock? Header => header;

    internal IReadOnlyList<string> OwnAboveHeader { get; set; } = [];

    /// <summary>Lines after the last block.</summary>
    internal IReadOnlyList<string> End { get; set; } = [];

    /// <summary>The person's own lines after those.</summary>
    internal IReadOnlyList<string> OwnEnd { get; set; } = [];

    internal LinkedListNode<OutBlock>? Last => _blocks.Last;

    internal LinkedListNode<OutBlock>? Find(string identity) => _byIdentity.GetValueOrDefault(identity);

    internal void Add(string identity, IReadOnlyList<string> lead, string text)
        => _byIdentity.TryAdd(identity, _blocks.AddLast(new OutBlock(lead, text, IsLocal)));

    internal LinkedListNode<OutBlock> Insert(LinkedListNode<OutBlock>? after, string identity, IReadOnlyList<string> lead, string text)
    {
        var block = new OutBlock(lead, text, isLocal: true);
        var node = after is null ? _blocks.AddFirst(block) : _blocks.AddAfter(after, block);
        _byIdentity.TryAdd(identity, node);
        return node;
    }

    /// <summary>Prints it.</summary>
    /// <param name="text">What came before.</param>
    /// <param name="followsLocal">Whether the section before it is the follower's alone.</param>
    internal void Print(OutText text, bool followsLocal)
    {
        if (header is not null)
        {
            text.Append(
                IsLocal ? text.WithoutDoubledBlank(header.Lead) : followsLocal ? text.SetOff(header.Lead) : header.Lead, OwnAboveHeader, header.Text);
        }

        foreach (var block in _blocks)
        {
            text.Append(block.IsLocal && !IsLocal ? text.WithoutDoubledBlank(block.Lead) : block.Lead, block.OwnAbove, block.Text);
        }

        text.Append(End, OwnEnd);
    }
}

/// <summary>Collects lines and sees to it that each ends before the next begins.</summary>
internal sealed class OutText(string beginning)
{
    private readonly StringBuilder _text = new(beginning);
    private readonly int _start = beginning.Length;
    private bool _endsBlank = true;
    private bool _endsComment;

    internal void Append(IReadOnlyList<string> lead, IReadOnlyList<string> own, string? block = null)
    {
        foreach (var line in lead.Concat(own))
        {
            AppendLine(line);
        }

        if (block is not null)
        {
            AppendLine(block);
        }
    }

    /// <summary>
    /// The lines above an inserted block: at most one blank line first, and none behind another. The comment that ends the canonical text
    /// would belong to the block right below it.
    /// </summary>
    internal IReadOnlyList<string> WithoutDoubledBlank(IReadOnlyList<string> lead)
    {
        var rest = lead.SkipWhile(string.IsNullOrWhiteSpace).ToList();
        return !_endsComment && (rest.Count == lead.Count || _endsBlank) ? rest : [.. rest.Prepend("\n")];
    }

    /// <summary>
    /// The lines above a block behind an inserted section: a comment that a blank line parts from its block is set off from that section
    /// too. Right below it, it would belong to the section and go with it.
    /// </summary>
    internal IReadOnlyList<string> SetOff(IReadOnlyList<string> lead)
        => !_endsBlank && lead is [var first, ..] && CommentBudget.IsComment(first) && lead.Any(string.IsNullOrWhiteSpace) ? [.. lead.Prepend("\n")] : lead;

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private void AppendLine(string line)
    {
        if (_text.Length > _start && _text[^1] != '\n')
        {
            _text.Append('\n');
        }

        _text.Append(line);
        _endsBlank = string.IsNullOrWhiteSpace(line);
        _endsComment = CommentBudget.IsComment(line);
    }
}
