using Codexport.Engine.Toml.Syntax;

namespace Codexport.Engine.Toml;

/// <summary>A string. Line breaks inside multi-line strings read as a line feed, whatever the file uses.</summary>
internal sealed class TomlString : TomlScalar
{
    /// <summary>A new string that belongs to no document yet.</summary>
    /// <exception cref="ArgumentException">It is not valid Unicode.</exception>
    public TomlString(string value)
        : this(TomlText.BasicString(value).AsMemory(), value)
    {
    }

    internal TomlString(ReadOnlyMemory<char> raw, string value)
        : base(raw) => Value = value;

    /// <summary>The text that it stands for.</summary>
    public string Value { get; private set; }

    /// <inheritdoc/>
    public override TomlKind Kind => TomlKind.String;

    private protected override bool ValueEquals(TomlNode other)
        => string.Equals(((TomlString)other).Value, Value, StringComparison.Ordinal);

    internal override TomlNode CloneValue() => new TomlString(Raw, Value);

    /// <summary>Changes the text and keeps the kind of quotes where they can hold it.</summary>
    internal void Rewrite(string value)
    {
        Raw = TomlText.StringLike(Raw.Span, value).AsMemory();
        Value = value;
    }
}
