using System.Globalization;
using System.Text;
using Codexport.Engine.Master.Followers;

namespace Codexport.Tests.Master;

public sealed class NetworkTextTests
{
    [Theory]
    [InlineData("lap\u202etop", "laptop")]
    [InlineData("\u2066a\u2069\u200b\u200d\ufeffb", "ab")]
    [InlineData("a\u0007\u001b[31mb\u009bc", "a[31mbc")]
    [InlineData("a\r\n\t\u2028\u2029\u0085 b", "a b")]
    [InlineData("\u3164\u115f\u1160\uffa0\u2800", "")]
    [InlineData("a\ufe0f\u034fb\U000e0101\U000e0041", "ab")]
    [InlineData("\u0301\u0301x", "x")]
    [InlineData("e\u0301\u0302\u0303\u0304\u0305", "e\u0301\u0302")]
    [InlineData("a \u0301b", "a b")]
    [InlineData("a\ud800b\udc00", "ab")]
    [InlineData("Zoë's MacBook Pro 💻", "Zoë's MacBook Pro 💻")]
    [InlineData(null, "")]
    public void Clean_LeavesWhatAnEyeSees(string? text, string clean) => Assert.Equal(clean, NetworkText.Clean(text, 64));

    [Fact]
    public void Clean_OfAnyCharacter_LeavesNothingThatSteers()
    {
        foreach (var value in Enumerable.Range(0, 0x10FFFF).Where(Rune.IsValid))
        {
            var clean = NetworkText.Clean(char.ConvertFromUtf32(value), 8);
            Assert.DoesNotContain(clean.EnumerateRunes(), rune => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse);
        }
    }
}
