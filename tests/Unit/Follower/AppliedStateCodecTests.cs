using System.Text;
using Codexport.Engine.Apply;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;

namespace Codexport.Tests.Follower;

public sealed class AppliedStateCodecTests
{
    [Fact]
    public void Read_GivesBackWhatWasWritten()
    {
        var state = State(3);
        var read = AppliedStateCodec.Read(AppliedStateCodec.Write(state), "applied.json");
        Assert.Equal(state.Revision, read.Revision);
        Assert.Equal(state.AppliedAt, read.AppliedAt);
        Assert.Equal(state.OverlayHash, read.OverlayHash);
        Assert.Equal(state.Files, read.Files);
        Assert.Equal(state.GeneratedTexts, read.GeneratedTexts);
    }

    [Fact]
    public void Read_WhenFileIsCutOrChanged_SaysSoWithRemedy()
    {
        var bytes = AppliedStateCodec.Write(State(2));
        for (var length = 0; length < bytes.Length; length++)
        {
            var error = Assert.Throws<CodexportException>(() => AppliedStateCodec.Read(bytes.AsSpan(0, length), "/s/applied.json"));
            Assert.Equal(ErrorCode.StateDamaged, error.Code);
            Assert.Contains("--adopt", error.Remedy, StringComparison.Ordinal);
        }

        var newer = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace("\"version\":1", "\"version\":9", StringComparison.Ordinal));
        Assert.Contains("format 9", Assert.Throws<CodexportException>(() => AppliedStateCodec.Read(newer, "x")).Message, StringComparison.Ordinal);
    }

    private static AppliedState State(int files) => new()
    {
        Revision = Sha256Hash.Of("r"u8),
        AppliedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        OverlayHash = Sha256Hash.Of("o"u8),
        GeneratedTexts = new Dictionary<string, string> { ["config.toml"] = "a = \"ä\u0000\n\"", ["hooks.json"] = "" },
        Files = [.. Enumerable.Range(0, files).Select(index => new AppliedFile(
            $"skills/ä {index}/SKILL.md", Sha256Hash.Of(BitConverter.GetBytes(index)), index % 2 == 0, index, index * 7L, index % 3 == 0))],
    };
}
