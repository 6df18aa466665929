namespace Codexport.Engine.Toml.Syntax;

/// <summary>What commas separate: a value of an array or a member of an inline table, with the blanks, line breaks and comments around it.</summary>
internal interface ISeparated
{
    /// <summary>What stands before it.</summary>
    ReadOnlyMemory<char> Leading { get; set; }

    /// <summary>What stands between the value and its comma; without a comma, the rest of the value's line.</summary>
    ReadOnlyMemory<char> Trailing { get; set; }

    bool HasComma { get; set; }

    /// <summary>The rest of the comma's line, if nothing but a comment follows on it.</summary>
    ReadOnlyMemory<char> AfterComma { get; set; }
}
