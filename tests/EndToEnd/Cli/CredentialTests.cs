namespace Codexport.Tests.Cli;

/// <summary>Logins on the way from master to follower, through the built program.</summary>
public sealed class CredentialTests
{
    [Fact]
    public async Task SupersededLogins_LeaveNoCopyBehind_AndLeavingWipesTheLast()
    {
        await using var fixture = new CommandLineFixture();
        CommandLineFixture.Write(fixture.Master, ".codex/auth.json", Key("first-secret"));
        CommandLineFixture.Write(fixture.Master, ".codex/.credentials.json", """{"s":{"access_token":"first-token"}}""");
        await fixture.StartMasterAsync();
        CommandLineFixture.Set(fixture.Follower, "auth = \"if-unmodified\"");
        await fixture.JoinAsync();
        Assert.Equal(Key("first-secret"), CommandLineFixture.Read(fixture.Follower, ".codex/auth.json"));
        AssertPrivate(Path.Combine(fixture.Follower, ".codex/auth.json"));
        AssertPrivate(Path.Combine(fixture.Follower, ".codex/.credentials.json"));

        CommandLineFixture.Write(fixture.Master, ".codex/auth.json", Key("second-secret"));
        CommandLineFixture.Write(fixture.Master, ".codex/.credentials.json", """{"s":{"access_token":"second-token"}}""");
        var sync = await fixture.PublishAndSyncAsync();

        Assert.True(sync.ExitCode == 0, sync.Output);
        Assert.Equal(Key("second-secret"), CommandLineFixture.Read(fixture.Follower, ".codex/auth.json"));
        Assert.DoesNotContain("secret", sync.Output, StringComparison.Ordinal);
        Assert.Empty(CommandLineFixture.FilesHolding(fixture.Follower, "first-secret"));
        Assert.Empty(CommandLineFixture.FilesHolding(fixture.Follower, "first-token"));

        await fixture.OnFollowerAsync("follower", "leave");
        Assert.Empty(CommandLineFixture.FilesHolding(fixture.Follower, "second-secret"));
        Assert.Empty(CommandLineFixture.FilesHolding(fixture.Follower, "second-token"));
    }

    [Theory]
    [InlineData("if-unmodified", "refreshed", "refreshed")]
    [InlineData("if-unmodified", null, null)]
    [InlineData("always", "refreshed", "second")]
    [InlineData("always", null, "second")]
    [InlineData("never", "refreshed", "refreshed")]
    public async Task Policy_DecidesWhetherALoginIsReplaced(string policy, string? here, string? expected)
    {
        await using var fixture = new CommandLineFixture();
        var path = Path.Combine(fixture.Follower, ".codex/auth.json");
        CommandLineFixture.Write(fixture.Master, ".codex/auth.json", Key("first"));
        await fixture.StartMasterAsync();
        await fixture.JoinAsync();
        CommandLineFixture.Set(fixture.Follower, $"auth = \"{policy}\"");
        File.Delete(path);
        if (here is not null)
        {
            CommandLineFixture.Write(fixture.Follower, ".codex/auth.json", Key(here));
        }

        CommandLineFixture.Write(fixture.Master, ".codex/auth.json", Key("second"));
        var sync = await fixture.PublishAndSyncAsync();

        Assert.True(sync.ExitCode == 0, sync.Output);
        Assert.Equal(expected is null ? null : Key(expected), File.Exists(path) ? await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken) : null);
    }

    [Theory]
    [InlineData(null, true, false)]
    [InlineData(null, false, false)]
    [InlineData("api-key-only", true, false)]
    [InlineData("if-unmodified", true, true)]
    [InlineData("if-unmodified", false, false)]
    public async Task ChatGptLogin_IsTakenOnlyWhenAskedFor_AndInitAndJoinSaySo(string? policy, bool apply, bool isTaken)
    {
        await using var fixture = new CommandLineFixture();
        CommandLineFixture.Write(fixture.Master, ".codex/auth.json", """{"tokens":{"refresh_token":"r0tating"},"last_refresh":"2026-01-01T00:00:00Z"}""");
        var init = await fixture.OnMasterAsync("master", "init", "--json");
        await fixture.ServeAsync();
        if (policy is not null)
        {
            CommandLineFixture.Set(fixture.Follower, $"auth = \"{policy}\"");
        }

        string[] arguments = ["follower", "join", await fixture.LinkAsync(), "--json"];
        var join = await fixture.OnFollowerAsync(apply ? [.. arguments, "--apply"] : arguments);

        foreach (var run in new[] { init, join })
        {
            Assert.Equal(0, run.ExitCode);
            var warning = Assert.Single(run.Json["warnings"]!.AsArray(), warning => warning!.GetValue<string>().Contains("ChatGPT", StringComparison.Ordinal));
            Assert.Contains("refresh token changes whenever it is used", warning!.GetValue<string>(), StringComparison.Ordinal);
            Assert.DoesNotContain("r0tating", run.Output, StringComparison.Ordinal);
        }

        Assert.Equal(isTaken, File.Exists(Path.Combine(fixture.Follower, ".codex/auth.json")));
    }

    private static string Key(string key) => $$"""{"OPENAI_API_KEY":"{{key}}"}""";

    private static void AssertPrivate(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }
}
