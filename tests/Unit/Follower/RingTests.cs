using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Follower.Verification;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;

namespace Codexport.Tests.Follower;

/// <summary>A head counts for its ring alone, and which ring a follower is in the master itself says, over pinned TLS.</summary>
public sealed class RingTests : IAsyncLifetime
{
    private const string Canary = "0123456789abcdef";

    private readonly SimulatedMaster _master = new();
    private readonly FollowerHome _home = new();

    public async ValueTask InitializeAsync()
    {
        _master.Publish(("AGENTS.md", "first"));
        await _home.JoinAsync(_master);
    }

    public async ValueTask DisposeAsync()
    {
        await _master.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task HeadOfAnotherRing_OverPlainHttp_IsNotTaken_AndTheMasterIsAskedOverTls()
    {
        var first = _master.Head;
        _master.Publish(("AGENTS.md", "of another ring"));
        var other = _master.Sign(_master.Head with { Ring = Canary });
        _master.Sign(first.Revision, _master.Head.Sequence + 1);
        Answer(plain: other);
        _master.Server.ForgetRequests();
        Assert.Equal(SyncStatus.Current, (await _home.SyncAsync()).Status);
        Assert.Equal("first", _home.Read("AGENTS.md"));
        Assert.Contains(_master.Server.Requests, request => request is { Path: ProtocolConstants.HeadPath, IsSecure: true });
    }

    [Fact]
    public async Task RingThatTheMasterTellsOverTls_IsTaken_AndAskedForFromThenOn()
    {
        _master.Publish(("AGENTS.md", "second"));
        var own = _master.Sign(_master.Head with { Ring = Canary });
        Answer(plain: own, secure: own);
        Assert.Equal(SyncStatus.Applied, (await _home.SyncAsync()).Status);
        Assert.Equal(("second", Canary), (_home.Read("AGENTS.md"), Mark().Ring));
        _master.Server.ForgetRequests();
        Assert.Null(_home.Operations.QuickSync(TestContext.Current.CancellationToken));
        Assert.Equal($"{ProtocolConstants.HeadPath}?ring={Canary}", Assert.Single(_master.Server.Requests).Target);

        // Everybody's head, newer and genuine, does not bring it back: whoever is in between cannot choose the ring.
        _master.Publish(("AGENTS.md", "everybody's"));
        Answer(plain: _master.Envelope, secure: own);
        Assert.Equal(SyncStatus.Current, (await _home.SyncAsync()).Status);
        Assert.Equal(("second", Canary), (_home.Read("AGENTS.md"), Mark().Ring));
    }

    [Fact]
    public async Task HeadThatIsSignedAnew_ForWhatIsHere_IsAskedForOverTls()
    {
        _master.Sign(_master.Head.Revision, _master.Head.Sequence + 1);
        _master.Server.ForgetRequests();
        Assert.Equal(SyncStatus.Current, (await _home.SyncAsync()).Status);
        Assert.Contains(_master.Server.Requests, request => request is { Path: ProtocolConstants.HeadPath, IsSecure: true });
        _master.Server.ForgetRequests();
        Assert.Equal(SyncStatus.Current, (await _home.SyncAsync()).Status);
        Assert.DoesNotContain(_master.Server.Requests, request => request.IsSecure);
    }

    [Theory]
    [InlineData(null, Canary)]
    [InlineData(Canary, null)]
    [InlineData(Canary, "fedcba9876543210")]
    public void HeadOfAnotherRing_FromAnywhereButTheMaster_IsRefused(string? ring, string? other)
    {
        var mark = Mark() with { Ring = ring };
        var head = _master.Sign(_master.Head with { Ring = other, Sequence = _master.Head.Sequence + 1 });
        var rules = new VerificationRules(
            _master.Fingerprint, _master.PublicKey, mark, Limits.Default, ReceivablePaths.Of(_home.Context.Files, Limits.Default), _home.Context.Time.GetUtcNow());
        Assert.Equal(ErrorCode.HeadInvalid, Assert.Throws<CodexportException>(() => new RevisionVerifier(rules).AcceptHead(head)).Code);
        Assert.Equal(other, new RevisionVerifier(rules with { IsFromMaster = true }).AcceptHead(head).Ring);
    }

    private HeadMark Mark() => HeadMark.TryRead(_home.Context, EnrollmentRecord.TryRead(_home.Context)!)!;

    private void Answer(byte[] plain, byte[]? secure = null) => _master.Script = request => request.Path != ProtocolConstants.HeadPath ? null
        : request.Headers.ContainsKey("if-none-match") ? null
        : request.IsSecure ? secure is null ? null : HostileAnswer.Of(200, secure, "application/json")
        : HostileAnswer.Of(200, plain, "application/json");
}
