using System.Text;
using System.Text.Json;
using Codexport.Engine.Content;

namespace Codexport.Tests.Bundles;

public sealed class CanonicalJsonEncoderTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a\"b\\c", "a\\\"b\\\\c")]
    [InlineData("\b\f\n\r\t\u0001\u001f\u007f", "\\b\\f\\n\\r\\t\\u0001\\u001f\u007f")]
    [InlineData("<>&'+`/\u2028\u00a0ä漢\U0001F600\U000E0001\u0378", "<>&'+`/\u2028\u00a0ä漢\U0001F600\U000E0001\u0378")]
    public void Write_EscapesOnlyWhatJsonDemands(string text, string expected) => Assert.Equal($"\"{expected}\"", Write(text));

    // Attribute data is stored as UTF-8 and cannot hold an unpaired surrogate, so these are no theory.
    [Fact]
    public void Write_WhenSurrogateIsUnpaired_WritesReplacementCharacter()
    {
        Assert.Equal("\"\ufffdx\"", Write("\ud800x"));
        Assert.Equal("\"x\ufffd\"", Write("x\udc00"));
    }

    [Fact]
    public void Write_KeepsEveryScalarOfPlanes0And1Unescaped()
    {
        var text = string.Concat(Enumerable.Range(0x20, 0x1FFFF - 0x20)
            .Where(value => value is not ('"' or '\\') && Rune.IsValid(value)).Select(value => new Rune(value).ToString()));
        Assert.Equal($"\"{text}\"", Write(text));
    }

    private static string Write(string text)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = CanonicalJsonEncoder.Instance }))
        {
            json.WriteStringValue(text);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
