using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Toml;

namespace Codexport.Tests.Toml;

public sealed class TomlReadTests
{
    [Fact]
    public void SemanticEquals_WhenSpelledOtherwise_IsTrue()
    {
        var one = TomlDocument.Parse("a.b.c = 'x'\na.n = 0x10\n[[l]]\nk = nan\n[l.t]\n[t]\nd = 1979-05-27T07:32:00.500Z");
        var two = TomlDocument.Parse("l = [{ 'k' = nan, t = {} }] # c\r\nt = { d = 1979-05-27 07:32:00.5+00:00 }\na = { n = 16, \"b\".c = \"\"\"x\"\"\" }");
        Assert.True(one.SemanticEquals(two));
        two.Set(["a", "n"], 17);
        Assert.False(one.SemanticEquals(two));
        Assert.False(TomlDocument.Parse("a = 1").SemanticEquals(TomlDocument.Parse("a = 1.0")));
        Assert.False(TomlDocument.Parse("a = [1, 2]").SemanticEquals(TomlDocument.Parse("a = [2, 1]")));
    }

    [Fact]
    public void Nodes_KnowTheirPlaceAndForm()
    {
        var document = TomlDocument.Parse("\"ü\".x = 1\n[a.b]\n  k = '😀' # c\nz = { i = 1 }\n[[l]]\n");
        (string Path, TomlForm Form, int Line, int Column)[] expected =
        [
            ("\"ü\"", TomlForm.Dotted, 1, 1), ("\"ü\".x", TomlForm.Value, 1, 9), ("a", TomlForm.Implicit, 2, 2), ("a.b", TomlForm.Header, 2, 1),
            ("a.b.k", TomlForm.Value, 3, 7), ("a.b.z", TomlForm.Inline, 4, 5), ("a.b.z.i", TomlForm.Value, 4, 11),
            ("l", TomlForm.ArrayOfTables, 5, 1), ("l[0]", TomlForm.Element, 5, 1),
        ];
        foreach (var (path, form, line, column) in expected)
        {
            var node = document.Find(TomlPath.Parse(path))!;
            Assert.Equal((path, form, new TomlLocation(line, column)), (node.Path.ToString(), node.Form, node.Location));
        }
    }

    [Fact]
    public void Scalars_HaveTypedValues()
    {
        var root = TomlDocument.Parse(
            "i = -9223372036854775808\nf = 6.5e-1_0\nb = true\no = 1979-05-27T00:32:00.12345678999-07:00\nl = 1979-05-27T23:59:60\nd = 1979-05-27\nt = 07:32:00.25\nw = 0001-01-01T00:00:00+23:00").Root;
        Assert.Equal(long.MinValue, root["i"]!.AsInteger());
        Assert.Equal(6.5e-10, root["f"]!.AsFloat());
        Assert.Equal(true, root["b"]!.AsBoolean());
        (string Key, TomlKind Kind, string Canonical)[] times =
        [
            ("o", TomlKind.OffsetDateTime, "1979-05-27T00:32:00.12345678999-07:00"),
            ("l", TomlKind.LocalDateTime, "1979-05-27T23:59:60"),
            ("d", TomlKind.LocalDate, "1979-05-27"),
            ("t", TomlKind.LocalTime, "07:32:00.25"),
            ("w", TomlKind.OffsetDateTime, "0001-01-01T00:00:00+23:00"),
        ];
        foreach (var (key, kind, canonical) in times)
        {
            var time = Assert.IsType<TomlDateTime>(root[key]);
            Assert.Equal((kind, canonical), (time.Kind, time.Canonical));
        }

        Assert.Null(root["i"]!.AsString());
    }

    [Theory]
    [InlineData("a = 1\nb = hunter2", 2, 5)]
    [InlineData("a = 'x\nb = 1", 1, 7)]
    [InlineData("a = 1\na = 2", 2, 1)]
    [InlineData("'😀' = 1 x", 1, 9)]
    [InlineData("[a]\n[b]\n[a]", 3, 1)]
    [InlineData("a = [1,\n2", 1, 5)]
    [InlineData("a = 9223372036854775808", 1, 5)]
    public void Parse_WhenWrong_SaysWhere(string text, int line, int column)
    {
        var error = Assert.Throws<CodexportException>(() => TomlDocument.Parse(text, "/x/config.toml"));
        Assert.Equal($"{line}:{column}", string.Join(':', error.Details.Select(detail => detail.Value)));
        Assert.StartsWith($"/x/config.toml is not valid TOML at line {line}, column {column}: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_WhenNotUtf8_SaysWhere()
    {
        var error = Assert.Throws<CodexportException>(() => TomlDocument.Parse((byte[])[.. "a = 1\nb = '"u8, 0xC3, (byte)'\''], "f"));
        Assert.Equal(["2", "6"], error.Details.Select(detail => detail.Value));
        Assert.Throws<CodexportException>(() => TomlDocument.Parse("a = '\uD800'"));
    }

    [Fact]
    public void Bytes_WithMarkMixedBreaksAndNoLastNewline_ComeBack()
    {
        var bytes = Encoding.UTF8.GetBytes("\uFEFF# c\r\n\n\ta = 1 \t# x\r\n[ b ]\n  'c' = [\r\n1\n,]");
        Assert.Equal(bytes, TomlDocument.Parse(bytes).ToBytes());
    }

    [Theory]
    [InlineData("tui.notifications")]
    [InlineData("mcp_servers.\"a b\".args[0]")]
    [InlineData("\"\".\"a.b\"")]
    [InlineData("")]
    public void TomlPath_WrittenAndRead_IsTheSame(string text) => Assert.Equal(text, TomlPath.Parse(text).ToString());

    [Theory]
    [InlineData("a.")]
    [InlineData(".a")]
    [InlineData("a b")]
    [InlineData("a[x]")]
    [InlineData("a[0]b")]
    public void TomlPath_WhenMalformed_IsRefused(string text)
    {
        Assert.False(TomlPath.TryParse(text, out _));
        Assert.Throws<FormatException>(() => TomlPath.Parse(text));
    }
}
