using Codexport.Engine.Codex;
using Codexport.Engine.Content;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Master.Building;

/// <summary>
/// Finds files whose bytes are those of a login of the Codex home or of a secret of Codexport's state, whatever they are called: a copy is
/// what it is a copy of.
/// </summary>
internal sealed class SecretCopies(EngineContext context)
{
    // Shorter than any secret, such as an empty file or "{}".
    private const int MinSize = 8;
    private const int MaxSize = 1 << 20;

    // By name: what the server prepares beside them holds what is published, and may be a single file of it.
    private static readonly string[] StateSecrets = ["master/key.pem", "master/next.pem", "master/invite", "state/enrollment.json"];

    /// <summary>Adds the indexes of such files with the reason.</summary>
    /// <param name="files">The build.</param>
    /// <param name="unread">Indexes whose content is not known.</param>
    /// <param name="found">Where they are added.</param>
    public void FindIn(BuiltFile[] files, HashSet<int> unread, Dictionary<int, string> found)
    {
        var logins = new HashSet<Sha256Hash>();
        foreach (var source in LoginFiles())
        {
            if (AtomicFile.TryReadAllBytes(context.Files, source, MaxSize) is { Length: >= MinSize } bytes)
            {
                logins.Add(Sha256Hash.Of(bytes));
            }
        }

        for (var index = 0; index < files.Length; index++)
        {
            if (!unread.Contains(index) && files[index].Size >= MinSize && CodexLayout.IsCredential(files[index].Path))
            {
                logins.Add(files[index].Hash);
            }
        }

        if (logins.Count == 0)
        {
            return;
        }

        for (var index = 0; index < files.Length; index++)
        {
            if (!unread.Contains(index) && logins.Contains(files[index].Hash) && !CodexLayout.IsCredential(files[index].Path))
            {
                found.Add(index, "is a copy of a login or of a secret of this master, which does not leave under this name");
            }
        }
    }

    private IEnumerable<string> LoginFiles()
    {
        var codex = context.Home.CodexFolder;
        string[] logins = [Path.Join(codex, CodexLayout.AuthFile), Path.Join(codex, CodexLayout.ServerCredentialsFile), Path.Join(codex, ".env")];
        return logins
            .Concat(Files(Path.Join(codex, "secrets")))
            .Concat(Files(Path.Join(codex, "multi-auth")))
            .Concat(StateSecrets.Select(name => Path.Join(context.Home.StateFolder, name)))
            .Where(file => context.Files.TryGetEntry(file) is { Kind: EntryKind.File, Size: >= MinSize and <= MaxSize });
    }

    private IEnumerable<string> Files(string folder) => context.Files.Enumerate(folder).SelectMany(entry => entry.Kind switch
    {
        EntryKind.File => [entry.Path],
        EntryKind.Directory => Files(entry.Path),
        _ => Enumerable.Empty<string>(),
    });
}
