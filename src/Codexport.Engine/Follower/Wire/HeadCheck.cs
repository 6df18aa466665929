using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Follower.Wire;

/// <summary>
/// Asks for the signed head, or for the statements of changed keys, over plain HTTP with one blocking socket and one deadline for everything. This is all that a follower without
/// news does, at every start of Codex, so it loads no HTTP client, no TLS and no serializer. What comes back is trusted in nothing: the
/// caller compares it with the bytes it verified before, or verifies it. Anybody on the way can give this answer, so whatever is wrong with
/// it only means that the question is put again over pinned TLS.
/// </summary>
internal static class HeadCheck
{
    private const int MaxOverhead = AnswerHead.MaxSize + MasterErrors.MaxBodySize + 1024;

    /// <summary>The head's envelope from the first address that gives one.</summary>
    /// <param name="masters">Addresses in the order to try.</param>
    /// <param name="ring">The ring whose head is asked for; null for everybody's.</param>
    /// <param name="budget">Time for all of it: names, connecting, asking, reading.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CodexportException">
    /// <see cref="ErrorCode.MasterUnreachable"/> or <see cref="ErrorCode.MasterTimeout"/> when no address takes a connection.
    /// </exception>
    public static HeadAnswer Get(IReadOnlyList<MasterAddress> masters, string? ring, TimeSpan budget, CancellationToken cancellationToken)
        => Ask(masters, new Question(ring is null ? ProtocolConstants.HeadPath : $"{ProtocolConstants.HeadPath}?ring={ring}", "a head", HeadCodec.MaxEnvelopeSize), budget, cancellationToken);

    /// <summary>The statements of changed keys from one address, unproven; null when it gives none. Parameters and errors as of <see cref="Get"/>.</summary>
    public static byte[]? GetRotations(MasterAddress master, TimeSpan budget, CancellationToken cancellationToken)
    {
        var question = new Question(ProtocolConstants.RotationsPath, "statements of changed keys", RotationChain.MaxSize);
        var answer = Ask([master], question, budget, cancellationToken);
        return answer.Master is null ? null : answer.Envelope;
    }

    /// <summary>The head of a publication on this machine's own web server, unless it still is that of a tag.</summary>
    public static PublishedHead GetPublished(PublicationAddress address, string? tag, TimeSpan budget, CancellationToken cancellationToken)
    {
        var question = new Question(address.BasePath + "v1/head", "a head", HeadCodec.MaxEnvelopeSize) { Tag = tag };
        var answer = Ask([address.Host!], question, budget, cancellationToken);
        return answer.Master is null ? throw PublicationErrors.NoHead(address)
            : answer.Envelope.Length == 0 ? new PublishedHead(null, tag)
            : new PublishedHead(answer.Envelope, null);
    }

    private static HeadAnswer Ask(IReadOnlyList<MasterAddress> masters, Question question, TimeSpan budget, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var isAnswered = false;
        for (var index = 0; ; index++)
        {
            var left = budget - Stopwatch.GetElapsedTime(started);
            var share = new Deadline(left / (masters.Count - index));
            try
            {
                return new HeadAnswer(AskOne(masters[index], question, share, ref isAnswered, cancellationToken), masters[index]);
            }
            catch (CodexportException) when (index + 1 < masters.Count)
            {
                // The next address has the rest of the time.
            }
            catch (CodexportException) when (isAnswered)
            {
                return HeadAnswer.Nothing;
            }
        }
    }

    private static byte[] AskOne(
        MasterAddress master, Question question, Deadline deadline, ref bool isAnswered, CancellationToken cancellationToken)
    {
        var addresses = Resolve(master, deadline, cancellationToken);
        for (var index = 0; ; index++)
        {
            using var socket = new Socket(addresses[index].AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            using var registration = cancellationToken.CanBeCanceled ? cancellationToken.UnsafeRegister(Close, socket) : default;
            try
            {
                Connect(socket, addresses[index], master, deadline.Share(addresses.Length - index));
                isAnswered = true;
                return Exchange(socket, master, question, deadline);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (index + 1 == addresses.Length)
                {
                    throw MasterErrors.Unreachable(master, error);
                }
            }
            catch (CodexportException) when (index + 1 < addresses.Length && !deadline.IsOver)
            {
                // A name may have an address that leads nowhere (IPv6 without a route), or to somebody else: the next one has the rest.
            }
        }
    }

    private static IPAddress[] Resolve(MasterAddress master, Deadline deadline, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(master.Host, out var literal))
        {
            return [literal];
        }

        try
        {
            // The system's resolver has no deadline of its own, so it is left behind when ours passes.
            var lookup = Dns.GetHostAddressesAsync(master.Host, cancellationToken);
            if (!lookup.Wait(deadline.Left, cancellationToken))
            {
                throw MasterErrors.TooSlow(master, "resolve");
            }

            return lookup.Result is { Length: > 0 } found ? found : throw MasterErrors.Unreachable(master, null);
        }
        catch (AggregateException error)
        {
            throw MasterErrors.Unreachable(master, error.InnerException);
        }
    }

