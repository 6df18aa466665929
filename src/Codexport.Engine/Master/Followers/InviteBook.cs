using System.Text.Json;
using System.Text.Json.Serialization;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Master.Followers;

/// <summary>One invite with limits, as <c>invites.json</c> holds it.</summary>
/// <param name="Hash">SHA-256 of the invite, hexadecimal; the invite itself is in the link alone.</param>
/// <param name="Serial">See <see cref="InviteGrant"/>.</param>
/// <param name="Expires">When it ends, UTC; null for never.</param>
/// <param name="UsesLeft">How many followers it still lets in; null for any number.</param>
internal sealed record LimitedInvite(string Hash, long Serial, DateTimeOffset? Expires, int? UsesLeft)
{
    /// <summary>The group that whoever brings it comes into; null for none.</summary>
    public string? Group { get; init; }

    /// <summary>Whether it lets anybody in at that time.</summary>
    public bool IsInForce(DateTimeOffset now) => (Expires is null || now < Expires) && UsesLeft is null or > 0;
}

/// <summary>The invites with limits, and which invite is newer than which: <c>master/invites.json</c>.</summary>
/// <param name="Version">Format of the file.</param>
/// <param name="LastSerial">The number of the newest invite.</param>
/// <param name="DurableSerial">The number of the durable one.</param>
/// <param name="Limited">Those with limits, oldest first.</param>
internal sealed record InviteBook(int Version, long LastSerial, long DurableSerial, IReadOnlyList<LimitedInvite> Limited)
{
    private const int Format = 1;
    private const int MaxFileSize = 4 << 20;

    /// <summary>Before any invite was numbered.</summary>
    public static InviteBook Empty { get; } = new(Format, 0, 0, []);

    /// <summary>Where it lies.</summary>
    public static string PathOf(EngineContext context) => Path.Combine(context.Home.MasterFolder, "invites.json");

    /// <summary>Reads the book; empty when there is none.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.StateDamaged"/>.</exception>
    public static InviteBook Read(EngineContext context)
    {
        var path = PathOf(context);
        if (context.Files.TryGetEntry(path) is not { } entry)
        {
            return Empty;
        }

        try
        {
            var content = entry.Kind == EntryKind.SymbolicLink || entry.Size > MaxFileSize
                ? throw new JsonException("It is a link, or too long.")
                : AtomicFile.ReadAllBytes(context.Files, path, MaxFileSize);
            var book = JsonSerializer.Deserialize(content, InviteBookContext.Default.InviteBook);
            return book is { Version: Format, Limited: not null, LastSerial: >= 0 } && book.DurableSerial <= book.LastSerial && book.Limited.All(IsSound)
                ? book
                : throw new JsonException("It has another shape.");
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException or FormatException)
        {
            throw new CodexportException(
                ErrorCode.StateDamaged,
                $"The master's list of invites '{path}' is damaged, so no invite lets anybody in.",
                "Run 'codexport master link --renew', which writes it anew; links made before admit nobody from then on.",
                path,
                error);
        }
    }

    /// <summary>The number of an invite that is made now.</summary>
    public long NextSerial(DateTimeOffset now) => Math.Max(LastSerial + 1, now.ToUnixTimeMilliseconds());

    /// <summary>Writes the book, 0600, durable.</summary>
    public void Write(EngineContext context) => AtomicFile.Write(
        context.Files, PathOf(context), JsonSerializer.SerializeToUtf8Bytes(this, InviteBookContext.Default.InviteBook), FilePermission.Private);

    private static bool IsSound(LimitedInvite invite) => invite is not null && Sha256Hash.TryParse(invite.Hash, out _);
}

/// <summary>Reads and writes <see cref="InviteBook"/> without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InviteBook))]
internal sealed partial class InviteBookContext : JsonSerializerContext;
