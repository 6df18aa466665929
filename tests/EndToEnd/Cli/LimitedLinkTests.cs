namespace Codexport.Tests.Cli;

/// <summary>Links that end by themselves, and what revoking a follower ends, through the program alone.</summary>
public sealed class LimitedLinkTests
{
    [Fact]
    public async Task Link_WithOneUseAndATime_LetsOneFollowerIn()
    {
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync();
        var made = await fixture.OnMasterAsync("master", "link", "--host", "127.0.0.1", "--port", $"{fixture.Port}", "--expires", "1h", "--uses", "1", "--json");
        Assert.Equal(0, made.ExitCode);
        Assert.Equal(1, made.Json["uses"]!.GetValue<int>());
        var left = made.Json["expires"]!.GetValue<DateTime>().ToUniversalTime() - DateTime.UtcNow;
        Assert.InRange(left, TimeSpan.Zero, TimeSpan.FromHours(1));
        var link = made.Json["joinLink"]!.GetValue<string>();

        var first = await fixture.OnFollowerAsync("follower", "join", link, "--apply", "--json");
        var second = await ProgramRun.CodexportAsync("follower", "join", link, "--apply", "--json", "--home", fixture.Follower + "-second");

        Assert.True(first.ExitCode == 0, first.Output + first.Error);
        Assert.Equal((4, "InviteRefused"), (second.ExitCode, second.Json["error"]!["code"]!.GetValue<string>()));
        Assert.Single((await fixture.OnMasterAsync("master", "followers", "--json")).Json["followers"]!.AsArray());
    }

    [Theory]
    [InlineData("--expires", "0s")]
    [InlineData("--expires", "two days")]
    [InlineData("--uses", "0")]
    [InlineData("--uses", "some")]
    public async Task Link_WithALimitThatIsNone_IsAUsageError(string option, string value)
    {
        await using var fixture = new CommandLineFixture();
        Assert.Equal(0, (await fixture.OnMasterAsync("master", "init", "--json")).ExitCode);
        Assert.Equal(2, (await fixture.OnMasterAsync("master", "link", "--host", "h", option, value, "--json")).ExitCode);
    }

    [Fact]
    public async Task Revoke_SaysWhatStaysInForce_AndWithRenewEndsTheLinks()
    {
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync();
        var link = await fixture.LinkAsync();
        Assert.Equal(0, (await fixture.OnFollowerAsync("follower", "join", link, "--apply", "--json")).ExitCode);
        var id = (await fixture.OnMasterAsync("master", "followers", "--json")).Json["followers"]![0]!["id"]!.GetValue<string>();

        var revoked = await fixture.OnMasterAsync("master", "followers", "revoke", id, "--json");
        Assert.Equal((id, "revoked"), (revoked.Json["id"]!.GetValue<string>(), revoked.Json["state"]!.GetValue<string>()));
        Assert.Contains("link --renew", Assert.Single(revoked.Json["warnings"]!.AsArray())!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("warning: The links that were given out", (await fixture.OnMasterAsync("master", "followers", "revoke", id)).Error, StringComparison.Ordinal);
        Assert.Equal(link, await fixture.LinkAsync());

        var renewed = await fixture.OnMasterAsync("master", "followers", "revoke", id, "--renew", "--json");
        Assert.Empty(renewed.Json["warnings"]!.AsArray());
        Assert.NotEqual(link, await fixture.LinkAsync());
        var stranger = await ProgramRun.CodexportAsync("follower", "join", link, "--apply", "--json", "--home", fixture.Follower + "-second");
        Assert.Equal((4, "InviteRefused"), (stranger.ExitCode, stranger.Json["error"]!["code"]!.GetValue<string>()));
    }
}
