using Codexport.Engine.Content;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Master.Publishing;

/// <summary>
/// That somebody met a damaged content in the master's store, <c>master/recheck</c>. A rebuild believes what it remembers of files that did not
/// change, and so would not see it; with this mark the next one reads all contents of the revision in service again.
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

    /// <summary>Drops every content of a revision that is not what its hash says; the build that follows brings it back from its file.</summary>
    /// <returns>How many were dropped.</returns>
    internal static async Task<int> DropDamagedAsync(EngineContext context, RevisionDocument document, CancellationToken cancellationToken)
    {
        var store = new ObjectStore(context.Files, context.Home.ObjectsFolder, context.Time, context.Trace);
        var dropped = 0;
        foreach (var file in document.Files.DistinctBy(file => file.Hash))
        {
            if (!await IsWholeAsync(store, file, cancellationToken))
            {
                await store.PurgeAsync(file.Hash, cancellationToken);
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

    private static async Task<bool> IsWholeAsync(ObjectStore store, RevisionFile file, CancellationToken cancellationToken)
    {
        try
        {
            await using var content = store.OpenRead(file.Hash);
            return await Sha256Hash.OfAsync(content, cancellationToken) == file.Hash;
        }
        catch (Errors.CodexportException error) when (error.Code is Errors.ErrorCode.StateDamaged or Errors.ErrorCode.PathBlocked or Errors.ErrorCode.FileUnreadable)
        {
            return false;
        }
    }

    private static string FileOf(EngineContext context) => Path.Combine(context.Home.MasterFolder, "recheck");
}
