namespace Codexport.Engine.Toml;

/// <summary>
/// A date, a time, or both. It stays text: TOML has a year 0, a second 60 and offsets of 23 hours, which the types of .NET do not hold.
/// </summary>
internal sealed class TomlDateTime : TomlScalar
{
    internal TomlDateTime(ReadOnlyMemory<char> raw, TomlKind kind, string canonical)
        : base(raw)
    {
        Kind = kind;
        Canonical = canonical;
    }

    /// <inheritdoc/>
    public override TomlKind Kind { get; }

    /// <summary>
    /// The value in one spelling, as RFC 3339: <c>T</c> and <c>Z</c> in upper case, seconds always, no zeros at the end of a fraction.
    /// </summary>
    public string Canonical { get; }

    private protected override bool ValueEquals(TomlNode other)
        => string.Equals(((TomlDateTime)other).Canonical, Canonical, StringComparison.Ordinal);

    internal override TomlNode CloneValue() => new TomlDateTime(Raw, Kind, Canonical);
}
