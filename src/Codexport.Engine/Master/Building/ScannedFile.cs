
namespace Codexport.Engine.Master.Building;

/// <summary>
/// One file that is to be exported, as the scan found it. A class: lists of structs of our own would be compiled anew in every process.
/// </summary>
/// <param name="Path">Path below the Codex home, components separated by <c>/</c>, in Unicode form C.</param>
/// <param name="Source">Where its content really lies, links resolved.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedTicks">Last write time in UTC ticks.</param>
/// <param name="ChangedTicks">When content, name or permission last changed; 0 where the platform does not tell.</param>
/// <param name="IsExecutable">The execute bit, where there is one.</param>
internal sealed record ScannedFile(string Path, string Source, long Size, long ModifiedTicks, long ChangedTicks, bool IsExecutable)
{
    /// <summary>Whether a link of either kind is on the way to it, so that it is judged by what it is and not by its name.</summary>
    public bool IsLinked { get; init; }
}

/// <summary>What a scan found.</summary>
/// <param name="Files">The files, sorted by ordinal path.</param>
/// <param name="Warnings">What was left out and why, whole sentences.</param>
/// <param name="Tree">The folders that it went through, for the next scan.</param>
/// <param name="StartedTicks">When the scan began, UTC ticks: what was written later is too young to be remembered by its time.</param>
internal sealed record ScanResult(ScannedFile[] Files, IReadOnlyList<string> Warnings, ScanFolder Tree, long StartedTicks)
{
    /// <summary>Folders outside the Codex home that links lead into and that the settings do not list.</summary>
    public IReadOnlyList<Results.LinkedFolder> LinkedFolders { get; init; } = [];
}
