using System.Buffers;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;

namespace Codexport.Server;

/// <summary>A body ready to be sent from a file.</summary>
/// <param name="Name">The prepared file's name.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Encoding">How it is encoded.</param>
internal readonly record struct PreparedBody(string Name, long Size, BodyEncoding Encoding);

/// <summary>Makes bundles, differences and encoded documents.</summary>
internal sealed class BundleFactory(PublishedState state, IContentStore contents, PreparedFiles prepared, ServerLimits limits)
{
    private const int CopySize = 128 * 1024;

    // Below this many bytes an encoding saves less than it costs; above the second it must have saved something by then.
    private const long WorthEncoding = 1024;
    private const long ProbeSize = 4 << 20;
    private const double ProbeRatio = 0.95;

    /// <summary>The distinct contents that <paramref name="to"/> has and <paramref name="from"/> lacks, in document order.</summary>
    public static List<RevisionFile> Difference(RevisionDocument? from, RevisionDocument to)
    {
        var seen = from is null ? [] : from.Files.Select(file => file.Hash).ToHashSet();
        return [.. to.Files.Where(file => seen.Add(file.Hash))];
    }

    /// <summary>A bundle; identity when the encoding is not worth it or takes too long for somebody who waits.</summary>
    public async Task<PreparedBody> GetBundleAsync(
        Sha256Hash revision, Sha256Hash? from, IReadOnlyList<RevisionFile> objects, BodyEncoding encoding, TimeSpan patience, CancellationToken cancellationToken)
    {
        var name = $"bundle-{revision}{(from is null ? string.Empty : $"-{from}")}";
        return await GetAsync(name, objects.Sum(file => file.Size), encoding, patience, WriteAllAsync, cancellationToken);

        async Task WriteAllAsync(Func<Stream, CancellationToken, Task> write, CancellationToken stopping)
        {
            foreach (var file in objects)
            {
                await using var content = contents.OpenRead(file.Hash);
                if (content.Length != file.Size)
                {
                    throw new CodexportException(
                        ErrorCode.StateDamaged,
                        $"The content {file.Hash} in the master's store has {content.Length} bytes instead of {file.Size}.",
                        "Run 'codexport master rebuild' on the master.");
                }

                await write(content, stopping);
            }
        }
    }

    /// <summary>The difference between two documents.</summary>
    public Task<PreparedBody> GetDeltaAsync(Sha256Hash from, Sha256Hash to, BodyEncoding encoding, CancellationToken cancellationToken)
        => GetAsync(
            $"delta-{to}-{from}",
            long.MaxValue,
            encoding,
            Timeout.InfiniteTimeSpan,
            async (write, stopping) =>
            {
                if (state.TryGetDocument(from) is not { } before || state.TryGetDocument(to) is not { } after)
                {
                    throw new CodexportException(
                        ErrorCode.RevisionNotFound, $"The master no longer keeps the revision {from} or {to}.", "Sync again.");
                }

                await write(new MemoryStream(RevisionCodec.WriteDelta(before, after)), stopping);
            },
            cancellationToken);

    /// <summary>A document, encoded; null when it is to be sent as it is.</summary>
    public async Task<PreparedBody?> TryGetDocumentAsync(Sha256Hash revision, BodyEncoding encoding, CancellationToken cancellationToken)
    {
        if (encoding == BodyEncoding.Identity)
        {
            return null;
        }

        var name = $"document-{revision}.{encoding.Name()}";
        var size = await prepared.EnsureAsync(name, (target, stopping) => EncodeAsync(target, encoding, WriteAsync, stopping))
            .WaitAsync(cancellationToken);
        return size > 0 ? new PreparedBody(name, size, encoding) : null;

        async Task WriteAsync(Func<Stream, CancellationToken, Task> write, CancellationToken stopping)
        {
            await using var document = state.TryOpenDocument(revision) ?? throw new CodexportException(
                ErrorCode.RevisionNotFound, $"The master does not keep the revision {revision}.", "Sync again.");
            await write(document, stopping);
        }
    }

    private async Task<PreparedBody> GetAsync(
        string name, long size, BodyEncoding encoding, TimeSpan patience,
        Func<Func<Stream, CancellationToken, Task>, CancellationToken, Task> produce, CancellationToken cancellationToken)
    {
        if (encoding != BodyEncoding.Identity && size >= WorthEncoding)
        {
            var encoded = $"{name}.{encoding.Name()}";
            var making = prepared.EnsureAsync(encoded, (target, stopping) => EncodeAsync(target, encoding, produce, stopping));
            try
            {
                if (await making.WaitAsync(patience, cancellationToken) is > 0 and var length)
                {
                    return new PreparedBody(encoded, length, encoding);
                }
            }
            catch (TimeoutException)
            {
                // It goes on being made for those who ask later.
            }
        }

        var plain = $"{name}.identity";
        var plainSize = await prepared.EnsureAsync(plain, async (target, stopping) =>
        {
            await produce((content, token) => content.CopyToAsync(target, CopySize, token), stopping);
            return true;
        }).WaitAsync(cancellationToken);
        return new PreparedBody(plain, plainSize, BodyEncoding.Identity);
    }

    private static async Task<bool> EncodeAsync(
        Stream target, BodyEncoding encoding, Func<Func<Stream, CancellationToken, Task>, CancellationToken, Task> produce, CancellationToken stopping)
    {
        var counted = new CountingStream(target);
        var read = 0L;
        var isHopeless = false;
        await using (var encoder = encoding.Wrap(counted))
        {
            await produce(CopyAsync, stopping);

            async Task CopyAsync(Stream content, CancellationToken token)
            {
                var buffer = ArrayPool<byte>.Shared.Rent(CopySize);
                try
                {
                    int count;
                    while (!isHopeless && (count = await content.ReadAsync(buffer, token)) > 0)
                    {
                        await encoder.WriteAsync(buffer.AsMemory(0, count), token);
                        read += count;
                        isHopeless = read > ProbeSize && counted.Written > read * ProbeRatio;
                    }
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }
        }

        return !isHopeless && counted.Written < read * ProbeRatio;
    }

    /// <summary>Prepares what followers will ask for next: the step from the revision before, then the whole.</summary>
    public async Task PrepareAsync(Sha256Hash revision, Sha256Hash? previous, TimeSpan calm, TimeProvider time, CancellationToken cancellationToken)
    {
        if (state.TryGetDocument(revision) is not { } document)
        {
            return;
        }

        if (previous is { } before && state.TryGetDocument(before) is { } old)
        {
            await GetDeltaAsync(before, revision, BodyEncoding.Brotli, cancellationToken);
            await GetBundleAsync(
                revision, before, Difference(old, document), BodyEncoding.Brotli, Timeout.InfiniteTimeSpan, cancellationToken);
        }

        // The whole is worth its work once edits pause.
        await Task.Delay(calm, time, cancellationToken);
        await TryGetDocumentAsync(revision, BodyEncoding.Brotli, cancellationToken);
        await GetBundleAsync(
            revision, null, Difference(null, document), BodyEncoding.Brotli, Timeout.InfiniteTimeSpan, cancellationToken);
    }

    /// <summary>How long somebody who waits is kept waiting for an encoding.</summary>
    public TimeSpan Patience => limits.CompressionPatience;
}
