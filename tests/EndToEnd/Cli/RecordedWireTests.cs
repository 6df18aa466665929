using System.IO.Compression;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Tests.Follower;

namespace Codexport.Tests.Cli;

/// <summary>
/// What follower and master of an earlier version said to each other, kept byte for byte in <c>tests/data/wire-VERSION</c>: today's follower
/// hears the master of then, and today's master hears the follower of then. See <c>docs/compatibility.md</c>.
/// </summary>
public sealed partial class RecordedWireTests
{
    [Theory]
    [InlineData("0.1.0")]
    public async Task Follower_OfToday_JoinsSyncsAndLeavesAnEarlierMaster(string version)
    {
        var wire = new RecordedWire(version);
        var part = "1-join";
        using var certificate = wire.MakeCertificate();
        // Read anew at each request: the test goes on to the next part.
        await using var master = new HostileServer(certificate, request => wire.Answer(part, request));
        using var follower = new FollowerHome { Time = { Now = wire.TimeOf(part) } };
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));

        var join = await follower.Operations.JoinAsync(
            new JoinOptions(new JoinLink("127.0.0.1", master.Port, fingerprint, wire.Invite), Apply: true, Adopt: false), TestContext.Current.CancellationToken);
        Assert.Equal((SyncStatus.Applied, 0), (join.Status, join.Warnings.Count));
        Assert.Equal("# Rules\n", follower.Read("AGENTS.md"));
        Assert.Equal("first skill\n", follower.Read("skills/one/SKILL.md"));
        Assert.Contains("docs-server", follower.Read("config.toml"), StringComparison.Ordinal);

        (part, follower.Time.Now) = ("2-still", wire.TimeOf("2-still"));
        Assert.Null(follower.Operations.QuickSync(TestContext.Current.CancellationToken));
        Assert.Equal(SyncStatus.Current, (await follower.SyncAsync()).Status);

        (part, follower.Time.Now) = ("3-change", wire.TimeOf("3-change"));
        master.ForgetRequests();
        var sync = await follower.SyncAsync();
        Assert.Equal((SyncStatus.Applied, 0), (sync.Status, sync.Warnings.Count));
        Assert.Equal("# Other rules\n", follower.Read("AGENTS.md"));
        Assert.Equal("second skill\n", follower.Read("skills/two/SKILL.md"));
        Assert.False(follower.Has("skills/one/SKILL.md"));
        // The difference, not the whole once more: the earlier master knows it, too.
        Assert.All(master.Requests.Where(request => request.Path.StartsWith(ProtocolConstants.RevisionsPath, StringComparison.Ordinal)), request => Assert.NotNull(request.Base));

        part = "4-leave";
        Assert.Empty((await follower.Operations.LeaveAsync(TestContext.Current.CancellationToken)).Warnings);
        Assert.Contains(master.Requests, request => request.Method == "DELETE");
    }

    [Theory]
    [InlineData("0.1.0")]
    public async Task Master_OfToday_AnswersAnEarlierFollowerAsItsMasterDid(string version)
    {
        var wire = new RecordedWire(version);
        await using var fixture = new CommandLineFixture();
        KeptHome.Restore(
            wire.MasterHome, fixture.Master, text => text.Replace("/srv/codexport/master/", fixture.Master + Path.DirectorySeparatorChar, StringComparison.Ordinal));
        await fixture.ServeAsync();

        var credential = string.Empty;
        foreach (var part in new[] { "1-join", "2-still", "3-change", "4-leave" })
        {
            if (part == "3-change")
            {
                CommandLineFixture.Write(fixture.Master, ".codex/skills/two/SKILL.md", "second skill\n");
                CommandLineFixture.Write(fixture.Master, ".codex/AGENTS.md", "# Other rules\n");
                File.Delete(Path.Combine(fixture.Master, ".codex/skills/one/SKILL.md"));
                await fixture.PublishAsync();
            }

            foreach (var then in wire.Part(part))
            {
                var answer = await AskAsync(fixture.Port, then.IsSecure, RecordedWire.Adapt(then.Request, credential, fixture.Port));
                var now = then with { Answer = answer };
                AssertSame(then, now);
                credential = then.Key.StartsWith("POST ", StringComparison.Ordinal) ? JsonNode.Parse(now.AnswerBody)!["credential"]!.GetValue<string>() : credential;
            }
        }
    }

    /// <summary>The same in everything that a follower goes by.</summary>
    private static void AssertSame(RecordedExchange then, RecordedExchange now)
    {
        Assert.Equal((then.Name, then.Status), (then.Name, now.Status));
        foreach (var header in new[] { "Content-Type", "Codexport-Protocol", "Content-Encoding", "Cache-Control" })
        {
            Assert.Equal((then.Name, header, then.AnswerHeader(header)), (then.Name, header, now.AnswerHeader(header)));
        }

        if (then.Key.StartsWith("POST ", StringComparison.Ordinal))
        {
            // Members may come in addition, those of then are there in their kind.
            var members = JsonNode.Parse(now.AnswerBody)!.AsObject();
            Assert.All(JsonNode.Parse(then.AnswerBody)!.AsObject(), member => Assert.Equal(member.Value!.GetValueKind(), members[member.Key]?.GetValueKind()));
            Assert.Equal("approved", members["state"]!.GetValue<string>());
        }
        else if (then.Key.StartsWith($"GET {ProtocolConstants.HeadPath}", StringComparison.Ordinal))
        {
            // Signed at another time, in the one form that a reader of then accepts.
            Assert.Equal(HeadForm(then.AnswerBody), HeadForm(now.AnswerBody));
        }
        else
        {
            Assert.Equal(Decoded(then), Decoded(now));
        }
    }

    private static string HeadForm(byte[] envelope)
    {
        var text = Encoding.UTF8.GetString(envelope);
        if (text.Length == 0)
        {
            return text;
        }

        var payload = Encoding.UTF8.GetString(Convert.FromBase64String(JsonNode.Parse(text)!["payload"]!.GetValue<string>()));
        return Changing().Replace(text, "\"$1\":\"\"") + Times().Replace(payload, "\"$1\":");
    }

    // The compressor may change; what it gives may not.
    private static string Decoded(RecordedExchange exchange)
    {
        if (exchange.AnswerHeader("Content-Encoding") is not { } encoding)
        {
            return Convert.ToHexString(exchange.AnswerBody);
        }

        using var body = new MemoryStream(exchange.AnswerBody);
        using Stream stream = encoding == "br" ? new BrotliStream(body, CompressionMode.Decompress) : new GZipStream(body, CompressionMode.Decompress);
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return Convert.ToHexString(content.ToArray());
    }

    private static async Task<byte[]> AskAsync(int port, bool isSecure, byte[] request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken);
        await using var network = client.GetStream();
        if (!isSecure)
        {
            return await ExchangeAsync(network, request);
        }

