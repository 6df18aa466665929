using System.Text;
using Codexport.Engine.Platform.Paths;

namespace Codexport.Tests.Platform;

/// <summary>Our own tables against the framework's normalization, which the tests have and the program has not.</summary>
public sealed class UnicodeFormTests
{
    /// <summary>Characters that one side does not know yet, of one Unicode version more or less.</summary>
    private const int NewcomersAtMost = 200;

    public UnicodeFormTests()
        => Assert.SkipUnless("e\u0301".Normalize(NormalizationForm.FormC) == "\u00e9", "The framework normalizes nothing here: it runs without ICU.");

    [Fact]
    public void Compose_OfEveryCharacter_IsWhatTheFrameworkSays()
    {
        // A mark of the lowest and of the highest class around it show the character's own class.
        var differing = Scalars().Where(scalar => Differs(scalar, "{0}") || Differs(scalar, "a\u0345{0}\u0334") || Differs(scalar, "{0}\u0301")).ToList();

        Assert.True(differing.Count <= NewcomersAtMost, Shown(differing));
        Assert.All(differing, scalar => Assert.True(IsUnknownToOneSide(scalar), Shown([scalar])));
    }

    [Fact]
    public void Compose_OfRandomTexts_IsWhatTheFrameworkSays()
    {
        var random = new Random(20_261_122);
        var lively = Scalars().Where(scalar => scalar >= 0xC0 && !IsUnknownToOneSide(scalar) && IsLively(scalar)).ToArray();
        Assert.InRange(lively.Length, 2_000, 20_000);
        for (var round = 0; round < 50_000; round++)
        {
            var text = new StringBuilder();
            for (var count = random.Next(1, 9); count > 0; count--)
            {
                text.Append(random.Next(4) == 0 ? "e" : char.ConvertFromUtf32(lively[random.Next(lively.Length)]));
            }

            var spelled = text.ToString().Normalize(random.Next(2) == 0 ? NormalizationForm.FormD : NormalizationForm.FormC);
            Assert.Equal(text.ToString().Normalize(NormalizationForm.FormC), UnicodeForm.Compose(text.ToString()));
            Assert.Equal(spelled.Normalize(NormalizationForm.FormC), UnicodeForm.Compose(spelled));
            Assert.Equal(spelled.IsNormalized(NormalizationForm.FormC), UnicodeForm.IsComposed(spelled));
        }
    }

    [Theory]
    [InlineData("caf\u00e9", "cafe\u0301")]
    [InlineData("\ud55c\uae00", "\u1112\u1161\u11ab\u1100\u1173\u11af")]
    [InlineData("\u1e69", "s\u0307\u0323")]
    [InlineData("\u0f71\u0f72", "\u0f73")]
    [InlineData("\u2add\u0338", "\u2adc")]
    public void Compose_OfSpellingsThatMeanTheSame_IsOne(string composed, string spelling)
    {
        Assert.Equal(composed, UnicodeForm.Compose(spelling));
        Assert.True(UnicodeForm.IsComposed(composed));
        Assert.False(UnicodeForm.IsComposed(spelling));
        Assert.Equal(PathCollisions.KeyOf(composed, isCaseSensitive: false), PathCollisions.KeyOf(spelling, isCaseSensitive: false));
    }

    [Fact]
    public void Compose_OfHalfACharacter_LeavesIt() => Assert.Equal("a\ud800\u00e9", UnicodeForm.Compose("a\ud800e\u0301"));

    private static IEnumerable<int> Scalars()
        => Enumerable.Range(0, 0x110000).Where(scalar => Rune.IsValid(scalar) && (scalar & 0xFFFE) != 0xFFFE);

    private static bool Differs(int scalar, string frame)
    {
        var text = frame.Replace("{0}", char.ConvertFromUtf32(scalar), StringComparison.Ordinal);
        return !string.Equals(UnicodeForm.Compose(text), text.Normalize(NormalizationForm.FormC), StringComparison.Ordinal);
    }

    // Of another Unicode version: one side takes it for a plain character, which neither changes nor moves.
    private static bool IsUnknownToOneSide(int scalar)
    {
        var text = char.ConvertFromUtf32(scalar);
        var around = "a\u0345" + text + "\u0334";
        return (UnicodeForm.Compose(text) == text && UnicodeForm.Compose(around) == around)
            != (text.Normalize(NormalizationForm.FormC) == text && around.Normalize(NormalizationForm.FormC) == around);
    }

    private static bool IsLively(int scalar)
    {
        var text = char.ConvertFromUtf32(scalar);
        return scalar is (>= 0x1100 and < 0x1200) or (>= 0xAC00 and < 0xB000)
            || text.Normalize(NormalizationForm.FormD) != text
            || ("a\u0345" + text + "\u0334").Normalize(NormalizationForm.FormC) != "a\u0345" + text + "\u0334";
    }

    private static string Shown(IEnumerable<int> scalars) => string.Join(' ', scalars.Take(50).Select(scalar => $"U+{scalar:X4}"));
}
