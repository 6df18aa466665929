using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;

namespace Codexport.Tests.Follower;

/// <summary>Every row of the attack table of docs/security.md: what is tried, what it is refused with, and that the disk is as before.</summary>
public sealed class HostileMasterTests : IAsyncLifetime
{
    private static readonly Limits Small = Limits.Default with { MaxDocumentSize = 64 * 1024, MaxFileSize = 256 * 1024 };

    private readonly SimulatedMaster _master = new();
    private readonly FollowerHome _home = new(Small, "connect = 5\nidle = 1\nquick = 5\n");

    public async ValueTask InitializeAsync()
    {
        _master.Publish(("AGENTS.md", "first"), ("skills/a/SKILL.md", "skill a"));
        Assert.Equal(SyncStatus.Applied, (await _home.JoinAsync(_master)).Status);
        _master.Publish(("AGENTS.md", "second"), ("skills/a/SKILL.md", "skill a"), ("skills/b/SKILL.md", "skill b"), ("skills/c/SKILL.md", "skill C"));
    }

    public async ValueTask DisposeAsync()
    {
        await _master.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task Head_WhenForged_IsRefused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _master.Envelope = HeadCodec.Sign(_master.Head, other, _master.Fingerprint);
        await RefusedAsync(ErrorCode.HeadInvalid);
    }

    [Fact]
    public async Task Head_WhenItsContentWasChanged_IsRefused()
    {
        var forged = _master.Sign(_master.Head with { Sequence = 99 });
        var text = Encoding.UTF8.GetString(_master.Envelope);
        var payload = Encoding.UTF8.GetString(forged);
        _master.Envelope = Encoding.UTF8.GetBytes(Before(payload, "\"signatures\"") + text[text.IndexOf("\"signatures\"", StringComparison.Ordinal)..]);
        await RefusedAsync(ErrorCode.HeadInvalid);

        static string Before(string json, string part) => json[..json.IndexOf(part, StringComparison.Ordinal)];
    }

    [Fact]
    public async Task Head_WhenOfAnotherMaster_IsRefused()
    {
        await using var other = new SimulatedMaster();
        other.Publish(("AGENTS.md", "theirs"));
        _master.Envelope = other.Envelope;
        await RefusedAsync(ErrorCode.FingerprintMismatch);
    }

    [Fact]
    public async Task Head_WhenOldOneIsReplayed_IsRefused()
    {
        var old = _master.Envelope;
        _master.Publish(("AGENTS.md", "third"));
        await _home.SyncAsync();
        _master.Envelope = old;
        await RefusedAsync(ErrorCode.HeadReplayed);
        Assert.Equal("third", _home.Read("AGENTS.md"));
    }

    [Fact]
    public async Task Head_WhenSameSequenceNamesAnotherRevision_IsRefused()
    {
        await _home.SyncAsync();
        var sequence = _master.Head.Sequence;
        var other = _master.Publish(("AGENTS.md", "two faces"));
        _master.Sign(other, sequence);
        await RefusedAsync(ErrorCode.HeadConflict);
    }

