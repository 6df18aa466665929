using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Paths;

namespace Codexport.Tests.Platform;

/// <summary>What Windows says and how it reads paths: rules that are the same wherever they are asked.</summary>
public sealed class WindowsRulesTests
{
    [Theory]
    [InlineData(112, ErrorCode.DiskFull, null)]
    [InlineData(39, ErrorCode.DiskFull, null)]
    [InlineData(1295, ErrorCode.DiskFull, null)]
    [InlineData(80, ErrorCode.PathBlocked, null)]
    [InlineData(183, ErrorCode.PathBlocked, null)]
    [InlineData(267, ErrorCode.PathBlocked, null)]
    [InlineData(32, ErrorCode.FileUnwritable, "another program has it open, or works in it")]
    [InlineData(33, ErrorCode.FileUnwritable, "another program has it open, or works in it")]
    [InlineData(145, ErrorCode.FileUnwritable, "the folder is not empty")]
    [InlineData(19, ErrorCode.FileUnwritable, "the disk is write-protected")]
    [InlineData(206, ErrorCode.FileUnwritable, "the path is too long")]
    public void SystemError_OnWindows_HasItsCodeAndItsWords(int number, ErrorCode code, string? words)
    {
        var error = new IOException("the system's own words", unchecked((int)0x80070000) | number);
        Assert.Equal(code, FileErrors.Classify(error, isWindows: true));
        Assert.Equal(words ?? "the system's own words", FileErrors.Reason(error, isWindows: true));
    }

    [Fact]
    public void InUse_WhenItIsFreeInTime_IsDoneOnce()
    {
        var waits = new List<TimeSpan>();
        var attempts = 0;
        InUse.Retry(() => _ = ++attempts < 5 ? throw Sharing() : 0, () => false, waits.Add);
        Assert.Equal((5, 4), (attempts, waits.Count));
        Assert.Equal(waits.Order(), waits);
    }

    [Fact]
    public void InUse_WhenItStaysSo_IsTriedForSecondsAndThenFailsWithTheCause()
    {
        var waited = TimeSpan.Zero;
        var error = Assert.Throws<IOException>(() => InUse.Retry(() => throw Sharing(), () => false, pause => waited += pause));
        Assert.True(InUse.IsLikely(error));
        Assert.InRange(waited, InUse.Patience, InUse.Patience * 1.25);
    }

    [Fact]
    public void InUse_WhenItIsReadOnly_ClearsThatAndDoesNotWait()
    {
        var isReadOnly = true;
        InUse.Retry(
            () => _ = isReadOnly ? throw new UnauthorizedAccessException() : 0,
            () =>
            {
                isReadOnly = false;
                return true;
            },
            _ => Assert.Fail("There was nothing to wait for."));
        Assert.False(isReadOnly);
    }

    [Fact]
    public void InUse_WhenSomethingElseIsWrong_FailsAtOnce()
        => Assert.Throws<FileNotFoundException>(() => InUse.Retry(() => throw new FileNotFoundException(), () => false, _ => Assert.Fail("It waited.")));

    [Theory]
    [InlineData(@"C:\a\b.txt", @"C:\a\b.txt")]
    [InlineData(@"C:\a\con", @"\\?\C:\a\con")]
    [InlineData(@"C:\a\CON.md\b", @"\\?\C:\a\CON.md\b")]
    [InlineData("C:/a/aux/b", @"\\?\C:\a\aux\b")]
    [InlineData(@"C:\a\b.", @"\\?\C:\a\b.")]
    [InlineData(@"C:\a\b \c", @"\\?\C:\a\b \c")]
    [InlineData(@"C:\a\..\b", @"C:\a\..\b")]
    [InlineData(@"\\server\share\nul", @"\\?\UNC\server\share\nul")]
    [InlineData(@"\\?\C:\a\con", @"\\?\C:\a\con")]
    [InlineData(@"C:\concert\console", @"C:\concert\console")]
    public void Path_ThatWindowsWouldInterpret_IsTakenByItsLetters(string path, string literal)
        => Assert.Equal(literal, WindowsPath.Literal(path));

    [Theory]
    [InlineData(false, false, "chmod go= \"/a b\"")]
    [InlineData(true, false, "icacls \"/a b\" /inheritance:r /grant:r \"%USERNAME%:F\"")]
    [InlineData(true, true, "icacls \"/a b\" /inheritance:r /grant:r \"%USERNAME%:(OI)(CI)F\"")]
    public void ClosingCommand_IsThatOfTheSystem(bool isWindows, bool isFolder, string command)
        => Assert.Equal(command, FileModes.ClosingCommand("/a b", isWindows, isFolder));

    private static IOException Sharing() => new("in use", unchecked((int)0x80070020));
}
