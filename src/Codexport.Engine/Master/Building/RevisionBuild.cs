using Codexport.Engine.Content;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Master.Building;

/// <summary>A build: everything that a revision will hold, contents already in the store, nothing published.</summary>
internal sealed class RevisionBuild
{
    /// <summary>The files, sorted by ordinal path.</summary>
    public required BuiltFile[] Files { get; init; }

    /// <summary>Portable hashes of the hooks that the master trusts.</summary>
    public required IReadOnlyList<string> TrustedHooks { get; init; }

    /// <summary>Per-platform configuration.</summary>
    public required IReadOnlyDictionary<string, string> Platforms { get; init; }

    /// <summary>Hash over trusted hooks and platforms.</summary>
    public required Sha256Hash Tail { get; init; }

    /// <summary>Whole sentences for the person.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Where the files lie that did not stand still long enough to be read: they must be looked at again soon.</summary>
    public required IReadOnlyList<string> Restless { get; init; }

    /// <summary>Paths that are new against what is published.</summary>
    public required IReadOnlyList<string> Added { get; init; }

    /// <summary>Paths whose content or mode differs from what is published.</summary>
    public required IReadOnlyList<string> Changed { get; init; }

    /// <summary>Published paths that are gone.</summary>
    public required IReadOnlyList<string> Removed { get; init; }

    /// <summary>What is exported because the configuration names it: files, and the folders of plugins.</summary>
    public required IReadOnlyList<string> Named { get; init; }

    /// <summary>How many files are published; 0 when nothing is.</summary>
    public required int PublishedFiles { get; init; }

    /// <summary>Whether the small rest is what is published.</summary>
    public required bool IsTailPublished { get; init; }

    /// <summary>Whether files were read again, so that remembering them saves work.</summary>
    public required bool IsCacheStale { get; init; }

    /// <summary>Bytes of all contents.</summary>
    public long Bytes
    {
        get
        {
            var sum = 0L;
            foreach (ref readonly var file in Files.AsSpan())
            {
                sum += file.Size;
            }

            return sum;
        }
    }

    /// <summary>Whether nothing differs from what is published.</summary>
    public bool IsPublished => IsTailPublished && Added.Count == 0 && Changed.Count == 0 && Removed.Count == 0;

    /// <summary>The document.</summary>
    public RevisionDocument ToDocument() => new(
        Files.Select(file => new RevisionFile(file.Path, file.IsExecutable, file.Size, file.Hash)), TrustedHooks, Platforms);
}
