namespace Codexport.Engine.Toml;

/// <summary>A date, a time, or both. Digits of a second beyond the seventh are not part of the value, only of the text.</summary>
public abstract class TomlDateTimeScalar : TomlScalar
{
    private protected TomlDateTimeScalar(ReadOnlyMemory<char> raw, string canonical)
        : base(raw) => Canonical = canonical;

    /// <summary>
    /// The value in one spelling, as RFC 3339: <c>T</c> and <c>Z</c> in upper case, no zeros at the end of a fraction. A leap second
    /// stays 60 here.
    /// </summary>
    public string Canonical { get; }

    private protected override bool ValueEquals(TomlNode other)
        => string.Equals(((TomlDateTimeScalar)other).Canonical, Canonical, StringComparison.Ordinal);
}
