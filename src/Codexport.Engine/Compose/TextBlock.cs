using Codexport.Engine.Toml;

namespace Codexport.Engine.Compose;

/// <summary>A header line or a key with its value, as text, with the blank lines and comments that stand before it.</summary>
/// <param name="Identity">What is the same for the same line of another text: the key path below its section.</param>
/// <param name="Lead">The lines before it, back to the block before.</param>
/// <param name="Text">Its own text, line break included.</param>
/// <param name="Units">The units that it is, is part of, or holds; none for a header that only opens a table.</param>
/// <param name="Keys">Its key path below the section; for a header the section's.</param>
internal sealed record TextBlock(string Identity, IReadOnlyList<string> Lead, string Text, IReadOnlyList<UnitKey> Units, IReadOnlyList<string> Keys)
{
    /// <summary>What of <see cref="Text"/> stands behind the value: blanks, a remark, the line break.</summary>
    internal string Tail { get; init; } = string.Empty;

    /// <summary>Whether there is a remark behind the value.</summary>
    internal bool HasRemark => Tail.Contains('#', StringComparison.Ordinal);

    /// <summary>The list whose element this header opens; null for any other block.</summary>
    internal TomlPath? List => Units is [{ Element: not null } unit] && unit.Path.Count == Keys.Count ? unit.Path : null;
}

/// <summary>A header with the keys under it; the first one of a text has no header.</summary>
/// <param name="Identity">What is the same for the same section of another text.</param>
/// <param name="Header">The header, or null.</param>
/// <param name="Table">The table that it opens.</param>
/// <param name="Items">The keys.</param>
internal sealed record TextSection(string Identity, TextBlock? Header, TomlTable Table, List<TextBlock> Items)
{
    /// <summary>The lines behind its last key that belong to it, and not to what follows.</summary>
    internal List<string> Trail { get; } = [];
}

/// <summary>A document as sections and blocks.</summary>
/// <param name="Sections">The sections in order, the root first.</param>
/// <param name="End">The lines after the last block.</param>
/// <param name="Mark">The byte-order mark, or nothing.</param>
internal sealed record TextParts(IReadOnlyList<TextSection> Sections, IReadOnlyList<string> End, string Mark);