    [Fact]
    public async Task Head_WhenExpired_WarnsAndGoesOn()
    {
        _master.Sign(_master.Head.Revision, _master.Head.Sequence + 1, _home.Time.Now.AddDays(-1));
        var result = await _home.SyncAsync();
        Assert.Equal(SyncStatus.Applied, result.Status);
        Assert.Contains(result.Warnings, warning => warning.Contains("expired", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", ErrorCode.LimitExceeded)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", ErrorCode.ProtocolViolation)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", ErrorCode.ProtocolViolation)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", ErrorCode.ProtocolViolation)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", ErrorCode.ProtocolViolation)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n", ErrorCode.MasterTimeout)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", ErrorCode.ProtocolViolation)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", ErrorCode.HeadInvalid)]
    [InlineData("HTTP/1.1 200 OK\r\nCodexport-Protocol: 2\r\nContent-Length: 2\r\n\r\n{}", ErrorCode.ProtocolVersion)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{}", ErrorCode.MasterTimeout)]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/v1/head\r\nContent-Length: 0\r\n\r\n", ErrorCode.ProtocolViolation)]
    [InlineData("HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n", ErrorCode.MasterUnreachable)]
    [InlineData("HTTP/1.1 200 OK\r\n bad: folded\r\n\r\n", ErrorCode.ProtocolViolation)]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n", ErrorCode.ProtocolViolation)]
    [InlineData("<html>Sign in to the airport network</html>", ErrorCode.ProtocolViolation)]
    [InlineData("SSH-2.0-OpenSSH_9.7\r\n", ErrorCode.ProtocolViolation)]
    [InlineData("", ErrorCode.MasterTimeout)]
    public async Task HeadAnswer_WhenNotWhatTheProtocolAllows_IsRefused(string answer, ErrorCode code)
    {
        _master.Script = request => request.Path == ProtocolConstants.HeadPath ? HostileAnswer.Raw(answer) : null;
        await RefusedAsync(code);
        Assert.All(_master.Server.Requests.TakeLast(1), request => Assert.Equal(ProtocolConstants.HeadPath, request.Path));
    }

    [Fact]
    public async Task HeadAnswer_WhenEndlessHeader_IsRefused()
    {
        _master.Script = _ => HostileAnswer.Raw("HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Repeat("X-Fill: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n", 1000)));
        await RefusedAsync(ErrorCode.LimitExceeded);
    }

    [Fact]
    public async Task HeadAnswer_WhenEndlessBody_IsRefused()
    {
        _master.Script = _ => HostileAnswer.Endless("application/json");
        await RefusedAsync(ErrorCode.LimitExceeded);
    }

    [Fact]
    public async Task HeadAnswer_WhenDripped_IsRefusedAtTheDeadline()
    {
        SetTimeouts("connect = 1\nidle = 1\n");
        _master.Script = _ => HostileAnswer.Drip("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + new string(' ', 900), TimeSpan.FromMilliseconds(50));
        await RefusedAsync(ErrorCode.MasterTimeout);
    }

    [Fact]
    public async Task HeadAnswer_WhenSilent_IsRefusedAtTheDeadline()
    {
        SetTimeouts("connect = 1\nidle = 1\n");
        _master.Script = _ => HostileAnswer.Silence();
        await RefusedAsync(ErrorCode.MasterTimeout);
    }

    [Fact]
    public async Task Document_WhenChanged_IsRefused()
    {
        var other = new RevisionDocument([_master.File("AGENTS.md", "evil"u8.ToArray())]);
        Bend(ProtocolConstants.RevisionsPath, HostileAnswer.Of(200, RevisionCodec.Write(other), ProtocolConstants.RevisionContentType));
        await RefusedAsync(ErrorCode.ContentMismatch);
    }

    [Fact]
    public async Task Delta_WhenItLeadsElsewhere_IsRefused()
    {
        var other = new RevisionDocument([_master.File("AGENTS.md", "evil"u8.ToArray())]);
        Bend(ProtocolConstants.RevisionsPath, HostileAnswer.Of(200, RevisionCodec.WriteDelta(other, other), ProtocolConstants.DeltaContentType));
        await RefusedAsync(ErrorCode.ContentMismatch);
    }

    [Fact]
    public async Task Document_WhenEndless_IsRefused()
    {
        Bend(ProtocolConstants.RevisionsPath, HostileAnswer.Endless(ProtocolConstants.RevisionContentType));
        await RefusedAsync(ErrorCode.LimitExceeded);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task Document_WhenCompressionBomb_IsRefused(string encoding)
    {
        Bend(ProtocolConstants.RevisionsPath, HostileAnswer.Of(
            200, Compress(new byte[64 << 20], encoding), ProtocolConstants.RevisionContentType, $"Content-Encoding: {encoding}\r\n"));
        await RefusedAsync(ErrorCode.LimitExceeded);
    }

    [Fact]
    public async Task Document_WhenItsEncodingWasNotAskedFor_IsRefused()
    {
        Bend(ProtocolConstants.RevisionsPath, HostileAnswer.Of(200, [1], ProtocolConstants.RevisionContentType, "Content-Encoding: deflate\r\n"));
        await RefusedAsync(ErrorCode.ProtocolViolation);
    }

    [Fact]
    public async Task Document_WhenDripped_IsRefused()
    {
        Bend(ProtocolConstants.RevisionsPath, HostileAnswer.Drip(
            $"HTTP/1.1 200 OK\r\nContent-Type: {ProtocolConstants.RevisionContentType}\r\nContent-Length: 9000\r\n\r\n" + new string('a', 9000),
            TimeSpan.FromMilliseconds(20)));
        await RefusedAsync(ErrorCode.MasterTimeout);
    }

    [Fact]
    public async Task Object_WhenChanged_IsRefused()
    {
        var file = _master.Document.Files.Single(file => file.Path == "skills/b/SKILL.md");
        _master.Corrupt(file.Hash, "SKILL B"u8.ToArray());
        await RefusedAsync(ErrorCode.ContentMismatch);
    }

    [Fact]
    public async Task Object_WhenLongerThanTheDocumentSays_IsRefused()
    {
        var file = _master.Document.Files.Single(file => file.Path == "skills/c/SKILL.md");
        _master.Corrupt(file.Hash, "skill C and more"u8.ToArray());
        await RefusedAsync(ErrorCode.ProtocolViolation);
    }

    [Fact]
    public async Task Objects_WhenSwapped_AreRefused()
    {
        var b = _master.Document.Files.Single(file => file.Path == "skills/b/SKILL.md");
        var c = _master.Document.Files.Single(file => file.Path == "skills/c/SKILL.md");
        var (contentB, contentC) = (_master.Content(b.Hash), _master.Content(c.Hash));
        _master.Corrupt(b.Hash, contentC);
        _master.Corrupt(c.Hash, contentB);
        await RefusedAsync(ErrorCode.ContentMismatch);
    }

    [Fact]
    public async Task Objects_WhenOfAnotherRevision_AreRefused()
    {
        var other = _master.Publish(("AGENTS.md", "sEcond"), ("skills/a/SKILL.md", "skill a"), ("skills/b/SKILL.md", "skill b"), ("skills/c/SKILL.md", "skill c"));
        var mixed = _master.Bundle(other, null)[7..];
        _master.Publish(("AGENTS.md", "fourth"), ("skills/a/SKILL.md", "skill a"), ("skills/b/SKILL.md", "skill 4"), ("skills/c/SKILL.md", "skill 5"));
        Bend(ProtocolConstants.BundlePath, HostileAnswer.Of(200, mixed[..20], ProtocolConstants.BundleContentType));
        await RefusedAsync(ErrorCode.ContentMismatch);
    }

    [Fact]
    public async Task Bundle_WhenTruncated_IsRefusedAsBrokenOff()
    {
        var bundle = _master.Bundle(_master.Head.Revision, null);
        _master.KnowsBases = false;
        _master.Script = request => !request.Path.StartsWith(ProtocolConstants.BundlePath, StringComparison.Ordinal) ? null
            : request.RangeStart == 0 ? HostileAnswer.Cut(bundle, bundle.Length - 1, ProtocolConstants.BundleContentType)
            : HostileAnswer.HangUp();
        await RefusedAsync(ErrorCode.MasterUnreachable);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task Bundle_WhenCompressionBomb_IsRefused(string encoding)
    {
        var bundle = _master.Bundle(_master.Head.Revision, null);
        _master.KnowsBases = false;
        Bend(ProtocolConstants.BundlePath, HostileAnswer.Of(
            200, Compress([.. bundle, .. new byte[256 << 20]], encoding), ProtocolConstants.BundleContentType, $"Content-Encoding: {encoding}\r\n"));
        var before = GC.GetTotalAllocatedBytes();
        await RefusedAsync(ErrorCode.ProtocolViolation, ErrorCode.LimitExceeded);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 200 << 20);
    }

    [Fact]
    public async Task Bundle_WhenCompressedGarbage_IsRefused()
    {
        _master.KnowsBases = false;
        Bend(ProtocolConstants.BundlePath, HostileAnswer.Of(200, [0x1f, 0x8b, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9], ProtocolConstants.BundleContentType, "Content-Encoding: gzip\r\n"));
        await RefusedAsync(ErrorCode.ProtocolViolation);
    }

    [Fact]
    public async Task Bundle_WhenDripped_IsRefused()
    {
        Bend(ProtocolConstants.BundlePath, HostileAnswer.Drip(
            $"HTTP/1.1 200 OK\r\nContent-Type: {ProtocolConstants.BundleContentType}\r\nContent-Encoding: br\r\nTransfer-Encoding: chunked\r\n\r\n"
                + string.Concat(Enumerable.Repeat("1\r\na\r\n", 2000)),
            TimeSpan.FromMilliseconds(20)));
        await RefusedAsync(ErrorCode.MasterTimeout, ErrorCode.ProtocolViolation);
    }

    [Theory]
    [InlineData(ProtocolConstants.RevisionsPath)]
    [InlineData(ProtocolConstants.BundlePath)]
    public async Task SecureAnswer_WhenRedirect_IsNotFollowed(string path)
    {
        Bend(path, HostileAnswer.Raw($"HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:{_master.Server.Port}/stolen\r\nContent-Length: 0\r\n\r\n"));
        await RefusedAsync(ErrorCode.ProtocolViolation);
        Assert.DoesNotContain(_master.Server.Requests, request => request.Path == "/stolen");
    }

    [Theory]
    [InlineData("/etc/cron.d/x")]
    [InlineData("../outside")]
    [InlineData("skills/../../outside")]
    [InlineData("skills/./x")]
    [InlineData("skills//x")]
    [InlineData("skills/")]
    [InlineData("")]
    [InlineData("..")]
    [InlineData(@"..\outside")]
    [InlineData(@"C:\Windows\x")]
    [InlineData(@"\\server\share\x")]
    [InlineData("skills/a\0b")]
    [InlineData("skills/a\nb")]
    [InlineData("skills/a\u001b[2Jb")]
    [InlineData("skills/e\u0301")]
    [InlineData("sessions/2026/x.jsonl")]
    [InlineData("Sessions/x")]
    [InlineData("history.jsonl")]
    [InlineData("state_5.sqlite")]
    [InlineData("skills/.system/x/SKILL.md")]
    [InlineData("skills/.SYSTEM/x/SKILL.md")]
    [InlineData(".codexport/local.toml")]
    [InlineData(".Codexport/state/enrollment.json")]
    [InlineData("skills/a/.git/hooks/pre-commit")]
    [InlineData("AGENTS.override.md")]
    [InlineData("installation_id")]
    [InlineData("skills/.codexport-0123456789abcdef.tmp")]
    public async Task Path_WhenHostile_IsRefusedByName(string path)
    {
        _master.Publish(new RevisionDocument([_master.File("AGENTS.md", "x"u8.ToArray()), _master.File(path, "evil"u8.ToArray())]));
        await RefusedAsync(ErrorCode.PathInvalid);
    }

    [Fact]
    public async Task Paths_WhenFileIsAlsoAFolder_AreRefused()
    {
        _master.Publish(new RevisionDocument([_master.File("skills/x", "1"u8.ToArray()), _master.File("skills/x/y", "2"u8.ToArray())]));
        await RefusedAsync(ErrorCode.PathInvalid);
    }

    [Fact]
    public async Task Paths_WhenTwice_AreRefused()
    {
        _master.KnowsBases = false;
        _master.Publish(new RevisionDocument([_master.File("skills/x", "1"u8.ToArray()), _master.File("skills/x", "2"u8.ToArray())]));
        await RefusedAsync(ErrorCode.PathInvalid);
    }

    [Fact]
    public async Task Path_WhenLongerThanTheLimit_IsRefused()
    {
        _master.Publish(new RevisionDocument([_master.File(string.Join('/', Enumerable.Repeat(new string('a', 200), 6)), [1])]));
        await RefusedAsync(ErrorCode.LimitExceeded);
    }

    [Fact]
    public async Task File_WhenLargerThanTheLimit_IsRefusedBeforeItIsFetched()
    {
        _master.Publish(new RevisionDocument([_master.File("skills/x", new byte[300 * 1024])]));
        await RefusedAsync(ErrorCode.LimitExceeded);
        Assert.DoesNotContain(_master.Server.Requests.TakeLast(1), request => request.Path.StartsWith(ProtocolConstants.BundlePath, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Symlink_WhenInTheWayOfAWrite_IsRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making symbolic links needs a right that tests on Windows lack.");
        var outside = Directory.CreateTempSubdirectory("codexport-outside-");
        Directory.CreateSymbolicLink(Path.Join(_home.Context.Home.CodexFolder, "skills", "b"), outside.FullName);

        // The revision arrived whole and is staged; its head is noted beside the pin with that.
        await RefusedAsync([ErrorCode.PathBlocked], ".codexport/state/staged.json", ".codexport/state/revisions", ".codexport/state/enrollment.json");
        Assert.Empty(outside.EnumerateFileSystemInfos());
        outside.Delete();
    }

    [Fact]
    public async Task Master_WhenAnotherOneOnTheSameAddress_IsRefused()
    {
        await using var other = new SimulatedMaster();
        _master.Server.Certificate = other.Certificate;
        await RefusedAsync(ErrorCode.FingerprintMismatch);
    }

    [Fact]
    public async Task Credential_WhenRevoked_IsRefused()
    {
        _master.Credentials.Clear();
        await RefusedAsync(ErrorCode.CredentialRefused);
    }

    [Fact]
    public async Task Error_WhenItHoldsControlCharacters_IsShownWithoutThem()
    {
        Bend(ProtocolConstants.RevisionsPath, HostileAnswer.Error(401, "CredentialRefused", @"\u001b]0;title\u0007\u202egnp.exe" + new string('x', 2000)));
        var error = await Assert.ThrowsAsync<CodexportException>(() => _home.SyncAsync());
        Assert.Equal(ErrorCode.CredentialRefused, error.Code);
        Assert.DoesNotContain(error.Message, character => char.IsControl(character) || character == '\u202e');
        Assert.InRange(error.Message.Length, 1, 500);
    }

    [Fact]
    public async Task Credential_WhenHeadIsPlain_IsNeverSentInTheClear()
    {
        await _home.SyncAsync();
        Assert.All(
            _master.Server.Requests.Where(request => !request.IsSecure),
            request => Assert.DoesNotContain(request.Headers.Keys, name => name is "authorization" or "codexport-platform" or "codexport-applied"));
    }

    private static byte[] Compress(byte[] content, string encoding)
    {
        using var compressed = new MemoryStream();
        using (Stream encoder = encoding == "br"
            ? new BrotliStream(compressed, CompressionLevel.Fastest)
            : new GZipStream(compressed, CompressionLevel.Fastest))
        {
            encoder.Write(content);
        }

        return compressed.ToArray();
    }

    private void Bend(string path, HostileAnswer answer)
        => _master.Script = request => request.Path.StartsWith(path, StringComparison.Ordinal) ? answer : null;

    private void SetTimeouts(string text)
    {
        var path = _home.Context.Home.SettingsFile;
        File.WriteAllText(path, File.ReadAllText(path).Split("[timeouts]")[0] + "[timeouts]\n" + text);
    }

    private Task RefusedAsync(params ErrorCode[] codes) => RefusedAsync(codes, []);

    private async Task RefusedAsync(ErrorCode[] codes, params string[] alsoChanged)
    {
        var before = _home.Snapshot();
        Assert.Contains(await _home.RefusedSyncAsync(), codes);
        before.AssertUnchanged([.. FollowerHome.OwnRecords, .. alsoChanged]);
    }
}
