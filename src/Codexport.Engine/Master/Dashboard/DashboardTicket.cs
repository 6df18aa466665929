using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Codexport.Engine.Master.Dashboard;

/// <summary>
/// What lets a browser in once: a random number and an end, vouched for with the door's key. So the command needs to ask nobody for one, and
/// the key itself crosses no wire. The same key answers a question, by which the command knows that it speaks with its own master.
/// </summary>
public static class DashboardTicket
{
    /// <summary>How long one lets in.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);

    /// <summary>Bytes of a question.</summary>
    public const int QuestionSize = 16;

    private const int BodySize = QuestionSize + sizeof(long);

    /// <summary>A new ticket.</summary>
    public static string Make(DashboardDoor door, DateTimeOffset expires)
    {
        ArgumentNullException.ThrowIfNull(door);
        Span<byte> ticket = stackalloc byte[BodySize + HMACSHA256.HashSizeInBytes];
        RandomNumberGenerator.Fill(ticket[..QuestionSize]);
        BinaryPrimitives.WriteInt64BigEndian(ticket[QuestionSize..], expires.ToUnixTimeMilliseconds());
        Vouch(door, "ticket"u8, ticket[..BodySize], ticket[BodySize..]);
        return Base64Url.EncodeToString(ticket);
    }

    /// <summary>When a ticket of this door ends; null when it is none, or has ended.</summary>
    public static DateTimeOffset? Check(DashboardDoor door, string? text, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(door);
        Span<byte> ticket = stackalloc byte[BodySize + HMACSHA256.HashSizeInBytes];
        if (!TryDecode(text, ticket))
        {
            return null;
        }

        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Vouch(door, "ticket"u8, ticket[..BodySize], expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, ticket[BodySize..]))
        {
            return null;
        }

        var expires = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(ticket[QuestionSize..]));
        return expires > now && expires <= now + Lifetime ? expires : null;
    }

    /// <summary>The answer to a question, which only who holds the key can give; null for what is no question.</summary>
    public static string? Answer(DashboardDoor door, string? question)
    {
        ArgumentNullException.ThrowIfNull(door);
        Span<byte> asked = stackalloc byte[QuestionSize];
        if (!TryDecode(question, asked))
        {
            return null;
        }

        Span<byte> answer = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Vouch(door, "answer"u8, asked, answer);
        return Base64Url.EncodeToString(answer);
    }

    /// <summary>A new question.</summary>
    public static string Question() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(QuestionSize));

    private static bool TryDecode(string? text, Span<byte> bytes)
        => text is not null && text.Length <= 128
            && Base64Url.DecodeFromChars(text, bytes, out var consumed, out var written) == OperationStatus.Done && consumed == text.Length && written == bytes.Length;

    private static void Vouch(DashboardDoor door, ReadOnlySpan<byte> purpose, ReadOnlySpan<byte> what, Span<byte> mac)
    {
        Span<byte> text = stackalloc byte[purpose.Length + what.Length];
        purpose.CopyTo(text);
        what.CopyTo(text[purpose.Length..]);
        HMACSHA256.HashData(door.Key, text, mac);
    }
}
