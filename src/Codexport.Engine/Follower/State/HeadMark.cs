using Codexport.Engine.Apply;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Follower.State;

/// <summary>
/// The newest head that was accepted, <c>state/head.json</c>: no head with a lower sequence is accepted after it. Written durably before
/// anything is fetched for it, so that a crash cannot open the way back to an older head. Its sequence and revision are noted in two more
/// places (<see cref="SeenHead"/>), so that the loss of this file cannot either.
/// </summary>
/// <param name="Fingerprint">The key that signed it; a mark under another key says nothing.</param>
/// <param name="Sequence">Its sequence number.</param>
/// <param name="Revision">The revision that it names.</param>
/// <param name="Expires">When it expires, UTC.</param>
/// <param name="Envelope">The very bytes: the same bytes again need no cryptography.</param>
internal sealed record HeadMark(string Fingerprint, long Sequence, Sha256Hash Revision, DateTimeOffset Expires, byte[] Envelope)
{
    /// <summary>The ring that it names; null when it is everybody's. The master itself says over pinned TLS when it is another one.</summary>
    public string? Ring { get; init; }

    /// <summary>The mark of a head that was just verified.</summary>
    public static HeadMark Of(Head head, byte[] envelope, string fingerprint)
        => new(fingerprint, head.Sequence, head.Revision, head.Expires, envelope) { Ring = head.Ring };

    /// <summary>
    /// Whether the file was lost, damaged or older than what is noted elsewhere: sequence and revision are known, expiry and bytes are not.
    /// </summary>
    public bool IsRecalled => Envelope.Length == 0 && Expires == default;

    /// <summary>
    /// The mark as all three places together have it; null when no head was accepted yet under the pinned key. One under the key before it
    /// counts on as to sequence, but its bytes are no head of the present key.
    /// </summary>
    /// <param name="context">The home.</param>
    /// <param name="enrollment">The pin, and what is noted with it.</param>
    /// <param name="applied">What was last applied; null where that is not looked at.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.FileUnreadable"/>.</exception>
    public static HeadMark? TryRead(EngineContext context, EnrollmentRecord enrollment, AppliedState? applied = null)
    {
        var kept = TryReadFile(context, enrollment);
        var noted = applied?.Seen is { } seen && seen.Pin == enrollment.Pin && seen.Sequence > (enrollment.Seen?.Sequence ?? 0) ? seen : enrollment.Seen;
        return enrollment.Fingerprint is not { } pinned || noted is null || noted.Sequence <= (kept?.Sequence ?? 0)
            ? kept
            : new HeadMark(pinned, noted.Sequence, noted.Revision, default, []);
    }

    private static HeadMark? TryReadFile(EngineContext context, EnrollmentRecord enrollment)
    {
        try
        {
            return ReadFile(context, enrollment);
        }
        catch (CodexportException error) when (error.Code == ErrorCode.StateDamaged)
        {
            // What is noted elsewhere takes its place, and the next head is asked for where nobody can hold an old one before us.
            context.Trace?.Invoke(error.Message);
            return null;
        }
    }

    private static HeadMark? ReadFile(EngineContext context, EnrollmentRecord enrollment)
    {
        var path = context.Home.HeadMarkFile();
        string? signer = null, revision = null, ring = null;
        byte[]? envelope = null;
        long sequence = 0;
        var expires = default(DateTimeOffset);
        var found = FlatJson.TryRead(context.Files, path, (string name, ref System.Text.Json.Utf8JsonReader value) =>
        {
            switch (name)
            {
                case "fingerprint": signer = value.GetString(); break;
                case "sequence": sequence = value.GetInt64(); break;
                case "revision": revision = value.GetString(); break;
                case "ring": ring = value.GetString(); break;
                case "expires": expires = FlatJson.ReadTime(ref value); break;
                case "envelope": envelope = value.GetBytesFromBase64(); break;
                default: value.Skip(); break;
            }
        });
        if (!found)
        {
            return null;
        }

        if (signer is null || envelope is null || sequence <= 0 || (ring is not null && !Head.IsRing(ring)) || !Sha256Hash.TryParse(revision, out var hash))
        {
            throw FlatJson.Damaged(path, "a field is missing or malformed");
        }

        return enrollment.Fingerprint is not { } pinned ? null
            : string.Equals(signer, pinned, StringComparison.Ordinal) ? new HeadMark(signer, sequence, hash, expires, envelope) { Ring = ring }
            : string.Equals(signer, enrollment.PreviousFingerprint, StringComparison.Ordinal) ? new HeadMark(pinned, sequence, hash, expires, []) { Ring = ring }
            : null;
    }

    /// <summary>Writes the mark, durably.</summary>
    public void Write(EngineContext context)
    {
        SetAside.IfNotFile(context, context.Home.HeadMarkFile());
        AtomicFile.Write(context.Files, context.Home.HeadMarkFile(), FlatJson.Write(WriteFields), FilePermission.Private);
    }

    private void WriteFields(System.Text.Json.Utf8JsonWriter json)
    {
        json.WriteString("fingerprint"u8, Fingerprint);
        json.WriteNumber("sequence"u8, Sequence);
        json.WriteString("revision"u8, Revision.ToString());
        json.WriteTime("expires", Expires);
        if (Ring is not null)
        {
            json.WriteString("ring"u8, Ring);
        }

        json.WriteBase64String("envelope"u8, Envelope);
    }
}