    // A socket that does not block begins with an exception, "would block", which costs more than the rest of the check; so the call blocks,
    // on a thread that can be left behind.
    private static void Connect(Socket socket, IPAddress address, MasterAddress master, Deadline deadline)
    {
        Exception? failure = null;
        var thread = new Thread(Work) { IsBackground = true, Name = "Codexport connect" };
        thread.Start();
        if (!thread.Join(deadline.Left))
        {
            socket.Dispose();
            throw MasterErrors.TooSlow(master, "accept the connection");
        }

        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        void Work()
        {
            try
            {
                socket.Connect(address, master.Port);
            }
            catch (Exception error)
            {
                failure = error;
            }
        }
    }

    private static byte[] Exchange(Socket socket, MasterAddress master, Question question, Deadline deadline)
    {
        // One send: the request is far smaller than any socket buffer.
        socket.NoDelay = true;
        socket.Send(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"GET {question.Path} HTTP/1.1\r\nHost: {master.Authority}\r\n{ProtocolConstants.VersionHeader}: {ProtocolConstants.Version}\r\n{(question.Tag is { } tag ? $"If-None-Match: {tag}\r\n" : string.Empty)}Connection: close\r\n\r\n")));
        var buffer = new byte[MaxOverhead + question.Limit];
        var received = 0;
        while (true)
        {
            if (deadline.IsOver || !socket.Poll(deadline.Microseconds, SelectMode.SelectRead))
            {
                throw MasterErrors.TooSlow(master, "answer");
            }

            var count = socket.Receive(buffer, received, buffer.Length - received, SocketFlags.None);
            received += count;
            if (TryRead(master, question, buffer.AsSpan(0, received), ended: count == 0) is { } envelope)
            {
                return envelope;
            }

            if (count == 0)
            {
                throw MasterErrors.BrokenOff(master);
            }

            if (received == buffer.Length)
            {
                throw MasterErrors.TooLong(master, question.Name, question.Limit);
            }
        }
    }

    private static byte[]? TryRead(MasterAddress master, Question question, ReadOnlySpan<byte> received, bool ended)
    {
        if (received.IsEmpty || AnswerHead.TryParse(master, received, out var length) is not { } head)
        {
            return null;
        }

        // What an error says, and what follows from it, counts over pinned TLS alone.
        return head.Status == 304 && question.Tag is not null ? [] : head.Status == 200
            ? ReadBody(master, question, head, received[length..], ended, question.Limit)
            : throw MasterErrors.FromAnswer(master, head.Status, []);
    }

    private static byte[]? ReadBody(
        MasterAddress master, Question question, AnswerHead head, ReadOnlySpan<byte> rest, bool ended, int limit)
    {
        if (head.ContentEncoding.Length > 0 && !head.ContentEncoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            throw MasterErrors.Violation(master, "it encodes what was asked for plain");
        }

        if (head.ContentLength > limit)
        {
            throw MasterErrors.TooLong(master, question.Name, limit);
        }

        if (head.IsChunked)
        {
            return ReadChunks(master, question, rest, limit);
        }

        if (head.ContentLength is { } length)
        {
            return rest.Length >= length ? rest[..(int)length].ToArray() : null;
        }

        return rest.Length > limit ? throw MasterErrors.TooLong(master, question.Name, limit) : ended ? rest.ToArray() : null;
    }

    private static byte[]? ReadChunks(MasterAddress master, Question question, ReadOnlySpan<byte> rest, int limit)
    {
        var body = new List<byte>();
        while (true)
        {
            var end = rest.IndexOf("\r\n"u8);
            if (end < 0)
            {
                return rest.Length <= ChunkSize.MaxLine ? null : throw MasterErrors.Violation(master, "a chunk is malformed");
            }

            var size = ChunkSize.Parse(master, rest[..end]);
            if (size == 0)
            {
                return [.. body];
            }

            if (body.Count + size > limit)
            {
                throw MasterErrors.TooLong(master, question.Name, limit);
            }

            rest = rest[(end + 2)..];
            if (rest.Length < size + 2)
            {
                return null;
            }

            body.AddRange(rest[..(int)size]);
            rest = rest[(int)size..].StartsWith("\r\n"u8) ? rest[((int)size + 2)..] : throw MasterErrors.Violation(master, "a chunk is malformed");
        }
    }

    private static void Close(object? socket) => ((Socket)socket!).Dispose();

    // What is asked, how an error names it, and how long it may be.
    private readonly record struct Question(string Path, string Name, int Limit)
    {
        // The state of it that is known already.
        public string? Tag { get; init; }
    }
}
