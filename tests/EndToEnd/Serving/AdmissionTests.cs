using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;
using Codexport.Server;

namespace Codexport.Tests.Serving;

public sealed class AdmissionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Join_WithTheInvite_IsApprovedAndMayFetch()
    {
        await using var master = await TestMaster.StartAsync();
        var follower = await master.JoinAsync("my \u202elaptop\u0007");
        Assert.Equal(("approved", "my laptop"), ((string?)follower["state"], (string?)follower["name"]));
        Assert.Equal(43, ((string)follower["credential"]!).Length);
        Assert.Equal("first", await master.Http.GetStringAsync(ProtocolConstants.ObjectsPath + Sha256Hash.Of("first"u8), Stop));
        var joined = await master.Events.WaitAsync<FollowerJoined>(Stop);
        Assert.Equal(("my laptop", "127.0.0.1", FollowerState.Approved), (joined.Name, joined.Address, joined.State));
    }

    [Fact]
    public async Task Join_WithAWrongInvite_IsRefusedAndSlowedDown()
    {
        await using var master = await TestMaster.StartAsync(new ServerLimits { FreeInviteFailures = 3 });
        await master.InviteAsync();
        for (var i = 0; i < 3; i++)
        {
            using var refused = await master.PostJoinAsync("0123456789abcdef0123456789abcdef");
            await AnswerAssert.IsErrorAsync(refused, HttpStatusCode.Forbidden, ErrorCode.InviteRefused);
        }

        using var slowed = await master.PostJoinAsync(await master.InviteAsync());
        await AnswerAssert.IsErrorAsync(slowed, HttpStatusCode.TooManyRequests, ErrorCode.InviteRefused);
        Assert.NotNull(slowed.Headers.RetryAfter);
        Assert.Single(master.Events.Events.OfType<PeerRefused>());
        Assert.Empty(new FollowerRegistry(master.Engine).List());
    }

    [Fact]
    public async Task Join_WithoutAnInvite_WaitsForApproval()
    {
        await using var master = await TestMaster.StartAsync();
        using var response = await master.PostJoinAsync(null);
        var follower = (await response.Content.ReadFromJsonAsync<JsonNode>(Stop))!;
        Assert.Equal("pending", (string?)follower["state"]);
        master.Http.DefaultRequestHeaders.Authorization = new("Bearer", (string)follower["credential"]!);
        var path = ProtocolConstants.ObjectsPath + Sha256Hash.Of("first"u8);
        using var waiting = await master.Http.GetAsync(path, Stop);
        await AnswerAssert.IsErrorAsync(waiting, HttpStatusCode.Forbidden, ErrorCode.ApprovalPending);

        // What another process would do: its own registry over the same file.
        await new FollowerRegistry(master.Engine).SetStateAsync("laptop", FollowerState.Approved, Stop);
        Assert.Equal("first", await master.Http.GetStringAsync(path, Stop));
        await master.Events.WaitAsync<FollowerApproved>(Stop);
    }

    [Fact]
    public async Task Join_WhenBothAreWanted_NeedsInviteAndApproval()
    {
        await using var master = await TestMaster.StartAsync(settings: new LocalSettings { Admission = Admission.Approve });
        using var without = await master.PostJoinAsync(null);
        await AnswerAssert.IsErrorAsync(without, HttpStatusCode.Forbidden, ErrorCode.InviteRefused);
        Assert.Equal("pending", (string?)(await master.JoinAsync())["state"]);
    }

    [Fact]
    public async Task Join_WhenOpen_NeedsNothingAndGetsACredential()
    {
        await using var master = await TestMaster.StartAsync(settings: new LocalSettings { Admission = Admission.Open });
        using var response = await master.PostJoinAsync(null);
        var follower = (await response.Content.ReadFromJsonAsync<JsonNode>(Stop))!;
        Assert.Equal("approved", (string?)follower["state"]);
        Assert.NotNull((string?)follower["credential"]);
    }

    [Fact]
    public async Task Join_WhenTheInviteWasRenewed_IsRefused()
    {
        await using var master = await TestMaster.StartAsync();
        var old = await master.InviteAsync();
        var renewed = await new Invites(master.Engine).GetAsync(renew: true, Stop);
        using var refused = await master.PostJoinAsync(old);
        await AnswerAssert.IsErrorAsync(refused, HttpStatusCode.Forbidden, ErrorCode.InviteRefused);
        using var taken = await master.PostJoinAsync(renewed);
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest, ErrorCode.JsonInvalid)]
    [InlineData("null", HttpStatusCode.BadRequest, ErrorCode.JsonInvalid)]
    [InlineData("[]", HttpStatusCode.BadRequest, ErrorCode.JsonInvalid)]
    [InlineData("{\"invite\":", HttpStatusCode.BadRequest, ErrorCode.JsonInvalid)]
    [InlineData("{\"invite\":5}", HttpStatusCode.BadRequest, ErrorCode.JsonInvalid)]
    [InlineData("{\"name\":\"\\ud800\"}", HttpStatusCode.BadRequest, ErrorCode.JsonInvalid)]
    public async Task Join_WithAMalformedBody_IsRefused(string body, HttpStatusCode status, ErrorCode code)
    {
        await using var master = await TestMaster.StartAsync();
        using var response = await master.Http.PostAsync(ProtocolConstants.FollowersPath, new StringContent(body), Stop);
        await AnswerAssert.IsErrorAsync(response, status, code);
        Assert.Empty(new FollowerRegistry(master.Engine).List());
    }

    [Fact]
    public async Task Join_WithAHugeBody_IsRefused()
    {
        await using var master = await TestMaster.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, ProtocolConstants.FollowersPath) { Content = new StringContent(new string('x', 100_000)) };

        // Who sends all of it without asking may be cut off before the answer is read.
        request.Headers.ExpectContinue = true;
        using var response = await master.Http.SendAsync(request, Stop);
        await AnswerAssert.IsErrorAsync(response, HttpStatusCode.RequestEntityTooLarge, ErrorCode.LimitExceeded);
        await master.AssertLivesAsync(Stop);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer ")]
    [InlineData("Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("Basic dTpw")]
    public async Task Fetch_WithoutAKnownCredential_Is401(string? authorization)
    {
        await using var master = await TestMaster.StartAsync();
        await master.JoinAsync();
        master.Http.DefaultRequestHeaders.Authorization = null;
        if (authorization is not null)
        {
            master.Http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        }

        foreach (var path in new[] { ProtocolConstants.ObjectsPath, ProtocolConstants.BundlePath, ProtocolConstants.RevisionsPath })
        {
            using var response = await master.Http.GetAsync(path + Sha256Hash.Of("first"u8), Stop);
            await AnswerAssert.IsErrorAsync(response, HttpStatusCode.Unauthorized, ErrorCode.CredentialRefused);
        }
    }

    [Fact]
    public async Task Fetch_OnceRevoked_IsRefusedOnTheSameConnection()
    {
        await using var master = await TestMaster.StartAsync();
        var id = (string)(await master.JoinAsync())["id"]!;
        var path = ProtocolConstants.ObjectsPath + Sha256Hash.Of("first"u8);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("first", await master.Http.GetStringAsync(path, Stop));
            await new FollowerRegistry(master.Engine).SetStateAsync(id, FollowerState.Revoked, Stop);
            using var refused = await master.Http.GetAsync(path, Stop);
            await AnswerAssert.IsErrorAsync(refused, HttpStatusCode.Forbidden, ErrorCode.CredentialRefused);
            await new FollowerRegistry(master.Engine).SetStateAsync(id, FollowerState.Approved, Stop);
        }

        await master.Events.WaitAsync<FollowerRevoked>(Stop);
    }

    [Fact]
    public async Task Leave_ForgetsTheFollower()
    {
        await using var master = await TestMaster.StartAsync();
        await master.JoinAsync();
        using var left = await master.Http.DeleteAsync("/v1/followers/self", Stop);
        Assert.Equal(HttpStatusCode.NoContent, left.StatusCode);
        Assert.Empty(new FollowerRegistry(master.Engine).List());
        using var again = await master.Http.DeleteAsync("/v1/followers/self", Stop);
        await AnswerAssert.IsErrorAsync(again, HttpStatusCode.Unauthorized, ErrorCode.CredentialRefused);
    }

    [Fact]
    public async Task Leave_OfARevokedFollower_KeepsItInTheBook()
    {
        await using var master = await TestMaster.StartAsync();
        var id = (string)(await master.JoinAsync())["id"]!;
        await new FollowerRegistry(master.Engine).SetStateAsync(id, FollowerState.Revoked, Stop);
        using var left = await master.Http.DeleteAsync("/v1/followers/self", Stop);
        Assert.Equal(HttpStatusCode.NoContent, left.StatusCode);
        Assert.Equal(FollowerState.Revoked, Assert.Single(new FollowerRegistry(master.Engine).List()).State);
    }

    [Fact]
    public async Task FollowerHeaders_ReachTheBookWhenTheServerStops()
    {
        var master = await TestMaster.StartAsync();
        await using var cleanup = master;
        await master.JoinAsync();
        var applied = Sha256Hash.Of("x"u8).ToString();
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtocolConstants.HeadPath)
        {
            Headers =
            {
                { ProtocolConstants.PlatformHeader, "macos" }, { ProtocolConstants.AppliedHeader, applied }, { ProtocolConstants.LastErrorHeader, "DriftRefused" },
                { "User-Agent", "codexport/9.8.7" },
            },
        };
        using var response = await master.Http.SendAsync(request, Stop);
        Assert.Equal(applied, (await master.Events.WaitAsync<FollowerApplied>(Stop)).Revision);
        await master.StopAsync();
        var seen = Assert.Single(new FollowerRegistry(master.Engine).List());
        Assert.Equal(("macos", applied, "DriftRefused", "9.8.7"), (seen.Platform, seen.AppliedRevision, seen.LastError, seen.Version));
        Assert.NotNull(seen.LastSeen);
    }
}
