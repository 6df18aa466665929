using Codexport.Engine.Master.Building;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Protocol;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Master.Publishing;

/// <summary>A build beside what is published, before anything is decided about it. It counts while the build lock is held.</summary>
/// <param name="Settings">The settings that it was built with.</param>
/// <param name="Identity">The key that signs.</param>
/// <param name="Revisions">What is published.</param>
/// <param name="Newest">The newest publication; null when there is none.</param>
/// <param name="Build">The build.</param>
/// <param name="Mended">What was damaged and is put right, as whole sentences; null when nothing was.</param>
/// <param name="IsFirst">Whether this process has not built before.</param>
internal sealed record PreparedBuild(
    LocalSettings Settings, MasterIdentity Identity, PublishedRevisions Revisions, PublishedRevision? Newest, RevisionBuild Build, string? Mended, bool IsFirst)
{
    private RevisionDocument? _published;

    /// <summary>What was published last; null when nothing was.</summary>
    public RevisionDocument? Published => Newest is null ? null : _published ??= Revisions.ReadDocumentOrEmpty(Newest.Revision);

    /// <summary>What the scan found in a first publication, as whole sentences.</summary>
    public IReadOnlyList<string> Baseline { get; set; } = [];
}
