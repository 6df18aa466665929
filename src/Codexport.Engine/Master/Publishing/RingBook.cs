using System.Text.Json;
using System.Text.Json.Serialization;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Master.Publishing;

/// <summary>Which publication a ring has.</summary>
/// <param name="Name">The ring; empty for the one ring of a master that has none.</param>
/// <param name="Sequence">The publication, by <see cref="PublishedRevision.Sequence"/>.</param>
/// <param name="Since">Since when, UTC.</param>
public sealed record RingPlace(string Name, long Sequence, DateTimeOffset Since)
{
    /// <summary>Since when enough of its followers have it without error, UTC; null while they do not.</summary>
    public DateTimeOffset? HealthySince { get; init; }
}

/// <summary>The signed head of the followers of one ring and group.</summary>
/// <param name="Id">What the head names as its ring, see <see cref="RingBook.IdOf"/>.</param>
/// <param name="Ring">The ring; empty for the last one.</param>
/// <param name="Group">The group; empty for none.</param>
/// <param name="Envelope">The envelope.</param>
public sealed record RingHead(string Id, string Ring, string Group, byte[] Envelope);

/// <summary>
/// Which ring has which publication, and the heads of all rings and groups but the one that everybody else gets, which is
/// <c>head.json</c>: <c>master/rings.json</c>. There is none while the master has neither groups nor rings.
/// </summary>
/// <param name="Version">Format of the file.</param>
/// <param name="Places">The rings, in their order.</param>
/// <param name="Heads">The heads.</param>
public sealed record RingBook(int Version, IReadOnlyList<RingPlace> Places, IReadOnlyList<RingHead> Heads)
{
    private const int Format = 1;
    private const int MaxSize = 16 << 20;

    /// <summary>A master's that has neither groups nor rings.</summary>
    public static RingBook Empty { get; } = new(Format, [], []);

    /// <summary>The publication that goes to no further ring by itself; null when none was stopped.</summary>
    public long? Stopped { get; init; }

    /// <summary>
    /// What a head names as its ring. Heads may be asked without TLS, so neither the ring's name nor the group's stands in it: only whoever
    /// knows both can tell which it is.
    /// </summary>
    /// <param name="ring">The ring; empty for the last one.</param>
    /// <param name="group">The group; empty for none.</param>
    public static string IdOf(string ring, string group)
        => Sha256Hash.Of(System.Text.Encoding.UTF8.GetBytes($"codexport ring\0{ring}\0{group}")).ToString()[..16];

    /// <summary>Where it lies.</summary>
    public static string PathOf(EngineContext context) => Path.Combine(context.Home.MasterFolder, "rings.json");

    /// <summary>Reads it; empty when there is none.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.StateDamaged"/>.</exception>
    public static RingBook Read(EngineContext context)
    {
        var path = PathOf(context);
        if (context.Files.TryGetEntry(path) is not { } entry)
        {
            return Empty;
        }

        try
        {
            var book = entry is { Kind: EntryKind.File, Size: <= MaxSize }
                ? JsonSerializer.Deserialize(AtomicFile.ReadAllBytes(context.Files, path, MaxSize), RingBookContext.Default.RingBook)
                : null;
            return book is { Version: Format, Places: not null, Heads: not null } && book.Heads.All(head => head is { Id: not null, Envelope: not null, Ring: not null, Group: not null })
                ? book
                : throw Damaged(path, null);
        }
        catch (JsonException error)
        {
            throw Damaged(path, error);
        }
    }

    /// <summary>The same; empty also when it is damaged, where it is about to be written anew.</summary>
    public static RingBook ReadOrBegin(EngineContext context)
    {
        try
        {
            return Read(context);
        }
        catch (CodexportException error) when (error.Code == ErrorCode.StateDamaged)
        {
            context.Trace?.Invoke($"{error.Message} It is written anew; every ring has the newest publication then.");
            return Empty;
        }
    }

    /// <summary>Writes it, or deletes the file when it says nothing.</summary>
    public void Write(EngineContext context)
    {
        var path = PathOf(context);
        SetAside.IfNotFile(context, path);
        if (Places.Count > 1 || Heads.Count > 0)
        {
            AtomicFile.Write(context.Files, path, JsonSerializer.SerializeToUtf8Bytes(this, RingBookContext.Default.RingBook), FilePermission.Private);
        }
        else if (context.Files.TryGetEntry(path) is not null)
        {
            context.Files.DeleteFile(path);
        }
    }

    private static CodexportException Damaged(string path, Exception? cause) => new(
        ErrorCode.StateDamaged,
        $"The master's list of rings, '{path}', is damaged.",
        "Run 'codexport master rebuild', which writes it anew; every ring has the newest publication then.",
        path,
        cause);
}

/// <summary>Reads and writes <see cref="RingBook"/> without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RingBook))]
internal sealed partial class RingBookContext : JsonSerializerContext;
