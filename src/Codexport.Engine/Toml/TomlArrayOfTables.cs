using System.Text;

namespace Codexport.Engine.Toml;

/// <summary>An array whose tables each have a <c>[[header]]</c>.</summary>
internal sealed class TomlArrayOfTables : TomlList
{
    internal TomlArrayOfTables()
        : base(TomlForm.ArrayOfTables)
    {
    }

    /// <inheritdoc/>
    public override int Count => Tables.Count;

    internal List<TomlTable> Tables { get; } = [];

    /// <inheritdoc/>
    public override TomlNode this[int index] => Tables[index];

    internal override void Write(StringBuilder text) => CloneValue().Write(text);

    internal override TomlNode CloneValue() => new TomlArray(Tables);
}
