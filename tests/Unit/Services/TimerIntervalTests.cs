using Codexport.Engine.Errors;
using Codexport.Engine.ServiceSetup;

namespace Codexport.Tests.Services;

public sealed class TimerIntervalTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("15m", 900)]
    [InlineData(" 1H ", 3600)]
    [InlineData("60s", 60)]
    [InlineData("24h", 86400)]
    [InlineData("1d", 86400)]
    public void Parse_OfANumberAndAUnit_IsTheInterval(string text, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), TimerInterval.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("15")]
    [InlineData("m")]
    [InlineData("-5m")]
    [InlineData("1.5h")]
    [InlineData("2d")]
    [InlineData("59s")]
    [InlineData("25h")]
    [InlineData("99999999999m")]
    public void Parse_OfAnythingElse_IsRefused(string text)
        => Assert.Equal(ErrorCode.InvalidUsage, Assert.Throws<CodexportException>(() => TimerInterval.Parse(text)).Code);

    [Theory]
    [InlineData(90, "90s")]
    [InlineData(900, "15m")]
    [InlineData(7200, "2h")]
    public void Format_TakesTheLargestWholeUnit(int seconds, string expected) => Assert.Equal(expected, TimerInterval.Format(TimeSpan.FromSeconds(seconds)));
}
