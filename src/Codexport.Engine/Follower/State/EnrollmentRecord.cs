using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Follower.State;

/// <summary>
/// Whom this follower trusts and what it shows to be let in: <c>state/enrollment.json</c>, 0600. Written at join and when the trust is
/// reset, read by every sync.
/// </summary>
internal sealed record EnrollmentRecord
{
    /// <summary>Where the master is, in the order in which the addresses are tried.</summary>
    public required IReadOnlyList<string> MasterUrls { get; init; }

    /// <summary>SHA-256 of the pinned key, 64 lowercase hexadecimal digits; null after the trust was reset.</summary>
    public required string? Fingerprint { get; init; }

    /// <summary>The pinned key as SubjectPublicKeyInfo; null until a connection has shown the key of <see cref="Fingerprint"/>.</summary>
    public required byte[]? PublicKey { get; init; }

    /// <summary>The fingerprint that was pinned before the master changed its key and this follower went along; null when it never did.</summary>
    public string? PreviousFingerprint { get; init; }

    /// <summary>What the master calls this follower.</summary>
    public required string FollowerId { get; init; }

    /// <summary>The secret that this follower shows over pinned TLS.</summary>
    public required string Credential { get; init; }

    /// <summary>Whether the master has not let this follower in yet.</summary>
    public bool IsPending { get; init; }

    /// <summary>When it joined, UTC.</summary>
    public required DateTimeOffset JoinedAt { get; init; }

    /// <summary>Reads the record; null when this home has not joined.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.StateDamaged"/>.</exception>
    public static EnrollmentRecord? TryRead(EngineContext context)
    {
        var path = context.Home.EnrollmentFile();
        List<string>? urls = null;
        string? fingerprint = null, previous = null, id = null, credential = null;
        byte[]? publicKey = null;
        var pending = false;
        var joinedAt = default(DateTimeOffset);
        var found = FlatJson.TryRead(context.Files, path, (string name, ref System.Text.Json.Utf8JsonReader value) =>
        {
            switch (name)
            {
                case "masterUrls": urls = FlatJson.ReadList(ref value); break;
                case "fingerprint": fingerprint = value.GetString(); break;
                case "previousFingerprint": previous = value.GetString(); break;
                case "publicKey": publicKey = value.GetBytesFromBase64(); break;
                case "followerId": id = value.GetString(); break;
                case "credential": credential = value.GetString(); break;
                case "pending": pending = value.GetBoolean(); break;
                case "joinedAt": joinedAt = FlatJson.ReadTime(ref value); break;
                default: value.Skip(); break;
            }
        });
        if (!found)
        {
            return null;
        }

        return urls is { Count: > 0 } && IsToken(id) && IsToken(credential)
            && (fingerprint is null || Sha256Hash.TryParse(fingerprint, out _)) && (publicKey is null || KeyRotationCodec.IsPublicKey(publicKey))
            ? new EnrollmentRecord
            {
                MasterUrls = urls,
                Fingerprint = fingerprint,
                PreviousFingerprint = previous,
                PublicKey = publicKey,
                FollowerId = id!,
                Credential = credential!,
                IsPending = pending,
                JoinedAt = joinedAt,
            }
            : throw FlatJson.Damaged(path);
    }

    /// <summary>Writes the record, durably.</summary>
    public void Write(EngineContext context)
    {
        context.Files.CreateDirectory(context.Home.StateFolder, FilePermission.Private);
        context.Files.CreateDirectory(context.Home.MachineStateFolder, FilePermission.Private);
        AtomicFile.Write(context.Files, context.Home.EnrollmentFile(), ToBytes(), FilePermission.Private);
    }

    // A secret that the disk damaged must not become part of a request, nor one that others can guess.
    private static bool IsToken(string? text)
        => text is { Length: > 0 and <= 512 } && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '+' or '/' or '=' or '~');

    // The record's own text would show the credential to whoever logs it.
    /// <inheritdoc/>
    public override string ToString() => $"EnrollmentRecord {{ {FollowerId} at {MasterUrls[0]} }}";

    private byte[] ToBytes() => FlatJson.Write(json =>
    {
        json.WriteNumber("format"u8, 1);
        json.WriteList("masterUrls", MasterUrls);
        if (Fingerprint is not null)
        {
            json.WriteString("fingerprint"u8, Fingerprint);
        }

        if (PreviousFingerprint is not null)
        {
            json.WriteString("previousFingerprint"u8, PreviousFingerprint);
        }

        if (PublicKey is not null)
        {
            json.WriteBase64String("publicKey"u8, PublicKey);
        }

        json.WriteString("followerId"u8, FollowerId);
        json.WriteString("credential"u8, Credential);
        json.WriteBoolean("pending"u8, IsPending);
        json.WriteTime("joinedAt", JoinedAt);
    });
}
