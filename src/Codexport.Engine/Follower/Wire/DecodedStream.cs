using System.IO.Compression;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Follower.Wire;

/// <summary>
/// A compressed body, decompressed by hand so that nothing is unpacked that nobody asked for: the caller reads the sizes that it knows,
/// and no more than that is ever produced.
/// </summary>
internal sealed class DecodedStream(Stream decoder, MasterAddress master) : ForwardStream
{
    /// <summary>Undoes the encoding that an answer names.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.ProtocolViolation"/> for one that was not asked for.</exception>
    public static Stream Decode(BodyStream body, string encoding, MasterAddress master) => encoding switch
    {
        "" or "identity" => body,
        "br" => new DecodedStream(new BrotliStream(body, CompressionMode.Decompress, leaveOpen: true), master),
        "gzip" => new DecodedStream(new GZipStream(body, CompressionMode.Decompress, leaveOpen: true), master),
        _ => throw MasterErrors.Violation(master, "it uses an encoding that was not asked for"),
    };

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await decoder.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception error) when (error is InvalidDataException or InvalidOperationException)
        {
            throw MasterErrors.Violation(master, "a compressed answer does not decompress", error);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            decoder.Dispose();
        }

        base.Dispose(disposing);
    }
}
