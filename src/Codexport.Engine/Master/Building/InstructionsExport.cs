using Codexport.Engine.Codex;
using Codexport.Engine.Content;

namespace Codexport.Engine.Master.Building;

/// <summary>Takes the block of a machine's own words out of its <c>AGENTS.md</c>, where this master once followed another one.</summary>
internal static class InstructionsExport
{
    /// <summary>Replaces the content in the build.</summary>
    /// <param name="files">The build.</param>
    /// <param name="read">Indexes of the files that were read just now: one that is known from before holds no block.</param>
    /// <param name="unread">Those of them whose content is not there.</param>
    /// <param name="store">The contents.</param>
    public static void Strip(BuiltFile[] files, IEnumerable<int> read, IReadOnlyCollection<int> unread, ObjectStore store)
    {
        foreach (var index in read.Where(index => CodexLayout.KindOf(files[index].Path) == CodexFileKind.Instructions && !unread.Contains(index)))
        {
            ref var file = ref files[index];
            if (file.Size > StableReader.InMemory)
            {
                continue;
            }

            using var source = store.OpenRead(file.Hash);
            using var content = new MemoryStream();
            source.CopyTo(content);
            var stripped = LocalInstructions.Remove(content.ToArray());
            if (stripped.Length != file.Size)
            {
                file.Hash = store.Put(stripped);
                file.Size = stripped.Length;
                file.ModifiedTicks = HashCache.NeverTrust;
            }
        }
    }
}
