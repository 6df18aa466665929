using System.Security.Cryptography;
using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;

namespace Codexport.Tests.Bundles;

/// <summary>A head has one form. Whatever a laxer reader would take as well is refused, though the master itself signed it.</summary>
public sealed class HeadFormTests : IDisposable
{
    private const string Payload =
        """{"expires":"2026-12-22T08:00:00Z","issuedAt":"2026-11-22T08:00:00Z","revision":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","sequence":7,"version":1}""";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly string _fingerprint;

    public HeadFormTests() => _fingerprint = Convert.ToHexStringLower(SHA256.HashData(_key.ExportSubjectPublicKeyInfo()));

    [Fact]
    public void Verify_OfTheOneForm_IsAccepted() => Assert.Equal(7, Verify(Envelope(Payload)).Sequence);

    [Theory]
    [InlineData("[{0}]")]
    [InlineData("[[{0}]]")]
    [InlineData(" {0}")]
    [InlineData("{0}\n")]
    [InlineData("{0}{0}")]
    [InlineData("\ufeff{0}")]
    public void Verify_OfAPayloadInAnotherShape_IsRefused(string shape) => AssertRefused(Envelope(shape.Replace("{0}", Payload, StringComparison.Ordinal)));

    [Theory]
    [InlineData("\"sequence\":7", "\"sequence\":7,\"sequence\":8")]
    [InlineData("\"sequence\":7", "\"sequence\":7.0")]
    [InlineData("\"sequence\":7", "\"sequence\":7e0")]
    [InlineData("\"sequence\":7", "\"sequence\":-7")]
    [InlineData("\"sequence\":7", "\"sequence\":\"7\"")]
    [InlineData("\"sequence\":7", "\"\\u0073equence\":7")]
    [InlineData("\"sequence\":7", "\"sequence\": 7")]
    [InlineData("\"issuedAt\":\"2026-11-22T08:00:00Z\",", "")]
    [InlineData("\"issuedAt\":\"2026-11-22T08:00:00Z\",", "\"expires\":\"2026-11-22T08:00:00Z\",")]
    [InlineData("\"issuedAt\":\"2026-11-22T08:00:00Z\"", "\"issuedAt\":\"2026-11-22T08:00:00.0Z\"")]
    [InlineData("\"issuedAt\":\"2026-11-22T08:00:00Z\"", "\"issuedAt\":\"2026-11-22T09:00:00+01:00\"")]
    [InlineData("\"issuedAt\":\"2026-11-22T08:00:00Z\"", "\"issuedAt\":null")]
    [InlineData("\"version\":1", "\"version\":1,\"more\":1")]
    [InlineData("\"version\":1", "\"version\":1,\"version\":1")]
    [InlineData("\"revision\":\"a", "\"revision\":\"A")]
    [InlineData("{\"expires\":\"2026-12-22T08:00:00Z\",", "{\"version\":1,\"expires\":\"2026-12-22T08:00:00Z\",")]
    public void Verify_OfAPayloadWithAnotherSpelling_IsRefused(string before, string after)
    {
        Assert.Contains(before, Payload, StringComparison.Ordinal);
        AssertRefused(Envelope(Payload.Replace(before, after, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("^", "[")]
    [InlineData("^", " ")]
    [InlineData("$", "\n")]
    [InlineData("$", "{}")]
    [InlineData("{\"payload\"", "{ \"payload\"")]
    [InlineData("{\"payload\"", "{\"more\":1,\"payload\"")]
    [InlineData("\"payloadType\"", "\"payloadType\":\"text/plain\",\"payloadType\"")]
    [InlineData("\"signatures\":[{", "\"signatures\":[{},{")]
    [InlineData("\"signatures\":[{", "\"signatures\":[[{")]
    [InlineData("\"signatures\":[{", "\"signatures\":[],\"signatures\":[{")]
    [InlineData("\"keyid\"", "\"keyid\":\"x\",\"keyid\"")]
    [InlineData("\"payload\":", "\"payload\":\"\",\"payload\":")]
    public void Verify_OfAnEnvelopeInAnotherForm_IsRefused(string before, string after)
    {
        var text = Encoding.UTF8.GetString(Envelope(Payload));
        var changed = before == "^" ? after + text + (after == "[" ? "]" : string.Empty)
            : before == "$" ? text + after
            : text.Replace(before, after, StringComparison.Ordinal);
        Assert.NotEqual(text, changed);
        AssertRefused(Encoding.UTF8.GetBytes(changed));
    }

    [Theory]
    [InlineData("[{0}]")]
    [InlineData("{0} ")]
    public void Read_OfAStatementInAnotherShape_IsRefused(string shape)
    {
        using var next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rotation = new KeyRotation(_fingerprint, next.ExportSubjectPublicKeyInfo(), 9, DateTimeOffset.UnixEpoch.AddYears(56));
        var envelope = KeyRotationCodec.Sign(rotation, _key);
        Assert.Equal(9, KeyRotationCodec.Read(envelope).Sequence);
        var payload = Encoding.UTF8.GetString(DsseEnvelope.Read(envelope, KeyRotationCodec.PayloadType, (what, _) => throw new InvalidOperationException(what)).Payload);
        var other = DsseEnvelope.Sign(
            Encoding.UTF8.GetBytes(shape.Replace("{0}", payload, StringComparison.Ordinal)), KeyRotationCodec.PayloadType, _key, _fingerprint);
        Assert.Equal(ErrorCode.HeadInvalid, Assert.Throws<CodexportException>(() => KeyRotationCodec.Read(other)).Code);
    }

    public void Dispose() => _key.Dispose();

    private byte[] Envelope(string payload) => DsseEnvelope.Sign(Encoding.UTF8.GetBytes(payload), HeadCodec.PayloadType, _key, _fingerprint);

    private Head Verify(byte[] envelope) => HeadCodec.Verify(envelope, _key.ExportSubjectPublicKeyInfo(), _fingerprint);

    private void AssertRefused(byte[] envelope) => Assert.Equal(ErrorCode.HeadInvalid, Assert.Throws<CodexportException>(() => Verify(envelope)).Code);
}
