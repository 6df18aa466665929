using System.Collections;
using System.Text;
using Codexport.Engine.Toml.Parsing;
using Codexport.Engine.Toml.Syntax;

namespace Codexport.Engine.Toml;

/// <summary>A table in any spelling. Enumerates its members in the order in which they first appear.</summary>
internal sealed class TomlTable : TomlNode, IReadOnlyCollection<KeyValuePair<string, TomlNode>>
{
    /// <summary>Up to this many members, walking along them is as quick as an index and much smaller.</summary>
    private const int LargestWithoutIndex = 8;

    private Dictionary<string, TomlNode>? _index;

    internal TomlTable(TomlForm form)
        : base(form)
    {
    }

    /// <summary>A new inline table that belongs to no document yet; the values are copied.</summary>
    public TomlTable(IEnumerable<KeyValuePair<string, TomlNode>> members)
        : this(TomlForm.Inline)
    {
        ArgumentNullException.ThrowIfNull(members);
        Inline = new InlineSyntax();
        foreach (var (key, value) in members)
        {
            TreeBuilder.AddKeyValue(this, Inline.Append(KeySyntax.Of(key), value.CloneValue(), "\n"));
        }
    }

    /// <inheritdoc/>
    public override TomlKind Kind => TomlKind.Table;

    /// <summary>How many members it has.</summary>
    public int Count { get; private set; }

    /// <summary>The keys, in order.</summary>
    public IEnumerable<string> Keys => this.Select(member => member.Key);

    /// <summary>The lines that this table's header, or the root, begins; null for the other forms.</summary>
    internal Section? Section { get; set; }

    /// <summary>The text of an inline table; null for the other forms.</summary>
    internal InlineSyntax? Inline { get; set; }

    /// <summary>How many dotted keys lead through this table.</summary>
    internal int DottedKeys { get; set; }

    internal TomlNode? FirstMember { get; private set; }

    internal TomlNode? LastMember { get; private set; }

    /// <summary>The member of that key, or null.</summary>
    public TomlNode? this[string key]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(key);
            if (_index is not null)
            {
                return _index.GetValueOrDefault(key);
            }

            var node = FirstMember;
            while (node is not null && !string.Equals(node.Key, key, StringComparison.Ordinal))
            {
                node = node.NextMember;
            }

            return node;
        }
    }

    /// <summary>Whether there is a member of that key.</summary>
    public bool ContainsKey(string key) => this[key] is not null;

    /// <summary>Gets what lies at <paramref name="path"/> below this table, or null.</summary>
    public TomlNode? Find(TomlPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        TomlNode? node = this;
        foreach (var segment in path.AsSpan())
        {
            node = node switch
            {
                TomlTable table when segment.Key is { } key => table[key],
                TomlList list when segment.Key is null && segment.Index < list.Count => list[segment.Index],
                _ => null,
            };
            if (node is null)
            {
                return null;
            }
        }

        return node;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, TomlNode>> GetEnumerator()
    {
        for (var node = FirstMember; node is not null; node = node.NextMember)
        {
            yield return new(node.Key!, node);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Adds a member whose key is not there yet.</summary>
    internal void Add(string key, TomlNode value)
    {
        value.Parent = this;
        value.Key = key;
        value.PreviousMember = LastMember;
        value.NextMember = null;
        if (LastMember is null)
        {
            FirstMember = value;
        }
        else
        {
            LastMember.NextMember = value;
        }

        LastMember = value;
        Count++;
        if (_index is not null)
        {
            _index.Add(key, value);
        }
        else if (Count > LargestWithoutIndex)
        {
            MakeIndex();
        }
    }

    /// <summary>Puts a node in the place of a member.</summary>
    internal void Replace(TomlNode old, TomlNode value)
    {
        value.Parent = this;
        value.Key = old.Key;
        Link(old.PreviousMember, value);
        Link(value, old.NextMember);
        _index?[old.Key!] = value;
        Release(old);
    }

    internal void Remove(TomlNode member)
    {
        Link(member.PreviousMember, member.NextMember);
        Count--;
        _index?.Remove(member.Key!);
        Release(member);
    }

    /// <summary>Gives every member the key that <paramref name="rename"/> holds for it; the order stays.</summary>
    internal void Rename(IReadOnlyDictionary<string, string> rename)
    {
        for (var node = FirstMember; node is not null; node = node.NextMember)
        {
            node.Key = rename.GetValueOrDefault(node.Key!, node.Key!);
        }

        if (_index is not null)
        {
            MakeIndex();
        }
    }

    private void MakeIndex()
    {
        _index = new(StringComparer.Ordinal);
        for (var node = FirstMember; node is not null; node = node.NextMember)
        {
            _index.Add(node.Key!, node);
        }
    }

    private void Link(TomlNode? first, TomlNode? second)
    {
        if (first is null)
        {
            FirstMember = second;
        }
        else
        {
            first.NextMember = second;
        }

        if (second is null)
        {
            LastMember = first;
        }
        else
        {
            second.PreviousMember = first;
        }
    }

    private static void Release(TomlNode member)
    {
        member.Parent = null;
        member.Key = null;
        member.PreviousMember = member.NextMember = null;
    }

    private protected override bool ValueEquals(TomlNode other)
    {
        var table = (TomlTable)other;
        return table.Count == Count && this.All(member => member.Value.SemanticEquals(table[member.Key]));
    }

    internal override void Write(StringBuilder text)
    {
        if (Inline is null)
        {
            CloneValue().Write(text);
            return;
        }

        Inline.Write(text);
    }

    internal override TomlNode CloneValue()
    {
        if (Inline is null)
        {
            return new TomlTable(this);
        }

        var copy = new TomlTable(TomlForm.Inline) { Inline = new InlineSyntax { End = Inline.End } };
        for (var member = Inline.Members.First; member is not null; member = member.Next)
        {
            var clone = member.Clone();
            copy.Inline.Members.InsertAfter(copy.Inline.Members.Last, clone);
            TreeBuilder.AddKeyValue(copy, clone);
        }

        return copy;
    }
}
