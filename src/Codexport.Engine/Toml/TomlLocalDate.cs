namespace Codexport.Engine.Toml;

/// <summary>A date alone.</summary>
public sealed class TomlLocalDate : TomlDateTimeScalar
{
    internal TomlLocalDate(ReadOnlyMemory<char> raw, string canonical, DateOnly value)
        : base(raw, canonical) => Value = value;

    /// <summary>The date.</summary>
    public DateOnly Value { get; }

    /// <inheritdoc/>
    public override TomlKind Kind => TomlKind.LocalDate;

    internal override TomlNode CloneValue() => new TomlLocalDate(Raw, Canonical, Value);
}
