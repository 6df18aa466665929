using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Toml;
using Tomlyn;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Codexport.Tests.Toml;

/// <summary>
/// What Tomlyn does otherwise than TOML and Codex, and that we do it right in spite of it. Where a test about Tomlyn fails after an update,
/// the defect is mended: drop what works around it in <c>TextCheck</c>, <c>TomlynSyntax</c>, <c>LiteralReader</c> or <c>DateTimeText</c>.
/// </summary>
public sealed class TomlynDefectTests
{
    /// <summary>Valid TOML that Tomlyn refuses.</summary>
    public static TheoryData<string, string, string?> Refused => new()
    {
        { "blanks behind the backslash at the end of a line", "a = \"\"\"x\\ \t \ny\"\"\"", "xy" },
        { "the same with a carriage return", "a = \"\"\"x\\ \r\ny\"\"\"", "xy" },
        { "8 digits of a second", "a = 1979-05-27T07:32:00.12345678Z", null },
        { "second 60", "a = 1979-05-27T23:59:60Z", null },
        { "second 60 of a time", "a = 23:59:60", null },
        { "an offset beyond 14 hours", "a = 1979-05-27T07:32:00+23:59", null },
        { "an offset that leaves the years of .NET", "a = 9999-12-31T23:59:59-14:00", null },
        { "the year 0", "a = 0000-02-29", null },
        { "U+FFFD in a string", "a = \"x\uFFFDy\"", "x\uFFFDy" },
        { "U+FFFD in a comment", "a = 'x' # \uFFFD", "x" },
        { "zeros before a hexadecimal number", "a = 0x0000000000000000000011", null },
        { "zeros before an octal number", "a = 0o0000000000000000000000000001", null },
    };

    /// <summary>What is not TOML, and what Tomlyn takes all the same.</summary>
    public static TheoryData<string, string, int> Taken => new()
    {
        { "a hexadecimal number of 64 bits", "a = 0xFFFFFFFFFFFFFFFF", 5 },
        { "a binary number of 64 bits", "a = 0b1" + new string('0', 63), 5 },
        { "an underscore in a year", "a = 1_979-05-27", 5 },
        { "a backslash before a tab", "a = \"x\\\ty\"", 7 },
        { "a backslash before a tab in a multi-line string", "a = \"\"\"x\\\ty\"\"\"", 9 },
        { "a backslash before a line break in a string of one line", "a = \"x\\\ny\"", 7 },
        { "the same in a key", "\"x\\\ny\" = 1", 3 },
        { "a float that is too large", "a = 1e400", 5 },
        { "a plain duplicate key", "a = 1\na = 2", 1 },
        { "a second byte-order mark", "\uFEFF\uFEFFa = 1", 1 },
    };

    /// <summary>A text that ends inside an escape sequence.</summary>
    public static TheoryData<string> Thrown => ["a = \"\\", "a = \"\\u12", "a = \"\"\"\\", "a = [\"\\", "\"\\"];

    [Theory]
    [MemberData(nameof(Refused))]
    public void Tomlyn_RefusesWhatWeTake(string what, string text, string? value)
    {
        Assert.True(SyntaxParser.Parse(text, validate: false).HasErrors, $"mended: {what}");

        var document = TomlDocument.Parse(text);

        Assert.Equal(text, document.ToString());
        Assert.Equal(value, document.Root["a"]!.AsString());
    }

    [Fact]
    public void Parse_ZerosBeforeANumber_KeepsItsValue()
        => Assert.Equal([17, 1, long.MaxValue], TomlDocument.Parse("a = [0x00000000000000000011, 0o00000000000000000000001, 0x7FFF_FFFF_FFFF_FFFF]")
            .Root["a"] is TomlArray array ? array.Select(item => item.AsInteger()!.Value) : []);

    [Theory]
    [MemberData(nameof(Taken))]
    public void Tomlyn_TakesWhatWeRefuse(string what, string text, int column)
    {
        Assert.False(SyntaxParser.Parse(text[0] == '\uFEFF' ? text[1..] : text, validate: false).HasErrors, $"mended: {what}");

        var error = Assert.Throws<CodexportException>(() => TomlDocument.Parse(text));

        Assert.Equal($"{column}", error.Details[1].Value);
    }

    [Theory]
    [MemberData(nameof(Thrown))]
    public void Tomlyn_ThrowsWhereTheTextEndsInsideAnEscape(string text)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SyntaxParser.Parse(text, validate: false));
        Assert.Equal(ErrorCode.TomlInvalid, Assert.Throws<CodexportException>(() => TomlDocument.Parse(text)).Code);
        Assert.False(TomlPath.TryParse(text.Replace("a = ", "", StringComparison.Ordinal), out _));
    }

    [Fact]
    public void TomlynsValidation_MissesATableInTheWay_AndWeDoNot()
    {
        const string text = "[t]\na=1\nb=2\n[t.a]\n";
        Assert.False(SyntaxParser.Parse(text, validate: true).HasErrors);
        Assert.Throws<CodexportException>(() => TomlDocument.Parse(text));
    }

    [Fact]
    public void Parse_ManyKeys_FindsNoConflictWhereNoneIs()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 120_000; i++)
        {
            text.Append('k').Append(i).Append("=1\n");
        }

        Assert.Equal(120_000, TomlDocument.Parse(text.ToString()).Root.Count);
    }

    [Fact]
    public void TomlynsMessages_RepeatTheInput_AndOursDoNot()
    {
        const string text = "a = hunter\n";
        Assert.Contains("hunter", SyntaxParser.Parse(text, validate: false).Diagnostics[0].Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", Assert.Throws<CodexportException>(() => TomlDocument.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TomlynsDepth_CountsContainersAlone_AndWeCountKeysToo()
    {
        var options = new TomlSerializerOptions { MaxDepth = 5 };
        Assert.False(SyntaxParser.Parse("a.b.c.d.e.f.g = 1", options, validate: false).HasErrors);
        Assert.Throws<TomlException>(() => SyntaxParser.Parse("a = [[[[[]]]]]", options, validate: false));
    }

    [Fact]
    public void Tomlyn_GoesOnAfterAnError_AndWeBoundTheSizeBefore()
    {
        var line = "a = \n";
        Assert.Equal(3, SyntaxParser.Parse(string.Concat(Enumerable.Repeat(line, 3)), validate: false).Diagnostics.Count);

        var large = Encoding.UTF8.GetBytes("# " + new string('x', TomlDocument.MaxLength));
        Assert.False(TomlDocument.TryParse(large, "f", out _, out var error));
        Assert.Contains("larger than 2 MiB", error.Message, StringComparison.Ordinal);
        Assert.True(TomlDocument.TryParse(large.AsMemory(0, TomlDocument.MaxLength), "f", out _, out _));
    }

    [Fact]
    public void TomlynsPlaces_AreNotThoseOfPeople_AndOursAre()
    {
        // Tomlyn counts from 0, and gives the end of the text the place 0:0 when it meets it again.
        var spans = SyntaxParser.Parse("a = [\n", validate: false).Diagnostics.Select(diagnostic => diagnostic.Span.Offset).ToArray();
        Assert.Equal([6, 0], spans);

        var error = Assert.Throws<CodexportException>(() => TomlDocument.Parse("a = [\n"));
        Assert.Equal(["1", "5"], error.Details.Select(detail => detail.Value));
    }
}
