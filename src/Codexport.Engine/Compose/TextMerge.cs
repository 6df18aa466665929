using Codexport.Engine.Toml;

namespace Codexport.Engine.Compose;

/// <summary>
/// Writes the merged text: the generated text is the carrier, with its comments and order; what is local comes in behind the neighbour
/// that it has on the follower, with its own comments. What cannot be carried over as text (the same table spelled in two ways) is
/// left out here and set by <see cref="ConfigMerge"/> afterwards.
/// </summary>
internal sealed class TextMerge
{
    private readonly UnitMerge _decisions;
    private readonly TextParts _generated;
    private readonly TextParts _local;
    private readonly TomlTable _generatedRoot;
    private readonly Dictionary<string, OutSection> _byIdentity = new(StringComparer.Ordinal);
    private readonly LinkedList<OutSection> _sections = [];
    private readonly Dictionary<(string Section, string Block), TextBlock> _baseBlocks = [];
    private readonly Dictionary<(string Section, string Block), TextBlock> _generatedBlocks = [];
    private readonly HashSet<TomlPath> _begunLists = [];
    private readonly CommentBudget _comments;
    private readonly bool _isFirst;

    internal TextMerge(UnitMerge decisions, TextParts generated, TomlTable generatedRoot, TextParts local, TextParts? @base)
    {
        (_decisions, _generated, _local, _generatedRoot) = (decisions, generated, local, generatedRoot);
        _comments = new CommentBudget(generated, @base);
        _isFirst = @base is null;
        Index(@base?.Sections ?? [], _baseBlocks);
        Index(generated.Sections, _generatedBlocks);
    }

    /// <summary>The merged text.</summary>
    internal string Merge()
    {
        Carry();
        var ownAbove = _local.Sections.ToDictionary(section => section, TakeCommentsAboveCanonical);
        var anchor = _sections.First!;
        foreach (var section in _local.Sections)
        {
            anchor = Weave(section, anchor, ownAbove[section]);
            if (section.Header?.List is { } list)
            {
                _begunLists.Add(list);
            }
        }

        return Print();
    }

    // The carrier: what the generated text has and the result takes from it.
    private void Carry()
    {
        foreach (var section in _generated.Sections)
        {
            if (section.Header is { Units: [var unit] } && !IsGenerated(unit))
            {
                continue;
            }

            var carried = new OutSection(section.Header);
            foreach (var item in section.Items.Where(item => item.Units.Count == 0 || item.Units.Any(IsGenerated) || IsReplaceable(section, item)))
            {
                carried.Add(item.Identity, item.Lead, item.Text);
            }

            carried.End = section.Trail;
            _byIdentity[section.Identity] = carried;
            _sections.AddLast(carried);
        }

        _sections.Last!.Value.End = [.. _sections.Last!.Value.End, .. _generated.End];
    }

    private Dictionary<TextBlock, List<string>> TakeCommentsAboveCanonical(TextSection section)
    {
        var own = new Dictionary<TextBlock, List<string>>(ReferenceEqualityComparer.Instance);
        if (!_byIdentity.TryGetValue(section.Identity, out var carried))
        {
            return own;
        }

        if (section.Header is { } header)
        {
            own[header] = _comments.OwnAboveCanonical(header.Lead);
        }

        foreach (var item in section.Items.Where(item => carried.Find(item.Identity) is not null))
        {
            own[item] = _comments.OwnAboveCanonical(item.Lead);
        }

        return own;
    }

    // Brings one local section's own lines into the result; gives the section that the next local one comes behind.
    private LinkedListNode<OutSection> Weave(TextSection section, LinkedListNode<OutSection> anchor, Dictionary<TextBlock, List<string>> ownAbove)
    {
        if (!_byIdentity.TryGetValue(section.Identity, out var target))
        {
            return WeaveNew(section, anchor);
        }

        if (section.Header is { } header)
        {
            target.OwnAboveHeader = ownAbove[header];
        }

        target.OwnEnd = _comments.OwnAboveCanonical(section.Trail);
        LinkedListNode<OutBlock>? place = null;
        var hasPlace = false;
        foreach (var item in section.Items)
        {
            if (target.Find(item.Identity) is { } present)
            {
                present.Value.OwnAbove = ownAbove.GetValueOrDefault(item) ?? [];
                Settle(section, item, present.Value);
                (place, hasPlace) = (present, true);
            }
            else if (IsLocal(item) && Fits(section, item))
            {
                place = target.Insert(hasPlace || !_isFirst ? place : target.Last, item.Identity, _comments.OwnAboveLocal(item.Lead), item.Text);
                hasPlace = true;
            }
        }

        return _sections.Find(target)!;
    }

    private LinkedListNode<OutSection> WeaveNew(TextSection section, LinkedListNode<OutSection> anchor)
    {
        var items = section.Items.Where(IsLocal).ToList();
        var isOwn = section.Header!.Units is [var unit] ? IsLocal(unit) : items.Count > 0;
        if (!isOwn || !CanOpen(section))
        {
            return anchor;
        }

        var added = new OutSection(section.Header with { Lead = _comments.OwnAboveLocal(section.Header.Lead) }) { IsLocal = true };
        foreach (var item in items)
        {
            added.Add(item.Identity, _comments.OwnAboveLocal(item.Lead), item.Text);
        }

        added.End = _comments.OwnAboveLocal(section.Trail);
        if (BeforeWhich(section) is { } first)
        {
            return _sections.AddBefore(first, added);
        }

        if (ClosesLater(section, anchor.Value.End))
        {
            // It stands within the block that the anchor's last line closes.
            (added.End, anchor.Value.End) = ([.. added.End, .. anchor.Value.End], []);
        }

        return _sections.AddAfter(anchor, added);
    }

