using Codexport.Engine.Content;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Master.Publishing;

/// <summary>
/// That somebody met a damaged content in the master's store, <c>master/recheck</c>. A rebuild believes what it remembers of files that did not
/// change, and so would not see it; with this mark the next one reads all contents of the kept revisions again.
/// </summary>
public static class StoreDoubt
{
    /// <summary>Notes the doubt, for the next rebuild of whatever process.</summary>
    public static void Raise(EngineContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Files.TryGetEntry(FileOf(context)) is null)
        {
            AtomicFile.Write(context.Files, FileOf(context), "A content of the store was damaged.\n"u8, FilePermission.Private);
        }
    }

    /// <summary>Whether there is a doubt.</summary>
    internal static bool IsRaised(EngineContext context) => context.Files.TryGetEntry(FileOf(context)) is not null;

    /// <summary>Drops every content that is not what its hash says; the build that follows brings it back from its file.</summary>
    /// <returns>How many were dropped.</returns>
    internal static async Task<int> DropDamagedAsync(EngineContext context, IReadOnlySet<Sha256Hash> contents, CancellationToken cancellationToken)
    {
        var store = new ObjectStore(context.Files, context.Home.ObjectsFolder, context.Time, context.Trace);
        var dropped = 0;
        foreach (var hash in contents)
        {
            if (!await IsWholeAsync(store, hash, cancellationToken))
            {
                await store.PurgeAsync(hash, cancellationToken);
                dropped++;
            }
        }

        return dropped;
    }

    /// <summary>Ends the doubt.</summary>
    internal static void Settle(EngineContext context)
    {
        SetAside.IfNotFile(context, FileOf(context));
        context.Files.DeleteFile(FileOf(context));
    }

    private static async Task<bool> IsWholeAsync(ObjectStore store, Sha256Hash hash, CancellationToken cancellationToken)
    {
        try
        {
            await using var content = store.OpenRead(hash);
            return await Sha256Hash.OfAsync(content, cancellationToken) == hash;
        }
        catch (Errors.CodexportException error) when (error.Code is Errors.ErrorCode.StateDamaged or Errors.ErrorCode.PathBlocked or Errors.ErrorCode.FileUnreadable)
        {
            return false;
        }
    }

    private static string FileOf(EngineContext context) => Path.Combine(context.Home.MasterFolder, "recheck");
}
