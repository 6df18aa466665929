using FsCheck;
using FsCheck.Fluent;

namespace Codexport.Tests;

/// <summary>A property that fails says for which value, as small as it gets.</summary>
public sealed class SmallerTests
{
    [Fact]
    public void Texts_WhenAPropertyFails_AreMadeSmallerAsLongAsTheyAreValid()
    {
        var texts = Gen.ListOf(Gen.Elements("a", "b", "😀", "xx"), 40).Select(string.Concat);
        Func<string, bool> isValid = text => text.Contains("😀", StringComparison.Ordinal);
        var message = Failure(Prop.ForAll(Smaller.Texts(texts.Where(isValid), isValid), text => !text.Contains("xx", StringComparison.Ordinal)));
        Assert.Matches("\"(xx😀|😀xx)\"", message);
    }

    [Fact]
    public void Lists_WhenAPropertyFails_AreMadeSmaller()
    {
        var lists = Gen.ListOf(Gen.Choose(0, 9), 40).Select(numbers => (List<int>)[.. numbers, 7]);
        Assert.Contains("[7]", Failure(Prop.ForAll(Smaller.Lists(lists), numbers => !numbers.Contains(7))), StringComparison.Ordinal);
    }

    private static string Failure(Property property)
    {
        var message = Assert.ThrowsAny<Exception>(() => Check.One(Config.QuickThrowOnFailure, property)).Message;
        Assert.Contains("Shrunk", message, StringComparison.Ordinal);
        return message[message.IndexOf("Shrunk", StringComparison.Ordinal)..];
    }
}
