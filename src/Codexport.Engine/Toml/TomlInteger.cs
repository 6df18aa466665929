using Codexport.Engine.Toml.Syntax;

namespace Codexport.Engine.Toml;

/// <summary>A 64-bit signed integer.</summary>
internal sealed class TomlInteger : TomlScalar
{
    /// <summary>A new value that belongs to no document yet.</summary>
    public TomlInteger(long value)
        : this(TomlText.Integer(value).AsMemory(), value)
    {
    }

    internal TomlInteger(ReadOnlyMemory<char> raw, long value)
        : base(raw) => Value = value;

    /// <summary>The value.</summary>
    public long Value { get; }

    /// <inheritdoc/>
    public override TomlKind Kind => TomlKind.Integer;

    private protected override bool ValueEquals(TomlNode other) => ((TomlInteger)other).Value == Value;

    internal override TomlNode CloneValue() => new TomlInteger(Raw, Value);
}
