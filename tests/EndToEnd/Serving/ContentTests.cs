using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;
using Codexport.Engine.Settings;

namespace Codexport.Tests.Serving;

public sealed class ContentTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Revision_WithoutBase_IsTheCanonicalDocument()
    {
        await using var master = await TestMaster.StartAsync();
        await master.JoinAsync();
        var revision = await master.PublishAsync(("AGENTS.md", "x"));
        using var response = await master.Http.GetAsync(ProtocolConstants.RevisionsPath + revision, Stop);
        var body = await response.Content.ReadAsByteArrayAsync(Stop);
        Assert.Equal(revision, RevisionCodec.RevisionOf(body));
        Assert.Equal(ProtocolConstants.RevisionContentType, response.Content.Headers.ContentType!.ToString());
        Assert.Contains("immutable", response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        await AssertNotModifiedAsync(master, ProtocolConstants.RevisionsPath + revision, response.Headers.ETag!);
    }

    [Fact]
    public async Task Revision_WithBase_IsADifferenceThatRebuildsIt()
    {
        await using var master = await TestMaster.StartAsync();
        await master.JoinAsync();
        var first = await master.PublishAsync(("AGENTS.md", "x"), ("rules/a", "y"));
        var second = await master.PublishAsync(("AGENTS.md", "z"), ("rules/b", "y"));
        var before = RevisionCodec.Read(await master.Http.GetByteArrayAsync(ProtocolConstants.RevisionsPath + first, Stop));
        using var response = await master.Http.GetAsync($"{ProtocolConstants.RevisionsPath}{second}?base={first}", Stop);
        Assert.Equal(ProtocolConstants.DeltaContentType, response.Content.Headers.ContentType!.ToString());
        var after = RevisionCodec.ApplyDelta(before, await response.Content.ReadAsByteArrayAsync(Stop));
        Assert.Equal(second, RevisionCodec.RevisionOf(RevisionCodec.Write(after)));
        await AssertNotModifiedAsync(master, $"{ProtocolConstants.RevisionsPath}{second}?base={first}", response.Headers.ETag!);
    }

    [Fact]
    public async Task Revision_WhenBaseIsUnknown_IsTheWholeDocument()
    {
        await using var master = await TestMaster.StartAsync();
        await master.JoinAsync();
        var revision = await master.PublishAsync(("AGENTS.md", "x"));
        using var response = await master.Http.GetAsync($"{ProtocolConstants.RevisionsPath}{revision}?base={new string('0', 64)}", Stop);
        Assert.Equal(ProtocolConstants.RevisionContentType, response.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task Revision_WhenTheDocumentOfItsBaseWasClearedAway_IsTheWholeDocument()
    {
        await using var master = await TestMaster.StartAsync();
        await master.JoinAsync();
        var first = await master.PublishAsync(("AGENTS.md", "0"));
        var revision = first;
        for (var count = 1; count <= 4; count++)
        {
            // Enough that the server has no longer the first one in memory.
            revision = await master.PublishAsync(("AGENTS.md", $"{count}"));
            await master.Http.GetByteArrayAsync(ProtocolConstants.RevisionsPath + revision, Stop);
        }

        File.Delete(Path.Combine(master.Engine.Home.MasterFolder, "revisions", first + ".json"));
        using var response = await master.Http.GetAsync($"{ProtocolConstants.RevisionsPath}{revision}?base={first}", Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(ProtocolConstants.RevisionContentType, response.Content.Headers.ContentType!.ToString());
        Assert.Equal(revision, RevisionCodec.RevisionOf(await response.Content.ReadAsByteArrayAsync(Stop)));
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    [InlineData(null)]
    public async Task Bundle_HoldsDistinctObjectsInDocumentOrder(string? encoding)
    {
        await using var master = await TestMaster.StartAsync();
        await master.JoinAsync("bundler");
        var text = new string('a', 5000);
        var revision = await master.PublishAsync(("b.md", text), ("a.md", "first"), ("c.md", "first"), ("d.md", "last"));
        using var response = await GetAsync(master, ProtocolConstants.BundlePath + revision, encoding);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(encoding, response.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Equal(ProtocolConstants.BundleContentType, response.Content.Headers.ContentType!.ToString());
        var sent = await response.Content.ReadAsByteArrayAsync(Stop);
        Assert.Equal($"first{text}last", Encoding.UTF8.GetString(Decode(sent, encoding)));
        var synced = await master.Events.WaitAsync<FollowerSynced>(Stop);
        Assert.Equal((revision.ToString(), (long)sent.Length, "bundler"), (synced.Revision, synced.Bytes, synced.Name));
        await AssertNotModifiedAsync(master, ProtocolConstants.BundlePath + revision, response.Headers.ETag!, encoding);
    }

    [Fact]
    public async Task Bundle_WithBase_HoldsOnlyWhatItLacks()
    {
        await using var master = await TestMaster.StartAsync();
        await master.JoinAsync();
        var first = await master.PublishAsync(("a.md", "one"), ("b.md", "two"));
        var second = await master.PublishAsync(("a.md", "ONE"), ("b.md", "two"), ("c.md", "one"));
        Assert.Equal("ONE", await master.Http.GetStringAsync($"{ProtocolConstants.BundlePath}{second}?base={first}", Stop));
        Assert.Equal("ONEtwoone", await master.Http.GetStringAsync($"{ProtocolConstants.BundlePath}{second}?base={new string('1', 64)}", Stop));
        Assert.Equal(string.Empty, await master.Http.GetStringAsync($"{ProtocolConstants.BundlePath}{second}?base={second}", Stop));
    }

    [Fact]
    public async Task Bundle_WhenResumed_BeginsWhereAsked()
    {
        await using var master = await TestMaster.StartAsync();
        await master.JoinAsync();
        var revision = await master.PublishAsync(("a.md", "0123456789"));
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtocolConstants.BundlePath + revision);
        request.Headers.Range = new RangeHeaderValue(4, null);
        request.Headers.AcceptEncoding.ParseAdd("br");
        using var response = await master.Http.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal("bytes 4-9/10", response.Content.Headers.ContentRange!.ToString());
        Assert.Equal("456789", await response.Content.ReadAsStringAsync(Stop));

        using var beyond = new HttpRequestMessage(HttpMethod.Get, ProtocolConstants.BundlePath + revision);
        beyond.Headers.Range = new RangeHeaderValue(10, null);
        using var refused = await master.Http.SendAsync(beyond, Stop);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, refused.StatusCode);
    }

    [Fact]
    public async Task Bundle_ThatDoesNotCompress_IsSentAsItIs()
    {
        await using var master = await TestMaster.StartAsync();
        await master.JoinAsync();
        var content = RandomNumberGenerator.GetBytes(6 << 20);
        var revision = await master.PublishBytesAsync(("a.bin", content));
        using var response = await GetAsync(master, ProtocolConstants.BundlePath + revision, "br, gzip");
        Assert.Empty(response.Content.Headers.ContentEncoding);
        Assert.Equal(content, await response.Content.ReadAsByteArrayAsync(Stop));
    }

    [Fact]
    public async Task Bundle_AskedByManyAtOnce_IsTheSameForAll()
    {
        await using var master = await TestMaster.StartAsync();
        await master.JoinAsync();
        var files = Enumerable.Range(0, 200).Select(i => ($"skills/{i}.md", string.Concat(Enumerable.Repeat($"line {i}\n", 500)))).ToArray();
        var revision = await master.PublishAsync(files);
        var bodies = await Task.WhenAll(Enumerable.Range(0, 32).Select(async i =>
        {
            using var response = await GetAsync(master, ProtocolConstants.BundlePath + revision, i % 2 == 0 ? "br" : null);
            return Decode(await response.Content.ReadAsByteArrayAsync(Stop), i % 2 == 0 ? "br" : null);
        }));
        Assert.All(bodies, body => Assert.Equal(bodies[0], body));
        Assert.Equal(files.Sum(file => file.Item2.Length), bodies[0].Length);
    }

    [Fact]
    public async Task Object_NamedByAKeptRevision_IsServed()
    {
        await using var master = await TestMaster.StartAsync();
        await master.JoinAsync();
        var hash = Sha256Hash.Of("first"u8);
        using var response = await master.Http.GetAsync(ProtocolConstants.ObjectsPath + hash, Stop);
        Assert.Equal("first", await response.Content.ReadAsStringAsync(Stop));
        await AssertNotModifiedAsync(master, ProtocolConstants.ObjectsPath + hash, response.Headers.ETag!);
    }

    [Fact]
    public async Task Object_InTheStoreButNotPublished_IsNotServed()
    {
        await using var master = await TestMaster.StartAsync();
        await master.JoinAsync();
        var hash = master.Store.Put("a secret of nobody's revision"u8.ToArray());
        using var response = await master.Http.GetAsync(ProtocolConstants.ObjectsPath + hash, Stop);
        await AnswerAssert.IsErrorAsync(response, HttpStatusCode.NotFound, ErrorCode.RevisionNotFound);
    }

    [Theory]
    [InlineData("/v1/objects/xyz")]
    [InlineData("/v1/objects/../head.json")]
    [InlineData("/v1/revisions/..%2f..%2fmaster%2fkey.pem")]
    [InlineData("/v1/bundle/")]
    [InlineData("/v1/bundle/0000000000000000000000000000000000000000000000000000000000000000?base=zz")]
    public async Task MalformedNames_AreRefused(string path)
    {
        await using var master = await TestMaster.StartAsync();
        await master.JoinAsync();
        using var response = await master.Http.GetAsync(path, Stop);
        Assert.True(response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound, response.StatusCode.ToString());
        Assert.Contains("\"error\"", await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownRevision_IsNotFound()
    {
        await using var master = await TestMaster.StartAsync();
        await master.JoinAsync();
        using var document = await master.Http.GetAsync(ProtocolConstants.RevisionsPath + new string('a', 64), Stop);
        await AnswerAssert.IsErrorAsync(document, HttpStatusCode.NotFound, ErrorCode.RevisionNotFound);
        using var bundle = await master.Http.GetAsync(ProtocolConstants.BundlePath + new string('a', 64), Stop);
        await AnswerAssert.IsErrorAsync(bundle, HttpStatusCode.NotFound, ErrorCode.RevisionNotFound);
    }

    [Fact]
    public async Task OpenAdmission_NeverServesCredentials()
    {
        await using var master = await TestMaster.StartAsync(settings: new LocalSettings { Admission = Admission.Open });
        await master.JoinAsync();
        var harmless = await master.PublishAsync(("AGENTS.md", "x"));
        var withSecrets = await master.PublishAsync(("AGENTS.md", "x"), ("auth.json", "{\"secret\":1}"));
        using var named = await master.Http.GetAsync(ProtocolConstants.ObjectsPath + Sha256Hash.Of("{\"secret\":1}"u8), Stop);
        await AnswerAssert.IsErrorAsync(named, HttpStatusCode.NotFound, ErrorCode.RevisionNotFound);
        using var bundle = await master.Http.GetAsync($"{ProtocolConstants.BundlePath}{withSecrets}?base={harmless}", Stop);
        await AnswerAssert.IsErrorAsync(bundle, HttpStatusCode.NotFound, ErrorCode.RevisionNotFound);
        Assert.Equal("x", await master.Http.GetStringAsync(ProtocolConstants.BundlePath + harmless, Stop));
    }

    [Fact]
    public async Task HeadMethod_GivesLengthsWithoutBodies()
    {
        await using var master = await TestMaster.StartAsync();
        await master.JoinAsync();
        var revision = await master.PublishAsync(("a.md", "0123456789"));
        using var response = await master.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, ProtocolConstants.BundlePath + revision), Stop);
        Assert.Equal(10, response.Content.Headers.ContentLength);
        Assert.Empty(master.Events.Events.OfType<FollowerSynced>());
    }

    private static async Task<HttpResponseMessage> GetAsync(TestMaster master, string path, string? encoding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (encoding is not null)
        {
            request.Headers.AcceptEncoding.ParseAdd(encoding);
        }

        return await master.Http.SendAsync(request, Stop);
    }

    private static async Task AssertNotModifiedAsync(TestMaster master, string path, EntityTagHeaderValue tag, string? encoding = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.IfNoneMatch.Add(tag);
        if (encoding is not null)
        {
            request.Headers.AcceptEncoding.ParseAdd(encoding);
        }

        using var response = await master.Http.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.NotModified, response.StatusCode);
    }

    private static byte[] Decode(byte[] sent, string? encoding)
    {
        if (encoding is null)
        {
            return sent;
        }

        using var source = new MemoryStream(sent);
        using Stream decoder = encoding == "br" ? new BrotliStream(source, CompressionMode.Decompress) : new GZipStream(source, CompressionMode.Decompress);
        using var decoded = new MemoryStream();
        decoder.CopyTo(decoded);
        return decoded.ToArray();
    }
}
