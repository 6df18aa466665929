using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Codexport.Engine.Toml.Parsing;
using Codexport.Engine.Toml.Syntax;

namespace Codexport.Engine.Toml;

/// <summary>A table in any spelling. Enumerates its members in the order in which they first appear.</summary>
public sealed class TomlTable : TomlNode, IReadOnlyCollection<KeyValuePair<string, TomlNode>>
{
    private readonly Dictionary<string, TableEntry> _index = new(StringComparer.Ordinal);
    private readonly Chain<TableEntry> _order = new();

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
            TreeBuilder.AddKeyValue(this, Inline.Append(KeySyntax.Of(key), value.CloneValue()));
        }
    }

    /// <inheritdoc/>
    public override TomlKind Kind => TomlKind.Table;

    /// <summary>How many members it has.</summary>
    public int Count => _index.Count;

    /// <summary>The keys, in order.</summary>
    public IEnumerable<string> Keys => this.Select(member => member.Key);

    /// <summary>The lines that this table's header, or the root, begins; null for the other forms.</summary>
    internal Section? Section { get; set; }

    /// <summary>The text of an inline table; null for the other forms.</summary>
    internal InlineSyntax? Inline { get; set; }

    /// <summary>How many dotted keys lead through this table.</summary>
    internal int DottedKeys { get; set; }

    internal TableEntry? FirstEntry => _order.First;

    internal TableEntry? LastEntry => _order.Last;

    /// <summary>The member of that key, or null.</summary>
    public TomlNode? this[string key] => _index.GetValueOrDefault(key)?.Value;

    /// <summary>Whether there is a member of that key.</summary>
    public bool ContainsKey(string key) => _index.ContainsKey(key);

    /// <summary>Gets the member of that key.</summary>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out TomlNode value)
    {
        value = this[key];
        return value is not null;
    }

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
        for (var entry = _order.First; entry is not null; entry = entry.Next)
        {
            yield return new(entry.Key, entry.Value);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Add(string key, TomlNode value)
    {
        var entry = new TableEntry(key, value);
        _index.Add(key, entry);
        _order.InsertAfter(_order.Last, entry);
        Adopt(key, value);
    }

    internal void Replace(string key, TomlNode value)
    {
        _index[key].Value = value;
        Adopt(key, value);
    }

    internal void Remove(string key)
    {
        if (_index.Remove(key, out var entry))
        {
            _order.Remove(entry);
            entry.Value.Parent = null;
            entry.Value.Key = null;
        }
    }

    /// <summary>Gives every member the key that <paramref name="rename"/> holds for it; the order stays.</summary>
    internal void Rename(IReadOnlyDictionary<string, string> rename)
    {
        _index.Clear();
        for (var entry = _order.First; entry is not null; entry = entry.Next)
        {
            entry.Key = rename.GetValueOrDefault(entry.Key, entry.Key);
            entry.Value.Key = entry.Key;
            _index.Add(entry.Key, entry);
        }
    }

    private void Adopt(string key, TomlNode value)
    {
        value.Parent = this;
        value.Key = key;
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
            TreeBuilder.AddKeyValue(copy, clone.Pair);
        }

        return copy;
    }
}