    private bool ClosesLater(TextSection section, IReadOnlyList<string> end)
    {
        var closing = end.Where(BlockMarkers.IsClosing).Select(line => line.Trim()).ToList();
        return closing.Count > 0 && _local.Sections.SkipWhile(other => !ReferenceEquals(other, section)).SelectMany(other => other.Trail)
            .Any(line => closing.Contains(line.Trim()));
    }

    // The first element of a list that both have comes before the others of that list: the order of hooks' groups is part of their names.
    private LinkedListNode<OutSection>? BeforeWhich(TextSection section)
    {
        if (section.Header!.List is not { } list || _begunLists.Contains(list)
            || !_local.Sections.Any(other => list.Equals(other.Header?.List) && _byIdentity.ContainsKey(other.Identity)))
        {
            return null;
        }

        var node = _sections.First;
        while (node is not null && (node.Value.IsLocal || !list.Equals(node.Value.Header?.List)))
        {
            node = node.Next;
        }

        return node;
    }

    // Whose spelling a line has that both sides hold: the one who changed it, the follower's where nobody or only the follower did.
    private void Settle(TextSection section, TextBlock local, OutBlock present)
    {
        var isKept = IsLocal(local) && local.Units.Count > 0;
        var isSame = local.Units.All(IsGenerated) && _baseBlocks.GetValueOrDefault((section.Identity, local.Identity))?.Text == present.Text
            && local.Units.All(unit => _decisions.Expected(unit)!.SemanticEquals(_decisions.LocalValue(unit)));
        if (isKept || isSame)
        {
            present.Text = local.Text;
        }
        else if (local.HasRemark && _generatedBlocks.TryGetValue((section.Identity, local.Identity), out var generated) && !generated.HasRemark
            && _baseBlocks.GetValueOrDefault((section.Identity, local.Identity))?.Tail.Trim() != local.Tail.Trim())
        {
            // The person's remark stays at the end of the line that the master changed, where the master has none of its own.
            present.Text = string.Concat(generated.Text.AsSpan(0, generated.Text.Length - generated.Tail.Length), local.Tail);
        }
    }

    private static void Index(IReadOnlyList<TextSection> sections, Dictionary<(string Section, string Block), TextBlock> blocks)
    {
        foreach (var section in sections)
        {
            section.Items.ForEach(item => blocks.TryAdd((section.Identity, item.Identity), item));
        }
    }

    private bool IsGenerated(UnitKey unit) => _decisions.Sources.GetValueOrDefault(unit, UnitSource.Local) == UnitSource.Generated;

    private bool IsLocal(UnitKey unit) => _decisions.Sources.TryGetValue(unit, out var source) && source == UnitSource.Local;

    private bool IsLocal(TextBlock item) => item.Units.Count > 0 && item.Units.All(IsLocal);

    // A generated line whose unit the follower owns holds the place for the follower's line of the same key.
    private bool IsReplaceable(TextSection section, TextBlock item)
        => item.Units.All(IsLocal)
            && _local.Sections.FirstOrDefault(other => other.Identity == section.Identity)?.Items.Find(other => other.Identity == item.Identity)
                is { } twin && IsLocal(twin);

    // Whether a table of that path may get a header of its own in the generated document.
    private bool CanOpen(TextSection section)
    {
        TomlNode node = _generatedRoot;
        var keys = section.Header!.Keys;
        for (var depth = 0; depth < keys.Count; depth++)
        {
            var next = node switch
            {
                TomlTable table => table[keys[depth]],
                TomlArrayOfTables { Count: > 0 } list => ((TomlTable)list[^1])[keys[depth]],
                _ => null,
            };
            if (next is null)
            {
                return node is TomlTable { Form: not TomlForm.Inline } or TomlArrayOfTables;
            }

            node = next;
        }

        return IsGone(section) || node is TomlTable { Form: TomlForm.Implicit } or TomlArrayOfTables;
    }

    // The unit stands in the generated text in another form, and was taken out of it.
    private bool IsGone(TextSection section) => section.Header!.Units is [var unit] && IsLocal(unit);

    // Whether a line of a section that both sides have may be put there: dotted keys must not lead through a table that has its own lines.
    private bool Fits(TextSection section, TextBlock item)
    {
        var target = _generated.Sections.First(other => other.Identity == section.Identity).Table;
        foreach (var key in item.Keys.SkipLast(1))
        {
            switch (target[key])
            {
                case null:
                    return true;
                case TomlTable { Form: TomlForm.Dotted } table:
                    target = table;
                    break;
                default:
                    return false;
            }
        }

        return target[item.Keys[^1]] is null || item.Units.All(unit => _decisions.Expected(unit) is not null && IsLocal(unit));
    }

    private string Print()
    {
        var text = new OutText(_generated.Mark.Length > 0 ? _generated.Mark : _local.Mark);
        var followsLocal = false;
        foreach (var section in _sections)
        {
            section.Print(text, followsLocal);
            followsLocal = section.IsLocal;
        }

        var own = _comments.OwnAboveCanonical(_local.End);
        text.Append(own, []);
        return text.ToString();
    }
}
