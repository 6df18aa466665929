using Codexport.Engine.Toml.Syntax;

namespace Codexport.Engine.Toml;

/// <summary>A double-precision float.</summary>
internal sealed class TomlFloat : TomlScalar
{
    /// <summary>A new value that belongs to no document yet.</summary>
    public TomlFloat(double value)
        : this(TomlText.Float(value).AsMemory(), value)
    {
    }

    internal TomlFloat(ReadOnlyMemory<char> raw, double value)
        : base(raw) => Value = value;

    /// <summary>The value.</summary>
    public double Value { get; }

    /// <inheritdoc/>
    public override TomlKind Kind => TomlKind.Float;

    private protected override bool ValueEquals(TomlNode other) => ((TomlFloat)other).Value is var number && (number == Value || (double.IsNaN(number) && double.IsNaN(Value)));

    internal override TomlNode CloneValue() => new TomlFloat(Raw, Value);
}
