namespace Codexport.Engine.Toml;

/// <summary>A date and time without an offset.</summary>
public sealed class TomlLocalDateTime : TomlDateTimeScalar
{
    internal TomlLocalDateTime(ReadOnlyMemory<char> raw, string canonical, DateTime value)
        : base(raw, canonical) => Value = value;

    /// <summary>The date and time, of unspecified kind; a leap second is given as second 59.</summary>
    public DateTime Value { get; }

    /// <inheritdoc/>
    public override TomlKind Kind => TomlKind.LocalDateTime;

    internal override TomlNode CloneValue() => new TomlLocalDateTime(Raw, Canonical, Value);
}