#pragma warning disable CA5359 // Whose key it is, other tests look at.
        await using var secure = new SslStream(network, leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
        await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, TestContext.Current.CancellationToken);
        return await ExchangeAsync(secure, request);
    }

    private static async Task<byte[]> ExchangeAsync(Stream stream, byte[] request)
    {
        await stream.WriteAsync(request, TestContext.Current.CancellationToken);
        var answer = new List<byte>();
        var buffer = new byte[16 << 10];
        while (!IsWhole(answer) && await stream.ReadAsync(buffer, TestContext.Current.CancellationToken) is > 0 and var count)
        {
            answer.AddRange(buffer.AsSpan(0, count));
        }

        return [.. answer];
    }

    private static bool IsWhole(List<byte> answer)
    {
        var text = Encoding.Latin1.GetString([.. answer]);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return end >= 0 && answer.Count >= end + 4 + (BodyLength().Match(text) is { Success: true } length
            ? int.Parse(length.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)
            : 0);
    }

    [GeneratedRegex("\"(payload|sig)\":\"[^\"]*\"")]
    private static partial Regex Changing();

    [GeneratedRegex("\"(expires|issuedAt|sequence)\":(\"[^\"]*\"|[0-9]+)")]
    private static partial Regex Times();

    [GeneratedRegex("\r\nContent-Length: ([0-9]+)\r\n", RegexOptions.IgnoreCase)]
    private static partial Regex BodyLength();
}
