namespace Codexport.Engine.Toml;

/// <summary>How a node came to be in its document. Two nodes can be equal in value and differ in form.</summary>
internal enum TomlForm
{
    /// <summary>A value to the right of an equals sign or inside an array; not a table.</summary>
    Value,

    /// <summary>The document's root table.</summary>
    Root,

    /// <summary>A table with its own <c>[header]</c>.</summary>
    Header,

    /// <summary>A table that exists because a header names something inside it.</summary>
    Implicit,

    /// <summary>A table made by dotted keys.</summary>
    Dotted,

    /// <summary>An inline table, <c>{ … }</c>.</summary>
    Inline,

    /// <summary>One <c>[[header]]</c> table of an array of tables.</summary>
    Element,

    /// <summary>An array made of <c>[[headers]]</c>.</summary>
    ArrayOfTables,
}
