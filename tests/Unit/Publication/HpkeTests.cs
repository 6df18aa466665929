using System.Security.Cryptography;
using Codexport.Engine.Publication;

namespace Codexport.Tests.Publication;

public sealed class HpkeTests
{
    private const string Info = "4f6465206f6e2061204772656369616e2055726e";
    private const string Text = "4265617574792069732074727574682c20747275746820626561757479";

    // RFC 9180, A.3.1: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base mode, sequence number 0.
    [Fact]
    public void Seal_WithTheKeysOfTheRfc_GivesItsCiphertext()
    {
        using var ephemeral = Pair(
            "4995788ef4b9d6132b249ce59a77281493eb39af373d236a1fe415cb0c2d7beb",
            "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4");
        using var recipient = Recipient();
        const ushort Aes128Gcm = 1;
        var message = Hpke.Seal(ephemeral, recipient, Hex(Info), "Count-0"u8, Hex(Text), Aes128Gcm);
        Assert.Equal(
            "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4"
                + "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434",
            Convert.ToHexStringLower(message));
        Assert.Equal(Hex(Text), Hpke.TryOpen(recipient, Hex(Info), "Count-0"u8, message, Aes128Gcm));
    }

    // Sealed by another implementation (@hpke/core 1.9.0) for the key of that vector: the RFC has none for this curve with AES-256-GCM.
    [Fact]
    public void Open_OfWhatAnotherImplementationSealed_GivesTheText()
    {
        using var recipient = Recipient();
        var message = Hex(
            "0400e377dc706e0251aa1a077c10a572108aba8172749590810d51298a303cd7b519e06d89152bc5581872412d6faf1ccdb55758b1c5e8c3088354c4fe009d9ea6"
            + "01a3fd099c94d606e24db24baf842e08de17bbea0a151fe85b62172683144793aeaab72b516304ee30249012f7");
        Assert.Equal(Hex(Text), Hpke.TryOpen(recipient, Hex(Info), "Count-0"u8, message));
    }

    [Fact]
    public void Open_WithAnythingElse_GivesNothing()
    {
        using var recipient = Recipient();
        using var other = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var message = Hpke.Seal(recipient, "info"u8, "bound"u8, "secret"u8);
        Assert.Equal("secret"u8.ToArray(), Hpke.TryOpen(recipient, "info"u8, "bound"u8, message));
        Assert.Null(Hpke.TryOpen(other, "info"u8, "bound"u8, message));
        Assert.Null(Hpke.TryOpen(recipient, "other"u8, "bound"u8, message));
        Assert.Null(Hpke.TryOpen(recipient, "info"u8, "other"u8, message));
        Assert.Null(Hpke.TryOpen(recipient, "info"u8, "bound"u8, message.AsSpan(0, message.Length - 1)));
        Assert.Null(Hpke.TryOpen(recipient, "info"u8, "bound"u8, []));
        for (var index = 0; index < message.Length; index++)
        {
            var changed = message.ToArray();
            changed[index] ^= 1;
            Assert.Null(Hpke.TryOpen(recipient, "info"u8, "bound"u8, changed));
        }
    }

    private static ECDiffieHellman Recipient() => Pair(
        "f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2",
        "04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a826a779b4cf969b8a0e539c7f62fb3d30ad6aa8f80e30f1d128aafd68a2ce72ea0");

    private static ECDiffieHellman Pair(string privateKey, string point) => ECDiffieHellman.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        D = Hex(privateKey),
        Q = new ECPoint { X = Hex(point)[1..33], Y = Hex(point)[33..] },
    });

    private static byte[] Hex(string text) => Convert.FromHexString(text);
}
