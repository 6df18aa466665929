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

    /// <summary>The followers in the order in which they came; none when there is no file.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.StateDamaged"/>.</exception>
    public FollowerRecord[] Read()
    {
        if (AtomicFile.TryReadAllBytes(context.Files, Path, MaxFileSize) is not { } content)
        {
            return [];
        }

        try
        {
            return Parse(content);
        }
        catch (JsonException error)
        {
            throw new CodexportException(
                ErrorCode.StateDamaged,
                $"The master's book of followers '{Path}' is damaged, so nobody is let in.",
                "Bring it back from a backup, or move it away and let every follower join again.",
                Path,
                error);
        }
    }

    /// <summary>Writes the followers, 0600, durable.</summary>
    public void Write(FollowerRecord[] records) => AtomicFile.Write(context.Files, Path, Print(records), FilePermission.Private);

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
        => record is not null && Sha256Hash.TryParse(record.CredentialHash, out _);
}
