using System.Buffers.Text;
using System.Text.Json;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Master.Followers;

/// <summary>The file of the master's followers, <c>master/followers.json</c>.</summary>
internal sealed class FollowerBookFile(EngineContext context)
{
    private const int FormatVersion = 1;
    private const int MaxFileSize = 16 << 20;

    /// <summary>Absolute path of the file.</summary>
    public string Path { get; } = System.IO.Path.Combine(context.Home.MasterFolder, "followers.json");

    // Beside the settings' memory, so that losing the master's folder, or the book alone, is noticed.
    private readonly string _mark = System.IO.Path.Combine(context.Home.MachineStateFolder, "had-followers");

    /// <summary>The followers in the order in which they came; none when there is no file and never was one with a follower in it.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.StateDamaged"/>.</exception>
    public FollowerRecord[] Read()
    {
        // A book that is there counts, or it is an error: whoever was shut out must not come back because it cannot be read.
        switch (context.Files.TryGetEntry(Path))
        {
            case null when context.Files.TryGetEntry(_mark) is not null:
                throw Lost();
            case null:
                return [];
            case { Kind: EntryKind.SymbolicLink } when context.Files.ResolveLinks(Path) is null:
            case { Size: > MaxFileSize }:
                throw Damaged(null);
        }

        try
        {
            return Parse(AtomicFile.ReadAllBytes(context.Files, Path, MaxFileSize));
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException or FormatException)
        {
            throw Damaged(error);
        }
    }

    private CodexportException Damaged(Exception? error) => new(
        ErrorCode.StateDamaged,
        $"The master's book of followers '{Path}' is damaged, so nobody is let in.",
        "Bring it back from a backup, or move it away, run 'codexport master link --renew' and let every follower join again with the new link.",
        Path,
        error);

    private CodexportException Lost() => new(
        ErrorCode.StateDamaged,
        $"The master's book of followers '{Path}' is gone, so nobody is let in: who was shut out could come back unnoticed.",
        "Bring it back from a backup, or run 'codexport master link --renew', which begins a new one, and let every follower join again with the new link.",
        Path);

    /// <summary>Writes the followers, 0600, durable.</summary>
    public void Write(FollowerRecord[] records)
    {
        AtomicFile.Write(context.Files, Path, Print(records), FilePermission.Private);
        if (records.Length > 0 && context.Files.TryGetEntry(_mark) is null)
        {
            context.Files.CreateDirectory(context.Home.MachineStateFolder, FilePermission.Private);
            AtomicFile.Write(context.Files, _mark, "This master has had followers: its book must not be missing.\n"u8, FilePermission.Private);
        }
    }

    /// <summary>Begins a new book where the old one is gone: a person has renewed the invite, so nobody comes back by an old one.</summary>
    public void BeginAnewIfLost()
    {
        if (context.Files.TryGetEntry(Path) is null)
        {
            SetAside.IfNotFile(context, _mark);
            context.Files.DeleteFile(_mark);
        }
    }

    /// <summary>The followers as the file has them.</summary>
    public static byte[] Print(FollowerRecord[] records)
        => JsonSerializer.SerializeToUtf8Bytes(new FollowerBook(FormatVersion, records), FollowerBookContext.Default.FollowerBook);

    /// <summary>Reads what <see cref="Print"/> wrote.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static FollowerRecord[] Parse(ReadOnlySpan<byte> content)
    {
        var book = JsonSerializer.Deserialize(content, FollowerBookContext.Default.FollowerBook);
        return book is { Version: FormatVersion, Followers: not null } && book.Followers.All(IsSound)
            ? [.. book.Followers]
            : throw new JsonException("The book is of another version or a follower's hash is malformed.");
    }

    private static bool IsSound(FollowerRecord record)
        => record is { Id: not null, Name: not null, Address: not null, Platform: not null, Version: not null }
            && Sha256Hash.TryParse(record.CredentialHash, out _)
            && Enum.IsDefined(record.State)
            && (record.PublicKey is null || Base64.IsValid(record.PublicKey));
}
