namespace Codexport.Engine.Toml.Syntax;

/// <summary>A header and the keys under it, or the keys before the first header.</summary>
internal sealed class Section(HeaderElement? header, TomlTable table) : Link<Section>
{
    internal HeaderElement? Header => header;

    internal TomlTable Table => table;

    /// <summary>The last line that is not blank or comment: a key's, else the header's; null where there is neither.</summary>
    internal Element? Last { get; set; } = header;

    /// <summary>Order in the document; a section that an edit inserts has that of the section before it.</summary>
    internal int Ordinal { get; set; }

    internal bool IsRemoved { get; set; }
}
