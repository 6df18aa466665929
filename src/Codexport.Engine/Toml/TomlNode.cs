using System.Text;
using Codexport.Engine.Toml.Syntax;

namespace Codexport.Engine.Toml;

/// <summary>
/// A value of the tree that a TOML document stands for. The tree is the same for every spelling: dotted keys, headers and inline
/// tables all give tables. Change it through <see cref="TomlDocument"/>.
/// </summary>
internal abstract class TomlNode
{
    private protected TomlNode(TomlForm form) => Form = form;

    /// <summary>What it is.</summary>
    public abstract TomlKind Kind { get; }

    /// <summary>How it was written.</summary>
    public TomlForm Form { get; internal set; }

    /// <summary>Where it stood in the parsed text: the value's first character, or a table's header or first dotted key.</summary>
    public TomlLocation Location { get; internal set; }

    /// <summary>The table or array that it is in; null for the root and for values that are in no document.</summary>
    public TomlNode? Parent { get; internal set; }

    /// <summary>The way from the root to here.</summary>
    public TomlPath Path
    {
        get
        {
            var segments = new Stack<TomlPathSegment>();
            for (var node = this; node.Parent is { } parent; node = parent)
            {
                segments.Push(parent is TomlList list ? list.IndexOf(node) : node.Key!);
            }

            return TomlPath.Create(segments.ToArray());
        }
    }

    /// <summary>Its key in the table that it is in; null elsewhere.</summary>
    public string? Key { get; internal set; }

    /// <summary>What holds it as a value: a key and value, or an array's item. Null for what headers and dotted keys make.</summary>
    internal IValueSlot? Slot { get; set; }

    /// <summary>The member before it in its table.</summary>
    internal TomlNode? PreviousMember { get; set; }

    /// <summary>The member behind it in its table.</summary>
    internal TomlNode? NextMember { get; set; }

    /// <summary>The string, or null where it is something else.</summary>
    public string? AsString() => (this as TomlString)?.Value;

    /// <summary>The integer, or null where it is something else.</summary>
    public long? AsInteger() => (this as TomlInteger)?.Value;

    /// <summary>The boolean, or null where it is something else.</summary>
    public bool? AsBoolean() => (this as TomlBoolean)?.Value;

    /// <summary>The number as a float, integers included; null where it is something else.</summary>
    public double? AsFloat() => this switch
    {
        TomlFloat number => number.Value,
        TomlInteger number => number.Value,
        _ => null,
    };

    /// <summary>A new string that belongs to no document yet.</summary>
    public static implicit operator TomlNode(string value) => new TomlString(value);

    /// <summary>A new integer that belongs to no document yet.</summary>
    public static implicit operator TomlNode(long value) => new TomlInteger(value);

    /// <summary>A new boolean that belongs to no document yet.</summary>
    public static implicit operator TomlNode(bool value) => new TomlBoolean(value);

    /// <summary>A new float that belongs to no document yet.</summary>
    public static implicit operator TomlNode(double value) => new TomlFloat(value);

    /// <summary>Whether both stand for the same value, however they are spelled. A float that is not a number equals another one.</summary>
    public bool SemanticEquals(TomlNode? other) => other is not null && Kind == other.Kind && (ReferenceEquals(this, other) || ValueEquals(other));

    private protected abstract bool ValueEquals(TomlNode other);

    /// <summary>Writes the value as it is spelled. Only what has a <see cref="Slot"/> or is new can be written so.</summary>
    internal abstract void Write(StringBuilder text);

    /// <summary>A copy that belongs to nothing and can be a value: headers and dotted keys become inline tables.</summary>
    internal abstract TomlNode CloneValue();
}
