using System.Text;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Platform.Paths;
using Codexport.Engine.Protocol;
using Codexport.Server;

namespace Codexport.Tests.Platform;

/// <summary>Names and words of others cannot steer a terminal, begin a line, hide or turn what stands around them, wherever they are shown.</summary>
public sealed class ForeignTextTests
{
    public static TheoryData<string, int> Unfit()
    {
        var unfit = new TheoryData<string, int>();
        foreach (var value in new[]
        {
            0x00, 0x07, 0x08, 0x0A, 0x0B, 0x0C, 0x0D, 0x1B, 0x1F, 0x7F, 0x80, 0x85, 0x90, 0x9B, 0x9D, 0x9F, // control, C1 among them
            0xAD, 0x061C, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, // zero width, bidirectional
            0x2060, 0x2061, 0x2064, 0x2066, 0x2067, 0x2068, 0x2069, 0x206A, 0x206F, 0xFEFF, 0xFFF9, 0xFFFB, // isolates, annotation
            0x180E, 0x115F, 0x3164, 0xFFA0, 0x2800, 0xFE0F, // blank to the eye
            0xE000, 0xF8FF, 0xFFFE, 0x0378, 0xE0001, 0xE0041, 0xE007F, 0xE0100, 0xF0000, 0x10FFFF, // private, unassigned, tags
        })
        {
            unfit.Add($"U+{value:X4}", value);
        }

        return unfit;
    }

    [Theory]
    [MemberData(nameof(Unfit))]
    public void UnfitCharacter_IsShownNowhere(string name, int value)
    {
        var text = $"evil{new Rune(value)}2026-01-01T00:00:00Z approved: attacker";
        foreach (var shown in Everywhere(text))
        {
            Assert.True(!shown.EnumerateRunes().Any(ForeignText.IsUnfit), $"{name} in {shown}");
            Assert.Contains("approved: attacker", shown, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData('\ud83d')]
    [InlineData('\ude00')]
    public void HalfACharacter_IsShownNowhere(char half)
    {
        foreach (var shown in Everywhere($"evil{half}name"))
        {
            Assert.DoesNotContain(shown, char.IsSurrogate);
        }
    }

    [Theory]
    [InlineData("\u001b]0;title\u0007\u001b[2J", @"\u001b]0;title\u0007\u001b[2J")]
    [InlineData("a\nb\r\nc\td", "a b c d")]
    [InlineData("gnp.\u202eexe", @"gnp.\u202eexe")]
    [InlineData("\ud83d\ude00 grüße 日本", "\ud83d\ude00 grüße 日本")]
    public void Line_ShowsWhatWasThere(string text, string shown) => Assert.Equal(shown, ForeignText.Line(text));

    [Fact]
    public void Name_EscapesLineBreaksAndIsCut()
    {
        Assert.Equal(@"a\u000ab", ForeignText.Name("a\nb"));
        Assert.Equal(201, ForeignText.Name(new string('x', 5000)).Length);
        Assert.DoesNotContain(ForeignText.Name(new string('x', 199) + "\ud83d\ude00"), char.IsSurrogate);
    }

    private static IEnumerable<string> Everywhere(string text)
    {
        var table = new StringWriter();
        var cells = new Table("A", "B");
        cells.Add(text, "x");
        cells.Write(table);
        yield return table.ToString().ReplaceLineEndings(string.Empty);

        var error = new StringWriter();
        var output = new Output(new StringWriter(), error, isJson: false, isQuiet: false);
        output.WriteWarnings([text]);
        yield return Single(error.ToString());

        yield return new CodexportException(ErrorCode.FollowerNotFound, $"No follower '{text}' is known.", $"Look for '{text}'.").Message;
        yield return new CodexportException(ErrorCode.FollowerNotFound, "x", $"Look for '{text}'.").Remedy;
        yield return Single(ServerEventText.Format(new FollowerApproved(DateTimeOffset.UnixEpoch, "f1", text)));
        yield return Single(ServerEventText.FormatWithoutTime(new ServerWarning(DateTimeOffset.UnixEpoch, "FileUnreadable", $"'{text}' leads nowhere.")));
        yield return QuickSyncLine.For(text).Replace("\\\\u", "\\u", StringComparison.Ordinal);
        yield return SafePath.Printable(text);
        yield return Text.Printable(text);
        yield return ForeignText.Words(text, 500);
    }

    private static string Single(string text)
    {
        var line = text.EndsWith(Environment.NewLine, StringComparison.Ordinal) ? text[..^Environment.NewLine.Length] : text;
        Assert.DoesNotContain('\n', line);
        return line;
    }
}
