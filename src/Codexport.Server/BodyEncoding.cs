using System.IO.Compression;
using Microsoft.Extensions.Primitives;

namespace Codexport.Server;

/// <summary>How a body is encoded on its way.</summary>
internal enum BodyEncoding
{
    /// <summary>As it is.</summary>
    Identity,

    /// <summary>gzip.</summary>
    Gzip,

    /// <summary>Brotli.</summary>
    Brotli,
}

/// <summary>Chooses and makes content encodings.</summary>
internal static class BodyEncodings
{
    /// <summary>The best encoding that a request accepts.</summary>
    public static BodyEncoding Choose(StringValues accepted)
    {
        var best = BodyEncoding.Identity;
        foreach (var line in accepted)
        {
            foreach (var range in (line ?? string.Empty).AsSpan().Split(','))
            {
                var found = Read(line.AsSpan()[range].Trim());
                best = found > best ? found : best;
            }
        }

        return best;
    }

    /// <summary>The word in <c>Content-Encoding</c>; null for identity, which has none.</summary>
    public static string? Name(this BodyEncoding encoding) => encoding switch
    {
        BodyEncoding.Brotli => "br",
        BodyEncoding.Gzip => "gzip",
        _ => null,
    };

    /// <summary>A stream that encodes into <paramref name="target"/> and leaves it open.</summary>
    public static Stream Wrap(this BodyEncoding encoding, Stream target) => encoding switch
    {
        BodyEncoding.Brotli => new BrotliStream(target, new BrotliCompressionOptions { Quality = 5 }, leaveOpen: true),
        BodyEncoding.Gzip => new GZipStream(target, new ZLibCompressionOptions { CompressionLevel = 6 }, leaveOpen: true),
        _ => throw new ArgumentOutOfRangeException(nameof(encoding)),
    };

    private static BodyEncoding Read(ReadOnlySpan<char> item)
    {
        var end = item.IndexOf(';');
        var name = end < 0 ? item : item[..end].TrimEnd();
        var weight = end < 0 ? default : item[(end + 1)..].Trim();
        if (weight.StartsWith("q=0", StringComparison.OrdinalIgnoreCase) && !weight.ContainsAnyInRange('1', '9'))
        {
            return BodyEncoding.Identity;
        }

        return name.Equals("br", StringComparison.OrdinalIgnoreCase) ? BodyEncoding.Brotli
            : name.Equals("gzip", StringComparison.OrdinalIgnoreCase) ? BodyEncoding.Gzip
            : BodyEncoding.Identity;
    }
}
