using System.Text.Json;
using System.Text.Json.Serialization;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Master.Publishing;

/// <summary>The whole of <c>rollback.json</c>.</summary>
/// <param name="Version">Format of the file.</param>
/// <param name="Revision">The revision that was rolled back to.</param>
/// <param name="At">When, UTC.</param>
internal sealed record RollbackRecord(int Version, string Revision, DateTimeOffset At);

/// <summary>
/// After a rollback the watcher must not publish the present Codex home at once again: <c>master/rollback.json</c> holds back whatever differs
/// from what was rolled back to, until a person lets it go or the home is as it was.
/// </summary>
/// <param name="Revision">The revision that was rolled back to.</param>
/// <param name="At">When, UTC.</param>
internal sealed record RollbackHold(Sha256Hash Revision, DateTimeOffset At)
{
    private const int Format = 1;
    private const int MaxSize = 4096;

    /// <summary>The rollback in force; null when there is none.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.StateDamaged"/>: what is held back must not go out because a file was damaged.</exception>
    public static RollbackHold? TryRead(EngineContext context)
    {
        var path = PathOf(context);
        if (context.Files.TryGetEntry(path) is not { } entry)
        {
            return null;
        }

        try
        {
            var record = entry is { Kind: EntryKind.File, Size: <= MaxSize }
                ? JsonSerializer.Deserialize(AtomicFile.ReadAllBytes(context.Files, path, MaxSize), RollbackContext.Default.RollbackRecord)
                : null;
            return record is { Version: Format } && Sha256Hash.TryParse(record.Revision, out var revision)
                ? new RollbackHold(revision, record.At)
                : throw Damaged(path, null);
        }
        catch (JsonException error)
        {
            throw Damaged(path, error);
        }
    }

    /// <summary>Puts a rollback in force.</summary>
    public static void Write(EngineContext context, Sha256Hash revision)
    {
        SetAside.IfNotFile(context, PathOf(context));
        AtomicFile.Write(
            context.Files, PathOf(context),
            JsonSerializer.SerializeToUtf8Bytes(new RollbackRecord(Format, revision.ToString(), context.Time.GetUtcNow()), RollbackContext.Default.RollbackRecord),
            FilePermission.Private);
    }

    /// <summary>Ends it.</summary>
    public static void Clear(EngineContext context)
    {
        SetAside.IfNotFile(context, PathOf(context));
        if (context.Files.TryGetEntry(PathOf(context)) is not null)
        {
            context.Files.DeleteFile(PathOf(context));
        }
    }

    private static string PathOf(EngineContext context) => Path.Combine(context.Home.MasterFolder, "rollback.json");

    private static CodexportException Damaged(string path, Exception? cause) => new(
        ErrorCode.StateDamaged,
        $"What this master was rolled back to, '{path}', is damaged, so nothing is published by itself.",
        "Look at 'codexport master diff', then run 'codexport master rebuild --publish', which ends the rollback, or roll back once more.",
        path,
        cause);
}

/// <summary>Reads and writes <see cref="RollbackRecord"/> without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(RollbackRecord))]
internal sealed partial class RollbackContext : JsonSerializerContext;
