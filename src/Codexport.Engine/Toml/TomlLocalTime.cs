namespace Codexport.Engine.Toml;

/// <summary>A time of day alone.</summary>
public sealed class TomlLocalTime : TomlDateTimeScalar
{
    internal TomlLocalTime(ReadOnlyMemory<char> raw, string canonical, TimeOnly value)
        : base(raw, canonical) => Value = value;

    /// <summary>The time; a leap second is given as second 59.</summary>
    public TimeOnly Value { get; }

    /// <inheritdoc/>
    public override TomlKind Kind => TomlKind.LocalTime;

    internal override TomlNode CloneValue() => new TomlLocalTime(Raw, Canonical, Value);
}
