using System.Text;
using Codexport.Engine.Platform.Processes;

namespace Codexport.Tests.Platform;

public sealed class ProgramTextTests
{
    public static TheoryData<byte[], string> Printed => new()
    {
        { [], "" },
        { Encoding.UTF8.GetBytes("für … 漢 🙂"), "für … 漢 🙂" },
        { [0xEF, 0xBB, 0xBF, (byte)'a'], "a" },
        { [(byte)'a', 0xF0, 0x9F, 0x99], "a" },
        { [(byte)'a', 0xC3], "a" },
        { [(byte)'f', 0x81, (byte)'r'], "other: 3" },
        { [(byte)'f', 0xFC, (byte)'r', (byte)' ', (byte)'a', (byte)'l', (byte)'l', (byte)'e'], "other: 8" },
        { [(byte)'a', 0x81], "other: 2" },
    };

    [Theory]
    [MemberData(nameof(Printed))]
    public void Decode_TellsUtf8FromTheCodePageOfTheConsole(byte[] bytes, string text)
        => Assert.Equal(text, ProgramText.Decode(bytes, other => $"other: {other.Length}"));

    [Fact]
    public void Decode_WhereThereIsNoCodePage_ShowsReplacements() => Assert.Equal("f\ufffdr", ProgramText.Decode([(byte)'f', 0x81, (byte)'r'], null));

    [Fact]
    public async Task Launcher_ReadsAProgramThatDoesNotWriteUtf8()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "It is the shell of Unix that prints here.");
        var outcome = await ProcessLauncher.Default.RunAsync(
            new ProcessRequest("/bin/sh", ["-c", "printf 'f\\374r\\n'; printf 'f\\303\\274r\\n' >&2"]), TestContext.Current.CancellationToken);
        Assert.Equal((0, "f\ufffdr\n", "für\n"), (outcome.ExitCode, outcome.Output, outcome.Error));
    }
}
