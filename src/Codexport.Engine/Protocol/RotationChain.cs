using System.Security.Cryptography;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Protocol;

/// <summary>
/// The statements of a master that changed its key, oldest first, one envelope a line: what leads a follower from the key that it has pinned
/// to the key that answers now. Everything in it is public and signed, so it may come over plain HTTP.
/// </summary>
internal static class RotationChain
{
    /// <summary>Statements that a master keeps and a follower reads.</summary>
    public const int MaxStatements = 16;

    /// <summary>Bytes of a chain at most.</summary>
    public const int MaxSize = MaxStatements * (KeyRotationCodec.MaxSize + 1);

    private const byte LineEnd = (byte)'\n';

    /// <summary>The chain with one more statement, without the oldest when there would be too many.</summary>
    public static byte[] Append(ReadOnlySpan<byte> chain, ReadOnlySpan<byte> statement)
    {
        var lines = Split(chain);
        lines.Add(statement.ToArray());
        return [.. lines.Skip(Math.Max(0, lines.Count - MaxStatements)).SelectMany(line => line.Append(LineEnd))];
    }

    /// <summary>The newest statement; null when there is none.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.HeadInvalid"/>.</exception>
    public static KeyRotation? Newest(ReadOnlySpan<byte> chain) => Split(chain) is { Count: > 0 } lines ? KeyRotationCodec.Read(lines[^1]) : null;

    /// <summary>
    /// Goes from a pinned key to the key that answers. Every statement must follow the one before it, be signed by the key that it replaces,
    /// and have a higher sequence; no key comes twice; the last one must lead to <paramref name="actual"/>.
    /// </summary>
    /// <param name="chain">What a master sent.</param>
    /// <param name="pinned">The pinned fingerprint.</param>
    /// <param name="pinnedKey">The pinned key as SubjectPublicKeyInfo.</param>
    /// <param name="actual">The fingerprint that answered.</param>
    /// <param name="reason">Why it leads nowhere, as the end of a sentence; empty when it does not.</param>
    /// <returns>The last statement; null when the chain does not lead there.</returns>
    public static KeyRotation? Follow(ReadOnlySpan<byte> chain, string pinned, ReadOnlySpan<byte> pinnedKey, string actual, out string reason)
    {
        try
        {
            reason = TryFollow(chain, pinned, pinnedKey, actual, out var last);
            return reason.Length == 0 ? last : null;
        }
        catch (Exception error) when (error is CodexportException or CryptographicException)
        {
            reason = "a statement of it is malformed";
            return null;
        }
    }

    private static string TryFollow(ReadOnlySpan<byte> chain, string pinned, ReadOnlySpan<byte> pinnedKey, string actual, out KeyRotation? last)
    {
        last = null;
        var lines = chain.Length <= MaxSize ? Split(chain) : [];
        if (lines.Count is 0 or > MaxStatements)
        {
            return lines.Count == 0 ? "it is empty or too long" : "it has too many statements";
        }

        var statements = lines.ConvertAll(line => KeyRotationCodec.Read(line));
        var start = statements.FindIndex(statement => statement.OldFingerprint == pinned);
        if (start < 0)
        {
            return "it does not begin at the trusted key";
        }

        var seen = new HashSet<string>(StringComparer.Ordinal) { pinned };
        var signer = pinnedKey;
        for (var index = start; index < statements.Count; index++)
        {
            var statement = statements[index];
            if (index > start && statement.OldFingerprint != statements[index - 1].NewFingerprint)
            {
                return "a statement does not follow the one before it";
            }

            if (index > start && statement.Sequence <= statements[index - 1].Sequence)
            {
                return "its sequence numbers do not rise";
            }

            if (!seen.Add(statement.NewFingerprint))
            {
                return "a key comes twice in it";
            }

            if (!KeyRotationCodec.IsSignedBy(lines[index], signer))
            {
                return "a statement is not signed by the key that it replaces";
            }

            signer = statement.NewKey.Span;
        }

        last = statements[^1];
        return last.NewFingerprint == actual ? string.Empty : "it does not lead to the key that answers";
    }

    private static List<byte[]> Split(ReadOnlySpan<byte> chain)
    {
        var lines = new List<byte[]>();
        foreach (var range in chain.Split(LineEnd))
        {
            if (!chain[range].IsEmpty)
            {
                lines.Add(chain[range].ToArray());
            }
        }

        return lines;
    }
}
