using Codexport.Tests.Platform;

namespace Codexport.Tests.Cli;

public sealed class UsageTests
{
    [Theory]
    [InlineData("")]
    [InlineData("bogus")]
    [InlineData("master")]
    [InlineData("master link")]
    [InlineData("master link --host")]
    [InlineData("master link --host x --port 70000")]
    [InlineData("master link --host x --port abc")]
    [InlineData("backup restore")]
    [InlineData("sync --aply")]
    [InlineData("follower join")]
    [InlineData("follower join --master http://127.0.0.1")]
    [InlineData("follower join --fingerprint F --master http://a --master http://A")]
    [InlineData("follower join --fingerprint F --master http://a --master http://b:1")]
    [InlineData("follower join --fingerprint F --master http://a http://b")]
    [InlineData("follower join codexport://join --master http://127.0.0.1")]
    [InlineData("follower join not-a-link")]
    [InlineData("follower join codexport://join?host=h&port=0&fingerprint=00&version=1")]
    public async Task Run_WhenTheCommandLineIsWrong_ExitsWith2AndChangesNothing(string arguments)
    {
        using var home = new TemporaryFolder();
        var words = arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        var text = await ProgramRun.CodexportAsync(["--home", home.Path, .. words]);
        var json = await ProgramRun.CodexportAsync(["--home", home.Path, "--json", .. words]);

        Assert.Equal(2, text.ExitCode);
        Assert.Empty(text.Output);
        Assert.StartsWith("error: ", text.Error, StringComparison.Ordinal);
        Assert.True(text.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length >= 2, "There is no remedy.");
        Assert.Equal(2, json.ExitCode);
        Assert.Empty(json.Error);
        Assert.Contains(json.ErrorCode, new[] { "InvalidUsage", "JoinLinkInvalid" });
        Assert.False(string.IsNullOrWhiteSpace(json.Json["error"]!["remedy"]!.GetValue<string>()));
        Assert.Empty(Directory.EnumerateFileSystemEntries(home.Path));
    }

    [Fact]
    public async Task Run_WhenTheRunnerIsUnknown_NamesTheKnownOnesInTheWordsOfTheHelp()
    {
        var run = await ProgramRun.CodexportAsync("hook", "install", "--runner", "bash");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--runner takes pwsh or native.", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Codexport.Engine", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WhenTheInviteIsInABadLink_DoesNotRepeatIt()
    {
        var run = await ProgramRun.CodexportAsync("follower", "join", "codexport://join?host=h&port=1&fingerprint=zz&invite=SECRET-INVITE&version=1");
        Assert.Equal(2, run.ExitCode);
        Assert.DoesNotContain("SECRET-INVITE", run.Output + run.Error, StringComparison.Ordinal);
    }
}
