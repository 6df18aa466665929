using System.Security.Cryptography;
using System.Text;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;

namespace Codexport.Tests.Bundles;

/// <summary>What the second version of the head adds, and which keys may sign it.</summary>
public sealed class HeadVersionTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ECDsa _identity = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _online = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static Head Plain => new(Sha256Hash.Of("r"u8), 9, Now, Now.AddDays(30));

    public void Dispose()
    {
        _identity.Dispose();
        _online.Dispose();
    }

    [Fact]
    public void Head_WithoutAnythingNew_IsOfTheFirstVersion()
        => Assert.Contains("\"version\":1", Payload(Sign(Plain)), StringComparison.Ordinal);

    [Fact]
    public void Head_WithEpochAndRing_ComesBackAsItWas()
    {
        var head = Plain with { Epoch = 5, Keyring = Sha256Hash.Of("k"u8), Ring = "canary" };
        var envelope = Sign(head);
        Assert.Equal(head, Verify(envelope));
        Assert.StartsWith("{\"epoch\":5,\"expires\"", Payload(envelope), StringComparison.Ordinal);
        Assert.EndsWith("\"ring\":\"canary\",\"sequence\":9,\"version\":2}", Payload(envelope), StringComparison.Ordinal);
        Assert.True(envelope.Length <= HeadCodec.MaxFirstEnvelopeSize);
    }

    [Theory]
    [InlineData("""{"epoch":5,"expires":"2026-03-31T00:00:00Z","issuedAt":"2026-03-01T00:00:00Z","revision":"RRR","sequence":9,"version":2}""")]
    [InlineData("""{"epoch":0,"expires":"2026-03-31T00:00:00Z","issuedAt":"2026-03-01T00:00:00Z","keyring":"RRR","revision":"RRR","sequence":9,"version":2}""")]
    [InlineData("""{"expires":"2026-03-31T00:00:00Z","issuedAt":"2026-03-01T00:00:00Z","revision":"RRR","ring":"No Ring","sequence":9,"version":2}""")]
    [InlineData("""{"expires":"2026-03-31T00:00:00Z","issuedAt":"2026-03-01T00:00:00Z","revision":"RRR","ring":"a","sequence":9,"version":1}""")]
    [InlineData("""{"expires":"2026-03-31T00:00:00Z","issuedAt":"2026-03-01T00:00:00Z","revision":"RRR","sequence":9,"version":2}""")]
    public void Head_InAnotherForm_IsRefused(string payload)
    {
        var bytes = Encoding.UTF8.GetBytes(payload.Replace("RRR", new string('a', 64), StringComparison.Ordinal));
        Assert.Equal(ErrorCode.HeadInvalid, Refused(DsseEnvelope.Sign(bytes, HeadCodec.PayloadType, _identity, Print(_identity))));
    }

    [Fact]
    public void Head_OfALaterVersion_SaysThatTheFollowerIsToBeUpdated()
    {
        var bytes = Encoding.UTF8.GetBytes("""{"expires":"2026-03-31T00:00:00Z","issuedAt":"2026-03-01T00:00:00Z","sequence":9,"version":3}""");
        var error = Assert.Throws<CodexportException>(() => Verify(DsseEnvelope.Sign(bytes, HeadCodec.PayloadType, _identity, Print(_identity))));
        Assert.Equal(ErrorCode.ProtocolVersion, error.Code);
        Assert.Contains("this follower", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Head_OfAKeyThatTheIdentityLetsAct_IsTaken()
    {
        var head = Plain with { Delegation = Delegate() };
        var envelope = HeadCodec.Sign(head, _online, Print(_online));
        Assert.True(envelope.Length <= HeadCodec.MaxEnvelopeSize);
        var read = Verify(envelope, new DelegationRules(Now, 3));
        Assert.Equal((head.Revision, head.Sequence, Print(_online)), (read.Revision, read.Sequence, read.Delegation!.KeyFingerprint));
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("withdrawn")]
    [InlineData("scope")]
    public void Head_OnAStatementThatCountsNoMore_IsRefused(string why)
    {
        var envelope = HeadCodec.Sign(Plain with { Delegation = Delegate(why == "scope" ? DelegationScope.Tls : DelegationScope.Heads) }, _online, Print(_online));
        var rules = new DelegationRules(why == "expired" ? Now.AddDays(7) : Now, why == "withdrawn" ? 5 : 4);
        Assert.Equal(ErrorCode.DelegationRefused, Assert.Throws<CodexportException>(() => Verify(envelope, rules)).Code);
    }

    [Fact]
    public void Head_OnAStatementThatIsNotTheIdentitys_IsRefused()
    {
        using var thief = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var own = Delegate() with { IdentityKey = thief.ExportSubjectPublicKeyInfo() };

        // A stranger's statement, the identity's statement about another key, a head that the key did not sign, one that says it of itself.
        var stranger = KeyDelegationCodec.Sign(own, thief);
        Assert.Equal(ErrorCode.FingerprintMismatch, Refused(HeadCodec.Sign(Plain with { Delegation = stranger }, _online, Print(_online))));
        Assert.Equal(ErrorCode.FingerprintMismatch, Refused(HeadCodec.Sign(Plain with { Delegation = Delegate() }, thief, Print(thief))));
        Assert.Equal(ErrorCode.HeadInvalid, Refused(HeadCodec.Sign(Plain with { Delegation = Delegate() }, thief, Print(_online))));
        Assert.Equal(ErrorCode.HeadInvalid, Refused(Sign(Plain with { Delegation = Delegate() })));

        // The identity's name under a statement that another key signed.
        var forged = KeyDelegationCodec.Sign(Delegate(), thief);
        Assert.Equal(ErrorCode.FingerprintMismatch, Refused(HeadCodec.Sign(Plain with { Delegation = forged }, _online, Print(_online))));
    }

    private KeyDelegation Delegate(DelegationScope scope = DelegationScope.Heads | DelegationScope.Tls) => KeyDelegationCodec.Sign(
        new KeyDelegation(_identity.ExportSubjectPublicKeyInfo(), _online.ExportSubjectPublicKeyInfo(), scope, 4, Now, Now.AddDays(7)), _identity);

    private ErrorCode Refused(byte[] envelope) => Assert.Throws<CodexportException>(() => Verify(envelope, new DelegationRules(Now, 0))).Code;

    private byte[] Sign(Head head) => HeadCodec.Sign(head, _identity, Print(_identity));

    private Head Verify(byte[] envelope, DelegationRules? rules = null)
        => HeadCodec.Verify(envelope, _identity.ExportSubjectPublicKeyInfo(), Print(_identity), rules);

    private static string Payload(byte[] envelope) => Encoding.UTF8.GetString(DsseEnvelope.Read(envelope, HeadCodec.PayloadType, (what, _) => new(ErrorCode.HeadInvalid, what, what)).Payload);

    private static string Print(ECDsa key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
}
