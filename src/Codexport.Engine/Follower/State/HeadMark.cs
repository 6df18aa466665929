using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Follower.State;

/// <summary>
/// The newest head that was accepted, <c>state/head.json</c>: no head with a lower sequence is accepted after it. Written durably before
/// anything is fetched for it, so that a crash cannot open the way back to an older head.
/// </summary>
/// <param name="Fingerprint">The key that signed it; a mark under another key says nothing.</param>
/// <param name="Sequence">Its sequence number.</param>
/// <param name="Revision">The revision that it names.</param>
/// <param name="Expires">When it expires, UTC.</param>
/// <param name="Envelope">The very bytes: the same bytes again need no cryptography.</param>
internal sealed record HeadMark(string Fingerprint, long Sequence, Sha256Hash Revision, DateTimeOffset Expires, byte[] Envelope)
{
    /// <summary>The mark of a head that was just verified.</summary>
    public static HeadMark Of(Head head, byte[] envelope, string fingerprint)
        => new(fingerprint, head.Sequence, head.Revision, head.Expires, envelope);

    /// <summary>
    /// Reads the mark; null when no head was accepted yet under the pinned key. One under the key before it counts on as to sequence, but
    /// its bytes are no head of the present key.
    /// </summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.StateDamaged"/>.</exception>
    public static HeadMark? TryRead(EngineContext context, EnrollmentRecord enrollment)
    {
        var path = context.Home.HeadMarkFile();
        string? signer = null, revision = null;
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
                case "expires": expires = FlatJson.ReadTime(ref value); break;
                case "envelope": envelope = value.GetBytesFromBase64(); break;
                default: value.Skip(); break;
            }
        });
        if (!found)
        {
            return null;
        }

        if (signer is null || envelope is null || sequence <= 0 || !Sha256Hash.TryParse(revision, out var hash))
        {
            throw FlatJson.Damaged(path);
        }

        return enrollment.Fingerprint is not { } pinned ? null
            : string.Equals(signer, pinned, StringComparison.Ordinal) ? new HeadMark(signer, sequence, hash, expires, envelope)
            : string.Equals(signer, enrollment.PreviousFingerprint, StringComparison.Ordinal) ? new HeadMark(pinned, sequence, hash, expires, [])
            : null;
    }

    /// <summary>Writes the mark, durably.</summary>
    public void Write(EngineContext context) => AtomicFile.Write(
        context.Files,
        context.Home.HeadMarkFile(),
        FlatJson.Write(json =>
        {
            json.WriteString("fingerprint"u8, Fingerprint);
            json.WriteNumber("sequence"u8, Sequence);
            json.WriteString("revision"u8, Revision.ToString());
            json.WriteTime("expires", Expires);
            json.WriteBase64String("envelope"u8, Envelope);
        }),
        FilePermission.Private);
}
