using System.Text.Json.Nodes;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Results;

namespace Codexport.Tests.Cli;

public sealed class RenderingTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1536, "1.5 KB")]
    [InlineData(64L << 20, "64 MB")]
    [InlineData(5L << 40, "5 TB")]
    [InlineData(5000L << 40, "5000 TB")]
    public void Size_IsReadable(long bytes, string expected) => Assert.Equal(expected, Text.Size(bytes));

    [Fact]
    public void Printable_WhenTheNetworkSentEscapes_TakesTheirPowerAway()
        => Assert.Equal("a\\u001b[31mb c", Text.Printable("a\u001b[31mb\tc"));

    [Fact]
    public void Describe_WhenTheTotalIsKnown_ShowsAShare()
    {
        Assert.Equal("Fetching: 1 MB of 4 MB (25 %)", ProgressLine.Describe(new ProgressUpdate("Fetching", 1 << 20, 4 << 20, "bytes")));
        Assert.Equal("Hashing: 1,200 files", ProgressLine.Describe(new ProgressUpdate("Hashing", 1200, 0, "files")));
    }

    [Fact]
    public void ChangeTable_SaysWhatEachNoteIsAbout()
    {
        ChangeInfo[] changes =
        [
            .. Enumerable.Range(1, 5).Select(number => new ChangeInfo($"f{number}", null, ChangeAction.Keep, ChangeReason.Drift, Note: "It was deleted here.")),
            new("config.toml", "model", ChangeAction.Keep, ChangeReason.Conflict, Note: "Both have it."),
        ];
        using var writer = new StringWriter { NewLine = "\n" };

        ChangeTable.Write(changes, writer);

        Assert.EndsWith("\nf1; f2; f3 and 2 others: It was deleted here.\nconfig.toml, model: Both have it.\n", writer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Table_AlignsColumns()
    {
        var table = new Table("NAME", ">FILES");
        table.Add("a-long-name", "1");
        table.Add("b", "1,000");
        using var writer = new StringWriter { NewLine = "\n" };

        table.Write(writer);

        Assert.Equal("NAME         FILES\na-long-name      1\nb            1,000\n", writer.ToString());
    }

    [Fact]
    public void WriteResult_InJson_HoldsForeignNamesAsTheyAre_WithoutACharacterThatSteers()
    {
        const string Name = "box\u001b[2J\nline \"two\"";
        var follower = new FollowerInfo("id", Name, FollowerState.Approved, "a", "linux", "1", null, null, DateTime.Now, null, null);
        using var writer = new StringWriter();
        new Output(writer, TextWriter.Null, isJson: true, isQuiet: false).WriteResult(follower, () => CliJson.Readable.FollowerInfo, _ => Assert.Fail("JSON was asked for."));
        Assert.Equal(Name, JsonNode.Parse(writer.ToString())!["name"]!.GetValue<string>());
        Assert.DoesNotContain(writer.ToString().TrimEnd(), char.IsControl);
    }

    [Fact]
    public void WriteError_InJson_HoldsCodeMessageRemedyAndDetails()
    {
        using var writer = new StringWriter();
        var error = new CodexportException(ErrorCode.TomlInvalid, "It does not parse.", "Correct it.", "config.toml")
        {
            Details = [new("line", "3"), new("column", "7")],
        };

        new Output(writer, TextWriter.Null, isJson: true, isQuiet: false).WriteError(error);

        Assert.Equal(
            """{"error":{"code":"TomlInvalid","message":"It does not parse.","remedy":"Correct it.","target":"config.toml","details":{"line":"3","column":"7"}}}""",
            writer.ToString().Trim());
    }
}
