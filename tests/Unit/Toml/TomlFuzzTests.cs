using System.Text;
using Codexport.Engine.Toml;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Codexport.Tests.Toml;

/// <summary>Damaged input is read or refused, and never anything else.</summary>
public sealed class TomlFuzzTests
{
    private static readonly byte[][] Seeds =
    [
        .. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "data", "toml-test"), "*.toml", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).Select(File.ReadAllBytes),
    ];

    private static readonly byte[] Telling = [.. "[]{}=,.\"'\\#\n\r\t -+_:TZe0x\0"u8, 0xEF, 0xBB, 0xBF, 0xED, 0xA0, 0x80, 0xFF, 0x7F];

    private static Arbitrary<byte[]> Damaged => Smaller.Bytes(
        from seed in Gen.Elements(Seeds)
        from other in Gen.Elements(Seeds)
        from damages in Gen.ListOf(
            from kind in Gen.Choose(0, 4)
            from at in Gen.Choose(0, 1_000_000)
            from value in Gen.Elements(Telling)
            select (kind, at, value)).Resize(6)
        select damages.Aggregate(seed, (bytes, damage) => Apply(bytes, other, damage.kind, damage.at, damage.value)));

    [Property(MaxTest = 20_000)]
    public Property Parse_WhenDamaged_ReadsOrRefusesWithTheOneError()
        => Prop.ForAll(Damaged, bytes =>
        {
            if (TomlDocument.TryParse(bytes, "f", out var document, out var error))
            {
                Assert.Equal(bytes, document.ToBytes());
                Assert.True(document.SemanticEquals(TomlDocument.Parse(document.ToString())));
            }
            else
            {
                Assert.Equal(["line", "column"], error.Details.Select(detail => detail.Key));
                Assert.All(error.Details, detail => Assert.True(int.Parse(detail.Value, null) > 0));
            }
        });

    [Property(MaxTest = 3_000)]
    public Property Parse_WhenRefusing_NeverRepeatsTheInput()
        => Prop.ForAll(Damaged, bytes =>
        {
            var secret = Encoding.UTF8.GetBytes("\nk = \"hunter2secret\"\nk = hunter2secret'hunter2secret = hunter2secret");
            TomlDocument.TryParse((byte[])[.. bytes, .. secret], null, out _, out var error);
            Assert.NotNull(error);
            Assert.DoesNotContain("hunter2secret", error.Message + error.Remedy + string.Join(' ', error.Details), StringComparison.Ordinal);
        });

    [Property(MaxTest = 3_000)]
    public Property Edits_OfDamagedThatStillParses_EndInAValidDocument()
        => Prop.ForAll(Damaged, Gen.Choose(0, 1_000).ToArbitrary(), (bytes, choice) =>
        {
            if (!TomlDocument.TryParse(bytes, null, out var document, out _))
            {
                return;
            }

            var paths = Model.Paths(document.Root).ToList();
            if (paths.Count > 0)
            {
                document.Remove(paths[choice % paths.Count]);
            }

            document.MapStrings((_, value) => value + "'\"");
            Assert.True(document.SemanticEquals(TomlDocument.Parse(document.ToBytes())));
        });

    private static byte[] Apply(byte[] bytes, byte[] other, int kind, int at, byte value)
    {
        var index = at % (bytes.Length + 1);
        var cut = at % (other.Length + 1);
        return kind switch
        {
            0 => [.. bytes[..index], value, .. bytes[index..]],
            1 when index < bytes.Length => [.. bytes[..index], .. bytes[(index + 1)..]],
            2 when index < bytes.Length => [.. bytes[..index], value, .. bytes[(index + 1)..]],
            3 => [.. bytes[..index], .. other[cut..]],
            _ => bytes[..index],
        };
    }
}
