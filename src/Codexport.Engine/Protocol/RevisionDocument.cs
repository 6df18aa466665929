namespace Codexport.Engine.Protocol;

/// <summary>
/// Everything a follower acts on. Its canonical JSON (keys sorted, no white space, UTF-8 unescaped but for what JSON demands) is what
/// the revision hashes, so a revision depends on content alone: not on time, order of scanning or machine.
/// </summary>
public sealed class RevisionDocument
{
    // As the folders are called on every machine.
    private const string SecondPlace = "~/";
    private const string Plugins = "plugins/";

    /// <summary>The format of documents whose files all lie below the Codex home, where they have lain from the beginning.</summary>
    public const int Format = 1;

    /// <summary>
    /// The format of documents that have files elsewhere too, which a follower that only knows the first would put in a wrong place, or code of
    /// plugins, which it would take for an attack.
    /// </summary>
    public const int FormatWithMoreRoots = 2;

    /// <summary>Makes a document; files are sorted by ordinal path, trusted hooks by text.</summary>
    public RevisionDocument(
        IEnumerable<RevisionFile> files,
        IEnumerable<string>? trustedHooks = null,
        IReadOnlyDictionary<string, string>? platforms = null)
    {
        Files = Sorted([.. files]);
        LeastFormat = Files.Any(file => file.Path.StartsWith(SecondPlace, StringComparison.Ordinal) || file.Path.StartsWith(Plugins, StringComparison.Ordinal)) ? FormatWithMoreRoots : Format;
        TrustedHooks = [.. (trustedHooks ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Platforms = new SortedDictionary<string, string>(
            (platforms ?? new Dictionary<string, string>()).ToDictionary(), StringComparer.Ordinal);
    }

    /// <summary>The format that says all that is in it and is known to most followers.</summary>
    public int LeastFormat { get; }

    /// <summary>Files sorted by ordinal path.</summary>
    public IReadOnlyList<RevisionFile> Files { get; }

    /// <summary>
    /// Hashes (<c>sha256:…</c>, computed as Codex does, but over the portable form with <c>${home}</c> and <c>${codexDir}</c>) of the hook
    /// handlers that the master itself trusts.
    /// </summary>
    public IReadOnlyList<string> TrustedHooks { get; }

    /// <summary>Per-platform configuration: <c>linux</c>, <c>macos</c>, <c>windows</c> to TOML text of the keys that differ there.</summary>
    public IReadOnlyDictionary<string, string> Platforms { get; }

    // A scan comes sorted already; asking is much cheaper than sorting 50,000 paths again.
    private static RevisionFile[] Sorted(RevisionFile[] files)
    {
        for (var index = 1; index < files.Length; index++)
        {
            if (string.CompareOrdinal(files[index - 1].Path, files[index].Path) > 0)
            {
                return [.. files.OrderBy(file => file.Path, StringComparer.Ordinal)];
            }
        }

        return files;
    }
}
