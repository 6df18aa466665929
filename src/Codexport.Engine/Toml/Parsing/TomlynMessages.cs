namespace Codexport.Engine.Toml.Parsing;

/// <summary>
/// Says in our words what Tomlyn says. Its messages repeat the input, which may be a secret, so nothing of them is handed on: a message
/// that is not known gets words that fit each.
/// </summary>
internal static class TomlynMessages
{
    private const string Value = "a value is expected here; text must be in quotes";
    private const string Key = "a key is expected here: letters, digits, - and _, or any text in quotes";
    private const string Escape = "a string holds an unknown escape sequence";
    private const string Number = "this is not a valid number";

    /// <summary>How a message begins, how it ends, and our words. The first that fits counts.</summary>
    private static readonly (string Start, string End, string Words)[] Known =
    [
        ("Unexpected token end-of-line found while expecting a value", "", Value),
        ("Unexpected token `", "for a value", Value),
        ("Unexpected token `", "for a base key", Key),
        ("Unexpected token `", "for an array", "a comma or ] is expected after a value in an array"),
        ("Missing a `,`", "", "a comma or ] is expected after a value in an array"),
        ("Unexpected token `", "`", "a key, a comma or } is expected here in an inline table"),
        ("Unexpected token found ", "token `newline`", "only a comment may follow on this line"),
        ("Unexpected token found ", "`closebracketdouble`)", "the header of an array of tables must end with ]]"),
        ("Unexpected token found ", "`closebracket`)", "a table header must end with ]"),
        ("Unexpected token [", "", "a key or a header is expected here"),
        ("Expecting `=` after a key", "", "an equals sign is expected after the key"),
        ("Invalid newline in a string", "", "a string in single quotation marks must end on its line"),
        ("Invalid End-Of-File", "", "a string is not closed"),
        ("Invalid escape", "", Escape),
        ("Unexpected escape character", "", Escape),
        ("Invalid Unicode scalar value", "", "a string holds an escape sequence that is not a Unicode character"),
        ("Unable to parse integer", "", "this is not a valid integer of 64 bits"),
        ("Unable to parse floating point", "", Number),
        ("Unexpected leading zero", "", "a number may not begin with a zero"),
        ("Multiple leading 0", "", "a number may not begin with a zero"),
        ("An underscore", "", "an underscore must stand between two digits"),
        ("Missing a digit after", "", "an underscore must stand between two digits"),
        ("Expecting at least one digit", "", Number),
        ("Invalid hexadecimal", "", Number),
        ("Invalid octal", "", Number),
        ("Invalid binary", "", Number),
        ("Invalid capital", "", Number),
        ("Invalid prefix", "", "this is not a valid date or time"),
    ];

    internal static string InOurWords(string message)
    {
        foreach (var (start, end, words) in Known)
        {
            if (message.StartsWith(start, StringComparison.Ordinal) && message.EndsWith(end, StringComparison.Ordinal))
            {
                return words;
            }
        }

        return "the text is not valid here";
    }
}
