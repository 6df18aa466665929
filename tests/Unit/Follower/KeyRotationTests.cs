using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Codexport.Engine;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Tests.Follower;

public sealed class KeyRotationTests : IAsyncLifetime
{
    private readonly SimulatedMaster _master = new();
    private readonly FollowerHome _home = new();
    private string _old = string.Empty;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private EnrollmentRecord Enrollment => EnrollmentRecord.TryRead(_home.Context)!;

    public async ValueTask InitializeAsync()
    {
        _master.Publish(("AGENTS.md", "first"));
        await _home.JoinAsync(_master);
        _old = _master.Fingerprint;
        _master.Server.ForgetRequests();
    }

    public async ValueTask DisposeAsync()
    {
        await _master.DisposeAsync();
        _home.Dispose();
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 0)]
    [InlineData(1, 25)]
    public async Task Sync_WhenFollowingIsAllowed_TrustsTheNewKeyAndKeepsTheCredential(int rotations, int hours)
    {
        await AllowAsync();
        var credential = Enrollment.Credential;
        Rotate(rotations);
        _master.Publish(("AGENTS.md", "second"));
        _home.Time.Now = _home.Time.Now.AddHours(hours);

        var result = await _home.SyncAsync();

        Assert.Equal(SyncStatus.Applied, result.Status);
        Assert.Contains(result.Warnings, warning => warning.Contains(_old, StringComparison.Ordinal) && warning.Contains(_master.Fingerprint, StringComparison.Ordinal));
        Assert.Equal((_master.Fingerprint, _old, credential), (Enrollment.Fingerprint, Enrollment.PreviousFingerprint, Enrollment.Credential));
        Assert.Equal(_master.PublicKey, Enrollment.PublicKey);
        Assert.Equal(_master.Fingerprint, SettingsFile.Read(_home.Context.Files, _home.Context.Home.SettingsFile).MasterFingerprint);
        Assert.Equal((_master.Fingerprint, _master.Head.Sequence), (Mark()!.Fingerprint, Mark()!.Sequence));
        Assert.Equal("second", _home.Read("AGENTS.md"));

        // The credential went to the new key over TLS alone, and then nothing is out of the ordinary.
        Assert.DoesNotContain(_master.Server.Requests, request => !request.IsSecure && request.Headers.ContainsKey("authorization"));
        _master.Server.ForgetRequests();
        Assert.Null(_home.Operations.QuickSync(Token));
        Assert.Equal(ProtocolConstants.HeadPath, Assert.Single(_master.Server.Requests).Path);
        Assert.Empty((await _home.SyncAsync()).Warnings);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(25)]
    public async Task Sync_WhenFollowingIsNotAllowed_NamesBothKeysAndHowToAllowIt(int hours)
    {
        Rotate(1);
        _home.Time.Now = _home.Time.Now.AddHours(hours);
        var before = _home.Snapshot();
        var error = await Assert.ThrowsAsync<CodexportException>(() => _home.SyncAsync());
        Assert.Equal(ErrorCode.FingerprintMismatch, error.Code);
        Assert.Contains(_old, error.Message, StringComparison.Ordinal);
        Assert.Contains(_master.Fingerprint, error.Message, StringComparison.Ordinal);
        Assert.Contains("vouches", error.Message, StringComparison.Ordinal);
        Assert.Contains("--follow", error.Remedy, StringComparison.Ordinal);
        before.AssertUnchanged(FollowerHome.OwnRecords);

        await AllowAsync();
        Assert.Equal(SyncStatus.Current, (await _home.SyncAsync()).Status);
        Assert.Equal(_master.Fingerprint, Enrollment.Fingerprint);
    }

    [Fact]
    public async Task Quick_WhenTheKeyChanged_FollowsOrSaysSoInOneLine()
    {
        Rotate(1);
        Assert.Contains("--follow", Message(_home.Operations.QuickSync(Token)), StringComparison.Ordinal);
        Assert.Null(_home.Operations.QuickSync(Token));
        await AllowAsync();
        _master.Publish(("AGENTS.md", "second"));
        var message = Message(_home.Operations.QuickSync(Token));
        Assert.Contains(_master.Fingerprint, message, StringComparison.Ordinal);
        Assert.Contains("applied revision", message, StringComparison.Ordinal);
        Assert.Equal("second", _home.Read("AGENTS.md"));
        Assert.Null(_home.Operations.QuickSync(Token));

        await _home.Operations.SetFollowAsync(follow: false, Token);
        Rotate(1);
        Assert.Contains("--follow", Message(_home.Operations.QuickSync(Token)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Follow_WhenTheNewKeySignsAnOldHead_IsRefusedAndKeepsThePin()
    {
        await AllowAsync();
        for (var index = 0; index < 5; index++)
        {
            _master.Publish(("AGENTS.md", $"edition {index}"));
            await _home.SyncAsync();
        }

        // A thief of the old key would have to go back: the statement's sequence is what it likes, the head's must be above the mark.
        var seen = Mark()!;
        Rotate(1);
        _master.Sign(seen.Revision, seen.Sequence);
        var error = await Assert.ThrowsAsync<CodexportException>(() => _home.SyncAsync());
        Assert.Equal(ErrorCode.HeadReplayed, error.Code);
        Assert.Equal((_old, null), (Enrollment.Fingerprint, Enrollment.PreviousFingerprint));
        Assert.Equal(seen.Sequence, Mark()!.Sequence);
    }

    [Fact]
    public async Task Sync_AfterFollowing_TakesNoHeadOfTheOldKeyAnyMore()
    {
        await AllowAsync();
        var envelope = _master.Envelope;
        Rotate(1);
        await _home.SyncAsync();
        _master.Envelope = envelope;
        Assert.Equal(ErrorCode.FingerprintMismatch, await _home.RefusedSyncAsync());
        Assert.Equal(_master.Fingerprint, Enrollment.Fingerprint);
    }

    [Fact]
    public async Task Sync_WhenStoppedRightAfterTheNewKeyWasPinned_GoesOnWithoutAWindow()
    {
        await AllowAsync();
        var mark = Mark()!;
        var settings = await File.ReadAllTextAsync(_home.Context.Home.SettingsFile, Token);
        var head = await File.ReadAllBytesAsync(_home.Context.Home.HeadMarkFile(), Token);
        var seen = Enrollment.Seen;
        Rotate(1);
        await _home.SyncAsync();

        // As if the machine had stopped after the first of the three writes.
        await File.WriteAllTextAsync(_home.Context.Home.SettingsFile, settings, Token);
        await File.WriteAllBytesAsync(_home.Context.Home.HeadMarkFile(), head, Token);
        (Enrollment with { Seen = seen }).Write(_home.Context);
        Assert.Equal((mark.Sequence, 0), (Mark()!.Sequence, Mark()!.Envelope.Length));
        var sequence = _master.Head.Sequence;
        _master.Sign(_master.Head.Revision, mark.Sequence - 1);
        Assert.Equal(ErrorCode.HeadReplayed, await _home.RefusedSyncAsync());
        _master.Sign(_master.Head.Revision, sequence);
        Assert.Equal(SyncStatus.Current, (await _home.SyncAsync()).Status);
        Assert.Equal(_master.Fingerprint, SettingsFile.Read(_home.Context.Files, _home.Context.Home.SettingsFile).MasterFingerprint);
    }

    public static TheoryData<string> Attacks => ["none", "404", "empty", "garbage", "endless", "silent", "other master", "truncated", "long header"];

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task Sync_WhenNothingSoundVouches_IsRefusedAndChangesNothing(string attack)
    {
        await AllowAsync();
        await using var other = new SimulatedMaster();
        other.Publish(("AGENTS.md", "evil"));
        other.Rotate();
        Rotate(2);
        var before = _home.Snapshot();
        _master.Script = request => request.Path != ProtocolConstants.RotationsPath ? null : attack switch
        {
            "none" => HostileAnswer.HangUp(),
            "404" => HostileAnswer.Error(404, "ProtocolViolation"),
            "empty" => HostileAnswer.Of(200, [], ProtocolConstants.RotationsContentType),
            "garbage" => HostileAnswer.Of(200, new byte[2000], ProtocolConstants.RotationsContentType),
            "endless" => HostileAnswer.Endless(ProtocolConstants.RotationsContentType),
            "silent" => HostileAnswer.Silence(),
            "other master" => HostileAnswer.Of(200, other.Rotations, ProtocolConstants.RotationsContentType),
            "truncated" => HostileAnswer.Of(200, [.. Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(_master.Rotations).Split('\n')[0])], ProtocolConstants.RotationsContentType),
            _ => HostileAnswer.Raw("HTTP/1.1 200 OK\r\nX: " + new string('x', 100_000)),
        };
        Assert.Equal(ErrorCode.FingerprintMismatch, await _home.RefusedSyncAsync());
        Assert.Equal(_old, Enrollment.Fingerprint);
        before.AssertUnchanged(FollowerHome.OwnRecords);
        Assert.DoesNotContain(_master.Server.Requests, request => request.Headers.ContainsKey("authorization"));
    }

    [Fact]
    public async Task Sync_WhenAGenuineChainComesWithAForgedHead_IsRefusedAndKeepsThePin()
    {
        await AllowAsync();
        Rotate(1);
        using var thief = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _master.Envelope = HeadCodec.Sign(_master.Head, thief, _master.Fingerprint);
        Assert.Equal(ErrorCode.HeadInvalid, await _home.RefusedSyncAsync());
        Assert.Equal(_old, Enrollment.Fingerprint);
    }

    [Fact]
    public async Task Follow_WhenTheTrustWasReset_IsNotPossible()
    {
        await AllowAsync();
        await _home.Operations.ResetTrustAsync(_old, Token);
        Rotate(1);
        Assert.Equal(ErrorCode.FingerprintMismatch, await _home.RefusedSyncAsync());
    }

    [Fact]
    public async Task Status_TellsWhetherAChangedKeyIsFollowed()
    {
        Assert.False((await _home.Operations.GetStatusAsync(Token)).FollowsKeyRotation);
        await AllowAsync();
        Assert.True((await _home.Operations.GetStatusAsync(Token)).FollowsKeyRotation);

        // As the person writes it, too: it is the settings that count.
        await _home.Operations.SetFollowAsync(follow: false, Token);
        SettingsFile.Update(_home.Context.Files, _home.Context.Home.SettingsFile, new Dictionary<string, object?> { ["followKeyRotation"] = true });
        Assert.True((await new HomeOperations(_home.Context).GetStatusAsync(Token)).FollowsKeyRotation);
    }

    private Task<TrustResult> AllowAsync() => _home.Operations.SetFollowAsync(follow: true, Token);

    private HeadMark? Mark() => HeadMark.TryRead(_home.Context, Enrollment);

    private void Rotate(int times)
    {
        for (var index = 0; index < times; index++)
        {
            _master.Rotate();
        }
    }

    private static string Message(string? line)
    {
        Assert.NotNull(line);
        Assert.DoesNotContain('\n', line);
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("systemMessage").GetString()!;
    }
}
