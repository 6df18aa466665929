using System.Security.Cryptography;
using System.Text;
using Codexport.Engine.Protocol;

namespace Codexport.Tests.Bundles;

public sealed class RotationChainTests : IDisposable
{
    private readonly List<ECDsa> _keys = [.. Enumerable.Range(0, 5).Select(_ => ECDsa.Create(ECCurve.NamedCurves.nistP256))];

    public void Dispose() => _keys.ForEach(key => key.Dispose());

    [Fact]
    public void Follow_FromAnyKeyOfTheChain_LeadsToTheLast()
    {
        var chain = Chain(Statement(0, 1, 10), Statement(1, 2, 20), Statement(2, 3, 30));
        foreach (var pinned in Enumerable.Range(0, 3))
        {
            var last = RotationChain.Follow(chain, Print(pinned), Spki(pinned), Print(3), out var reason);
            Assert.Equal((Print(3), 30L, string.Empty), (last!.NewFingerprint, last.Sequence, reason));
        }

        Assert.Equal(Print(3), RotationChain.Newest(chain)!.NewFingerprint);
        Assert.Null(RotationChain.Newest([]));
    }

    public static TheoryData<string> Attacks => ["empty", "garbage", "forged", "claimed", "reordered", "gap", "truncated", "looping", "back", "sequence",
        "repeated", "other master", "changed", "not P-256", "no point", "too many", "too long", "long line", "extra field", "head"];

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Follow_WhenTheChainIsNotSound_LeadsNowhere(string attack)
    {
        var (chain, actual) = Make(attack);
        Assert.Null(RotationChain.Follow(chain, Print(0), Spki(0), actual, out var reason));
        Assert.NotEmpty(reason);
    }

    [Fact]
    public void Follow_WhenAnyByteOfAStatementIsChanged_LeadsNowhere()
    {
        var chain = Chain(Statement(0, 1, 10));
        var payload = Encoding.ASCII.GetString(chain).IndexOf("payloadType", StringComparison.Ordinal) - 3;
        for (var index = 0; index < chain.Length - 1; index++)
        {
            var bent = chain.ToArray();
            bent[index] ^= 1;

            // The last sextet of a base64 text has bits that count for nothing.
            if (index < payload - 2 || index > payload)
            {
                var last = RotationChain.Follow(bent, Print(0), Spki(0), Print(1), out _);
                Assert.True(last is null || Convert.ToHexString(last.NewKey.Span) == Convert.ToHexString(Spki(1)), $"at {index}");
            }
        }
    }

    [Fact]
    public void Append_KeepsTheNewest()
    {
        byte[] chain = [];
        for (var index = 0; index < RotationChain.MaxStatements + 3; index++)
        {
            chain = RotationChain.Append(chain, Statement(index % 5, (index + 1) % 5, index + 1));
        }

        Assert.Equal(RotationChain.MaxStatements, Encoding.ASCII.GetString(chain).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(RotationChain.MaxStatements + 3, RotationChain.Newest(chain)!.Sequence);
        Assert.True(chain.Length <= RotationChain.MaxSize);
    }

    private (byte[] Chain, string Actual) Make(string attack) => attack switch
    {
        "empty" => ([], Print(1)),
        "garbage" => ("{}\nnothing\n"u8.ToArray(), Print(1)),
        "forged" => (Chain(Sign(new KeyRotation(Print(0), Spki(1), 10, default), _keys[1])), Print(1)),
        "claimed" => (Chain(Statement(0, 1, 10), Sign(new KeyRotation(Print(1), Spki(2), 20, default), _keys[2])), Print(2)),
        "reordered" => (Chain(Statement(1, 2, 20), Statement(0, 1, 10)), Print(2)),
        "gap" => (Chain(Statement(0, 1, 10), Statement(2, 3, 20)), Print(3)),
        "truncated" => (Chain(Statement(0, 1, 10), Statement(1, 2, 20)), Print(3)),
        "looping" => (Chain(Statement(0, 1, 10), Statement(1, 2, 20), Statement(2, 1, 30)), Print(1)),
        "back" => (Chain(Statement(0, 1, 10), Statement(1, 0, 20)), Print(0)),
        "sequence" => (Chain(Statement(0, 1, 20), Statement(1, 2, 20)), Print(2)),
        "repeated" => (Chain(Statement(0, 1, 10), Statement(0, 1, 10)), Print(1)),
        "other master" => (Chain(Statement(3, 4, 10)), Print(4)),
        "changed" => (Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(Chain(Statement(0, 1, 10))).Replace(Print(0), Print(3), StringComparison.Ordinal)), Print(1)),
        "not P-256" => (Chain(Sign(Foreign(ECCurve.NamedCurves.nistP384), _keys[0])), Foreign(ECCurve.NamedCurves.nistP384).NewFingerprint),
        "no point" => NoPoint(),
        "too many" => ([.. Enumerable.Repeat(Statement(0, 1, 10), RotationChain.MaxStatements + 1).SelectMany(line => line.Append((byte)'\n'))], Print(1)),
        "too long" => (new byte[RotationChain.MaxSize + 1], Print(1)),
        "long line" => ([.. new byte[KeyRotationCodec.MaxSize + 1].Select(_ => (byte)'x')], Print(1)),
        "extra field" => (Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(Statement(0, 1, 10)).Replace("\"signatures\"", "\"more\":1,\"signatures\"", StringComparison.Ordinal)), Print(1)),
        _ => (HeadCodec.Sign(new Head(default, 1, default, default), _keys[0], Print(0)), Print(1)),
    };

    private (byte[] Chain, string Actual) NoPoint()
    {
        var key = Spki(1);
        key.AsSpan(27).Fill(7);
        var statement = new KeyRotation(Print(0), key, 10, default);
        var next = new KeyRotation(statement.NewFingerprint, Spki(2), 20, default);
        return (Chain(Sign(statement, _keys[0]), Sign(next, _keys[2])), Print(2));
    }

    private KeyRotation Foreign(ECCurve curve)
    {
        using var key = ECDsa.Create(curve);
        return new KeyRotation(Print(0), key.ExportSubjectPublicKeyInfo(), 10, default);
    }

    private static byte[] Chain(params byte[][] statements) => [.. statements.SelectMany(line => line.Append((byte)'\n'))];

    private byte[] Statement(int from, int to, long sequence) => Sign(new KeyRotation(Print(from), Spki(to), sequence, default), _keys[from]);

    private static byte[] Sign(KeyRotation rotation, ECDsa key) => KeyRotationCodec.Sign(rotation, key);

    private byte[] Spki(int index) => _keys[index].ExportSubjectPublicKeyInfo();

    private string Print(int index) => Convert.ToHexStringLower(SHA256.HashData(Spki(index)));
}
