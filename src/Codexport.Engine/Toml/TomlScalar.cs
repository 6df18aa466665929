using System.Text;

namespace Codexport.Engine.Toml;

/// <summary>A value that holds no other: its type, and the text that it was written as.</summary>
internal abstract class TomlScalar : TomlNode
{
    private protected TomlScalar(ReadOnlyMemory<char> raw)
        : base(TomlForm.Value) => Raw = raw;

    /// <summary>The text as written, quotes included.</summary>
    public ReadOnlyMemory<char> Raw { get; private protected set; }

    /// <summary>The text as written, quotes included.</summary>
    public override string ToString() => Raw.ToString();

    internal override void Write(StringBuilder text) => text.Append(Raw);
}
