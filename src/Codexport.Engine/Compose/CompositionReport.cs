using Codexport.Engine.Apply;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Results;

namespace Codexport.Engine.Compose;

/// <summary>Collects what the parts of a composition decide.</summary>
internal sealed class CompositionReport
{
    internal List<PlannedChange> Steps { get; } = [];

    internal List<AppliedFile> Managed { get; } = [];

    internal Dictionary<string, string> GeneratedTexts { get; } = new(StringComparer.Ordinal);

    internal Dictionary<string, string> ComposedFiles { get; } = new(StringComparer.Ordinal);

    internal List<ChangeInfo> Changes { get; } = [];

    internal List<string> Drift { get; } = [];

    internal List<string> Warnings { get; } = [];

    internal List<string> NewlyTrustedHooks { get; } = [];

    /// <summary>Names that two sides claim, each a whole sentence.</summary>
    internal List<ChangeInfo> Conflicts { get; } = [];

    /// <summary>Files that are there, differ, and were never written by Codexport.</summary>
    internal List<string> ToAdopt { get; } = [];

    /// <summary>Links that stand where the master's files and folders go, by path, with where they lead.</summary>
    internal SortedDictionary<string, string> LinksInTheWay { get; } = new(StringComparer.Ordinal);

    /// <summary>Where the links lead that stand at files of <see cref="ToAdopt"/>.</summary>
    internal Dictionary<string, string> LinksToAdopt { get; } = new(StringComparer.Ordinal);

    /// <summary>Errors that stop an apply outright, such as a file that does not parse.</summary>
    internal List<CodexportException> Errors { get; } = [];

    internal void AddConflict(ChangeInfo change)
    {
        Conflicts.Add(change);
        Changes.Add(change);
    }

    /// <summary>Records a file that is managed from now on.</summary>
    internal void Manage(string path, Sha256Hash hash, bool isExecutable, long size, bool isCredential = false)
        => Managed.Add(new AppliedFile(path, hash, isExecutable, size, 0, isCredential));
}
