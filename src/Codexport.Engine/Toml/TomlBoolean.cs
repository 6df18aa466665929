using Codexport.Engine.Toml.Syntax;

namespace Codexport.Engine.Toml;

/// <summary>A boolean.</summary>
internal sealed class TomlBoolean : TomlScalar
{
    /// <summary>A new value that belongs to no document yet.</summary>
    public TomlBoolean(bool value)
        : this(TomlText.Boolean(value).AsMemory(), value)
    {
    }

    internal TomlBoolean(ReadOnlyMemory<char> raw, bool value)
        : base(raw) => Value = value;

    /// <summary>The value.</summary>
    public bool Value { get; }

    /// <inheritdoc/>
    public override TomlKind Kind => TomlKind.Boolean;

    private protected override bool ValueEquals(TomlNode other) => ((TomlBoolean)other).Value == Value;

    internal override TomlNode CloneValue() => new TomlBoolean(Raw, Value);
}
