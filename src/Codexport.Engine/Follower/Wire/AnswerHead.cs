using System.Globalization;
using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Follower.Wire;

/// <summary>
/// Status line and header of an HTTP/1.1 answer, read strictly: what two readers could understand in two ways is refused.
/// </summary>
internal sealed class AnswerHead
{
    /// <summary>Bytes that status line and header may have.</summary>
    public const int MaxSize = 8192;

    private readonly MasterAddress _master;

    private AnswerHead(MasterAddress master) => _master = master;

    /// <summary>The status.</summary>
    public int Status { get; private set; }

    /// <summary>The body's length; null when it is chunked, or ends with the connection.</summary>
    public long? ContentLength { get; private set; }

    /// <summary>Whether the body comes in chunks.</summary>
    public bool IsChunked { get; private set; }

    /// <summary>The body's type, without parameters; empty when none is given.</summary>
    public string ContentType { get; private set; } = string.Empty;

    /// <summary>The body's encoding; empty for identity.</summary>
    public string ContentEncoding { get; private set; } = string.Empty;

    /// <summary>What part of a content this is, as <c>Content-Range</c> says.</summary>
    public string ContentRange { get; private set; } = string.Empty;

    /// <summary>Whether the connection may be used again.</summary>
    public bool KeepsAlive { get; private set; } = true;

    /// <summary>The protocol version that the master names; null when it names none.</summary>
    public int? ProtocolVersion { get; private set; }

    /// <summary>Reads the head out of what has arrived so far.</summary>
    /// <returns>Null when it is not complete yet.</returns>
    /// <exception cref="CodexportException"><see cref="ErrorCode.ProtocolViolation"/>.</exception>
    public static AnswerHead? TryParse(MasterAddress master, ReadOnlySpan<byte> received, out int length)
    {
        length = 0;
        if (!"HTTP/1."u8.StartsWith(received[..Math.Min(received.Length, 7)]))
        {
            throw MasterErrors.Violation(master, "it does not answer in HTTP");
        }

        var end = received.IndexOf("\r\n\r\n"u8);
        if (end < 0 || end + 4 > MaxSize)
        {
            return received.Length < MaxSize && end < 0 ? null : throw MasterErrors.TooLong(master, "an answer's header", MaxSize);
        }

        length = end + 4;
        var head = new AnswerHead(master);
        var lines = received[..end];
        var first = true;
        while (!lines.IsEmpty || first)
        {
            var next = lines.IndexOf("\r\n"u8);
            var line = next < 0 ? lines : lines[..next];
            lines = next < 0 ? [] : lines[(next + 2)..];
            if (first)
            {
                head.TakeStatus(line);
                first = false;
            }
            else
            {
                head.TakeField(line);
            }
        }

        head.CheckWhole();
        return head;
    }

    private void TakeStatus(ReadOnlySpan<byte> line)
    {
        var isRight = line.Length >= 12 && line[7] is (byte)'0' or (byte)'1' && line[8] == ' '
            && int.TryParse(line[9..12], NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            && (Status = status) is >= 200 and <= 599 && (line.Length == 12 || line[12] == ' ');
        if (!isRight)
        {
            throw MasterErrors.Violation(_master, "its status line is malformed");
        }

        KeepsAlive = line[7] == '1';
    }

    private void TakeField(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || line[0] is (byte)' ' or (byte)'\t' || line[colon - 1] == ' ' || line.ContainsAny((byte)'\r', (byte)'\n', (byte)0))
        {
            throw MasterErrors.Violation(_master, "a header line is malformed");
        }

        // Eight names count; all others are passed over without making a string of them.
        var name = line[..colon];
        var value = line[(colon + 1)..].Trim(" \t"u8);
        if (Ascii.EqualsIgnoreCase(name, "content-length"u8))
        {
            TakeLength(value);
        }
        else if (Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8))
        {
            IsChunked = Ascii.EqualsIgnoreCase(value, "chunked"u8) && !IsChunked
                ? true
                : throw MasterErrors.Violation(_master, "its transfer encoding is unknown");
        }
        else if (Ascii.EqualsIgnoreCase(name, "content-type"u8))
        {
            var parameters = value.IndexOf((byte)';');
            ContentType = Encoding.ASCII.GetString(parameters < 0 ? value : value[..parameters].TrimEnd(" \t"u8));
        }
        else if (Ascii.EqualsIgnoreCase(name, "content-encoding"u8))
        {
            ContentEncoding = Encoding.ASCII.GetString(value);
        }
        else if (Ascii.EqualsIgnoreCase(name, "content-range"u8))
        {
            ContentRange = Encoding.ASCII.GetString(value);
        }
        else if (Ascii.EqualsIgnoreCase(name, "connection"u8))
        {
            KeepsAlive = KeepsAlive && !Ascii.EqualsIgnoreCase(value, "close"u8);
        }
        else if (Ascii.EqualsIgnoreCase(name, "codexport-protocol"u8))
        {
            ProtocolVersion = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                ? version
                : throw MasterErrors.Violation(_master, "its protocol version is not a number");
        }
    }

    private void TakeLength(ReadOnlySpan<byte> value)
    {
        if (ContentLength is not null || !long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            throw MasterErrors.Violation(_master, "its content length is malformed or given twice");
        }

        ContentLength = length;
    }

    private void CheckWhole()
    {
        if (IsChunked && ContentLength is not null)
        {
            throw MasterErrors.Violation(_master, "it gives both a length and chunks");
        }

        if (ProtocolVersion is { } theirs && theirs != ProtocolConstants.Version)
        {
            throw MasterErrors.WrongVersion(_master, theirs);
        }

        if (Status == 204)
        {
            ContentLength = 0;
        }
    }
}
