using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Identity;

namespace Codexport.Tests.Master;

/// <summary>A passphrase that is not text would be taken for another one, because every foreign byte becomes the same character.</summary>
public sealed class PassphraseTextTests
{
    public static TheoryData<string, byte[]> Foreign() => new()
    {
        { "Latin 1", Encoding.Latin1.GetBytes("ein langes Passwört von früher") },
        { "Windows 1252", [.. "price in "u8, 0x80, .. " and more of it"u8] },
        { "UTF-16 with its mark", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("correct horse battery")] },
        { "UTF-16 without its mark", Encoding.Unicode.GetBytes("correct horse battery") },
        { "cut off", [.. "correct horse battery "u8, 0xE2, 0x82] },
        { "overlong", [.. "correct horse battery "u8, 0xC0, 0xAF] },
        { "surrogate", [.. "correct horse battery "u8, 0xED, 0xA0, 0x80] },
        { "replacement", Encoding.UTF8.GetBytes("correct horse battery \ufffd") },
    };

    [Theory]
    [MemberData(nameof(Foreign))]
    public void Passphrase_ThatIsNotUtf8_IsRefused_AtExportAndAtImport(string kind, byte[] bytes)
    {
        foreach (var isNew in new[] { true, false })
        {
            var error = Assert.Throws<CodexportException>(() => HeldPassphrase.Take(IdentityPassphrase.Decode(bytes), isNew));
            Assert.True(error.Code == ErrorCode.InvalidUsage && error.InnerException is null, kind);
            Assert.DoesNotContain("horse", error.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("correct horse \ud800 battery")]
    [InlineData("correct horse battery \udc00")]
    [InlineData("correct\0horse battery")]
    public void Passphrase_OfHalfCharacters_IsRefused(string typed)
        => Assert.Equal(ErrorCode.InvalidUsage, Assert.Throws<CodexportException>(() => HeldPassphrase.Take(typed.ToCharArray(), isNew: false)).Code);

    [Theory]
    [InlineData("ein langes Passwört von früher")]
    [InlineData("пароль 長い \ud83d\ude00 ok")]
    public void Passphrase_OfAnyLanguage_IsTaken(string text)
    {
        using var passphrase = HeldPassphrase.Take(IdentityPassphrase.Decode(Encoding.UTF8.GetBytes(text)), isNew: true);
        Assert.Equal(text, passphrase.Value.ToString());
    }
}
