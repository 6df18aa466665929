using Codexport.Engine.Content;

namespace Codexport.Engine.Protocol;

/// <summary>What the master signs: which revision is in force. The only thing that an unchanged follower asks for.</summary>
/// <param name="Revision">SHA-256 of the revision document.</param>
/// <param name="Sequence">Rises with every head that differs: the larger of the last one plus 1 and Unix time in milliseconds.</param>
/// <param name="IssuedAt">When it was signed, UTC, whole seconds.</param>
/// <param name="Expires">From when on followers warn that nothing newer came, UTC, whole seconds.</param>
public sealed record Head(Sha256Hash Revision, long Sequence, DateTimeOffset IssuedAt, DateTimeOffset Expires)
{
    /// <summary>The format that every follower reads.</summary>
    public const int FirstVersion = 1;

    /// <summary>The newest format that this version writes and reads.</summary>
    public const int NewestVersion = 2;

    /// <summary>Characters of the name of a ring at most.</summary>
    public const int MaxRingLength = 32;

    /// <summary>The epoch whose keys seal what is published to stores; null while this master publishes to none.</summary>
    public long? Epoch { get; init; }

    /// <summary>SHA-256 of the list of that epoch's wrapped keys; there exactly when <see cref="Epoch"/> is.</summary>
    public Sha256Hash? Keyring { get; init; }

    /// <summary>The ring of followers that this head is for; null for all of them.</summary>
    public string? Ring { get; init; }

    /// <summary>The statement by which the identity lets another key sign this head; null when it signs itself.</summary>
    public KeyDelegation? Delegation { get; init; }

    /// <summary>The format that says all that is in it and is known to most followers.</summary>
    public int LeastVersion => Epoch is null && Keyring is null && Ring is null && Delegation is null ? FirstVersion : NewestVersion;

    /// <summary>Whether a text may be the name of a ring: it is written on command lines and becomes part of file names.</summary>
    public static bool IsRing(string? name) => name is { Length: > 0 and <= MaxRingLength }
        && name.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-') && name[0] != '-';
}
