using System.Security.Cryptography;
using Codexport.Engine.Apply;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Wire;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Follower.State;

/// <summary>
/// Whom this follower trusts, what it shows to be let in, how far it has come and what the person decided: <c>state/enrollment.json</c>,
/// 0600. What must not get lost with a cache is here.
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

    /// <summary>
    /// A random name of this pin, made when a key is pinned by a person's word (a join, a reset of the trust): what was noted elsewhere
    /// under another name says nothing. Null in records of an earlier version.
    /// </summary>
    public string? Pin { get; init; }

    /// <summary>The newest head that was accepted under this pin; null before the first one.</summary>
    public SeenHead? Seen { get; init; }

    /// <summary>
    /// The sequence of the newest statement of the identity about its keys that was accepted, or of the newest head that it signed itself once
    /// another key had acted for it; 0 while none has. An older statement was withdrawn.
    /// </summary>
    public long DelegationFloor { get; init; }

    /// <summary>The revision that the person rolled back from: no unattended run applies it again.</summary>
    public Sha256Hash? HeldBack { get; init; }

    /// <summary>A name for a pin that is made now.</summary>
    public static string NewPin() => RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>Reads the record; null when this home has not joined.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.StateDamaged"/>.</exception>
    public static EnrollmentRecord? TryRead(EngineContext context)
    {
        var path = context.Home.EnrollmentFile();
        List<string>? urls = null;
        string? fingerprint = null, previous = null, id = null, credential = null, pin = null, revision = null, held = null;
        var (sequence, floor) = (0L, 0L);
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
                case "pin": pin = value.GetString(); break;
                case "sequence": sequence = value.GetInt64(); break;
                case "revision": revision = value.GetString(); break;
                case "heldBack": held = value.GetString(); break;
                case "delegationFloor": floor = value.GetInt64(); break;
                default: value.Skip(); break;
            }
        });
        if (!found)
        {
            return null;
        }

        // Id and credential become parts of requests, the addresses are connected to: what has another form than a master gives is damage.
        return urls is { Count: > 0 } && urls.TrueForAll(MasterAddress.IsAddress) && RegistrationJson.IsToken(id) && RegistrationJson.IsToken(credential)
                && (fingerprint is null || Sha256Hash.TryParse(fingerprint, out _)) && (previous is null || Sha256Hash.TryParse(previous, out _))
                && (publicKey is null || KeyRotationCodec.IsPublicKey(publicKey))
                && (pin is null || RegistrationJson.IsToken(pin)) && IsHash(revision, out var seen) && IsHash(held, out var heldBack)
                && (revision is null ? sequence == 0 : sequence > 0 && pin is not null)
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
                Pin = pin,
                Seen = seen is { } newest ? new SeenHead(pin!, sequence, newest) : null,
                HeldBack = heldBack,
                DelegationFloor = floor,
            }
            : throw FlatJson.Damaged(path, "a field is missing or malformed");
    }

    /// <summary>Fails when the pinned key is not the one of the pinned fingerprint. Looked at where the key is used: it takes a hash.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.StateDamaged"/>.</exception>
    public void RequireSoundKey(EngineContext context)
    {
        if (PublicKey is not null && (Fingerprint is null || Sha256Hash.Of(PublicKey).ToString() != Fingerprint))
        {
            throw FlatJson.Damaged(context.Home.EnrollmentFile(), "the key in it is not the one that its fingerprint names");
        }
    }

    /// <summary>Writes the record, durably.</summary>
    public void Write(EngineContext context)
    {
        context.Files.CreateDirectory(context.Home.StateFolder, FilePermission.Private);
        context.Files.CreateDirectory(context.Home.MachineStateFolder, FilePermission.Private);
        SetAside.IfNotFile(context, context.Home.EnrollmentFile());
        AtomicFile.Write(context.Files, context.Home.EnrollmentFile(), ToBytes(), FilePermission.Private);
    }

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
        if (Pin is not null)
        {
            json.WriteString("pin"u8, Pin);
        }

        if (Seen is not null)
        {
            json.WriteNumber("sequence"u8, Seen.Sequence);
            json.WriteString("revision"u8, Seen.Revision.ToString());
        }

        if (HeldBack is { } held)
        {
            json.WriteString("heldBack"u8, held.ToString());
        }

        if (DelegationFloor > 0)
        {
            json.WriteNumber("delegationFloor"u8, DelegationFloor);
        }
    });

    private static bool IsHash(string? text, out Sha256Hash? hash)
    {
        hash = Sha256Hash.TryParse(text, out var parsed) ? parsed : null;
        return text is null || hash is not null;
    }
}
