using Codexport.Engine.Toml.Parsing;
using Codexport.Engine.Toml.Syntax;

namespace Codexport.Engine.Toml;

/// <summary>A string. Line breaks inside multi-line strings read as a line feed, whatever the file uses.</summary>
public sealed class TomlString : TomlScalar
{
    private string? _value;

    /// <summary>A new string that belongs to no document yet.</summary>
    /// <exception cref="ArgumentException">It is not valid Unicode.</exception>
    public TomlString(string value)
        : this(TomlText.BasicString(value).AsMemory(), value)
    {
    }

    /// <summary>A string whose text is worked out when it is first asked for, where <paramref name="value"/> is null.</summary>
    internal TomlString(ReadOnlyMemory<char> raw, string? value)
        : base(raw) => _value = value;

    /// <summary>The text that it stands for.</summary>
    public string Value => _value ??= StringParser.Decode(Raw);

    /// <inheritdoc/>
    public override TomlKind Kind => TomlKind.String;

    private protected override bool ValueEquals(TomlNode other)
        => string.Equals(((TomlString)other).Value, Value, StringComparison.Ordinal);

    internal override TomlNode CloneValue() => new TomlString(Raw, _value);

    /// <summary>Changes the text and keeps the kind of quotes where they can hold it.</summary>
    internal void Rewrite(string value)
    {
        Raw = TomlText.StringLike(Raw.Span, value).AsMemory();
        _value = value;
    }
}
