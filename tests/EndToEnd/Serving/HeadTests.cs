using System.Net;
using System.Net.Http.Headers;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Protocol;
using Codexport.Tests.Master;

namespace Codexport.Tests.Serving;

public sealed class HeadTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task Head_OverPlainAndTls_IsTheSignedEnvelope(string scheme)
    {
        await using var master = await TestMaster.StartAsync();
        using var response = await master.Http.GetAsync($"{scheme}://127.0.0.1:{master.Port}{ProtocolConstants.HeadPath}", Stop);
        var envelope = await response.Content.ReadAsByteArrayAsync(Stop);
        var head = HeadCodec.Verify(envelope, master.Identity.PublicKey.Span, master.Identity.Fingerprint);
        Assert.Equal(new PublishedRevisions(master.Engine).ReadHead(master.Identity), head);
        Assert.Equal("1", Assert.Single(response.Headers.GetValues(ProtocolConstants.VersionHeader)));
        Assert.Equal($"\"{Sha256Hash.Of(envelope)}\"", response.Headers.ETag!.ToString());
    }

    [Fact]
    public async Task Head_WhenTagIsKnown_Is304()
    {
        await using var master = await TestMaster.StartAsync();
        using var first = await master.Http.GetAsync(ProtocolConstants.HeadPath, Stop);
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtocolConstants.HeadPath);
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await master.Http.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync(Stop));

        await master.PublishAsync(("AGENTS.md", "Be kinder."));
        using var again = new HttpRequestMessage(HttpMethod.Get, ProtocolConstants.HeadPath);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var third = await master.Http.SendAsync(again, Stop);
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
    }

    [Fact]
    public async Task Head_WhenPublishedByAnotherProcess_IsInServiceSoon()
    {
        await using var master = await TestMaster.StartAsync();
        var document = new RevisionDocument([new RevisionFile("AGENTS.md", false, 3, master.Store.Put("new"u8.ToArray()))]);
        var head = await new PublishedRevisions(master.Engine).PublishAsync(document, master.Identity, Stop);
        var published = await master.Events.WaitAsync<RevisionPublished>(Stop);
        Assert.Equal(head.Revision.ToString(), published.Revision);
        var envelope = await master.Http.GetByteArrayAsync(ProtocolConstants.HeadPath, Stop);
        Assert.Equal(head, HeadCodec.Verify(envelope, master.Identity.PublicKey.Span, master.Identity.Fingerprint));
    }

    [Fact]
    public async Task Head_WhenRenewed_IsToldAsSuch()
    {
        await using var master = await TestMaster.StartAsync();
        var head = await new PublishedRevisions(master.Engine).RenewHeadAsync(Stop);
        var renewed = await master.Events.WaitAsync<HeadRenewed>(Stop);
        Assert.Equal(head.Sequence, renewed.Sequence);
        Assert.Empty(master.Events.Events.OfType<RevisionPublished>());
    }

    [Fact]
    public async Task Head_AskedWithHead_HasNoBody()
    {
        await using var master = await TestMaster.StartAsync();
        using var response = await master.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, ProtocolConstants.HeadPath), Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Content.Headers.ContentLength > 100);
        Assert.NotNull(response.Headers.ETag);
    }

    [Fact]
    public async Task Head_WhenForgedOnDisk_KeepsTheOldAndWarns()
    {
        await using var master = await TestMaster.StartAsync();
        var before = await master.Http.GetByteArrayAsync(ProtocolConstants.HeadPath, Stop);
        await File.WriteAllTextAsync(new PublishedRevisions(master.Engine).HeadFile, "{}", Stop);
        await master.Events.WaitAsync<ServerWarning>(warning => warning.Code == nameof(ErrorCode.HeadInvalid), Stop);
        Assert.Equal(before, await master.Http.GetByteArrayAsync(ProtocolConstants.HeadPath, Stop));
    }

    [Theory]
    [InlineData("2", "master")]
    [InlineData("999", "master")]
    public async Task AnyRequest_OfANewerVersion_SaysToUpdateTheMaster(string version, string side)
    {
        await using var master = await TestMaster.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtocolConstants.HeadPath) { Headers = { { ProtocolConstants.VersionHeader, version } } };
        using var response = await master.Http.SendAsync(request, Stop);
        var message = await AnswerAssert.IsErrorAsync(response, HttpStatusCode.BadRequest, ErrorCode.ProtocolVersion);
        Assert.EndsWith($"update Codexport on the {side}.", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("one")]
    [InlineData("-1")]
    [InlineData("0")]
    public async Task AnyRequest_WithoutANumberAsVersion_IsRefused(string version)
    {
        await using var master = await TestMaster.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtocolConstants.HeadPath) { Headers = { { ProtocolConstants.VersionHeader, version } } };
        using var response = await master.Http.SendAsync(request, Stop);
        await AnswerAssert.IsErrorAsync(response, HttpStatusCode.BadRequest, ErrorCode.ProtocolViolation);
    }

    [Theory]
    [InlineData(ProtocolConstants.FollowersPath, HttpStatusCode.Forbidden)]
    [InlineData("/v1/bundle/x", HttpStatusCode.Forbidden)]
    [InlineData("/elsewhere", HttpStatusCode.NotFound)]
    public async Task PlainHttp_ForAnythingElse_SaysThatTlsIsNeeded(string path, HttpStatusCode status)
    {
        await using var master = await TestMaster.StartAsync();
        using var response = await master.Http.GetAsync($"http://127.0.0.1:{master.Port}{path}", Stop);
        Assert.Contains("TLS", await AnswerAssert.IsErrorAsync(response, status, ErrorCode.ProtocolViolation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PlainHttp_WithACredential_IsRefused()
    {
        await using var master = await TestMaster.StartAsync();
        master.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "x");
        using var response = await master.Http.GetAsync($"http://127.0.0.1:{master.Port}{ProtocolConstants.HeadPath}", Stop);
        await AnswerAssert.IsErrorAsync(response, HttpStatusCode.BadRequest, ErrorCode.ProtocolViolation);
    }

    [Theory]
    [InlineData("POST", ProtocolConstants.HeadPath, "GET, HEAD")]
    [InlineData("GET", ProtocolConstants.FollowersPath, "POST")]
    [InlineData("GET", "/v1/followers/self", "DELETE, PUT")]
    [InlineData("DELETE", "/v1/objects/x", "GET, HEAD")]
    public async Task WrongMethod_NamesTheRightOnes(string method, string path, string allowed)
    {
        await using var master = await TestMaster.StartAsync();
        using var response = await master.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Stop);
        await AnswerAssert.IsErrorAsync(response, HttpStatusCode.MethodNotAllowed, ErrorCode.ProtocolViolation);
        Assert.Equal(allowed, string.Join(", ", response.Content.Headers.Allow));
    }
}
