using System.Buffers;
using System.Security.Cryptography;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Content;

/// <summary>Copies a stream and hashes what passes.</summary>
internal static class HashingCopy
{
    private const int BufferSize = 128 << 10;

    /// <summary>Copies to the end of <paramref name="source"/>.</summary>
    public static async Task<Sha256Hash> CopyAsync(Stream source, Stream target, CancellationToken cancellationToken)
        => (await CopyAsync(source, target, long.MaxValue, cancellationToken)).Hash;

    /// <summary>Copies at most <paramref name="limit"/> bytes; <c>Count</c> is how many there were.</summary>
    public static async Task<(Sha256Hash Hash, long Count)> CopyAsync(Stream source, Stream target, long limit, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            long count = 0;
            while (count < limit)
            {
                var read = await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, limit - count)), cancellationToken);
                if (read == 0)
                {
                    break;
                }

                hash.AppendData(buffer, 0, read);
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                count += read;
            }

            return (new Sha256Hash(hash.GetHashAndReset()), count);
        }
        finally
        {
            // The buffer may have held a credential.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    /// <summary>The error for content that is not what its hash says.</summary>
    public static CodexportException Mismatch(Sha256Hash expected, Sha256Hash actual) => new(
        ErrorCode.ContentMismatch,
        $"A content that should have the hash {expected} has the hash {actual}; it was dropped.",
        "Sync again. If it lasts, something changes what the master sends: check the master's disk and the network between.")
    {
        Details = [new("expected", expected.ToString()), new("actual", actual.ToString())],
    };
}
