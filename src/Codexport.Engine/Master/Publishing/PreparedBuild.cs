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
    private RevisionDocument? _document;

    /// <summary>What each group's followers would get in place of what everybody gets.</summary>
    public IReadOnlyDictionary<string, RevisionDocument> Groups { get; init; } = new Dictionary<string, RevisionDocument>();

    /// <summary>Whole sentences for the person, those about groups included.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What everybody would get.</summary>
    public RevisionDocument Document => _document ??= Build.ToDocument();

    /// <summary>Whether nothing differs from what is published.</summary>
    public bool IsPublished => Build.IsPublished && Newest is { } newest && newest.Groups.Count == Groups.Count && OtherGroups().Count == 0;

    /// <summary>The groups whose followers would get something else than now.</summary>
    public IReadOnlyList<string> OtherGroups() =>
    [
        .. Groups.Where(group => Newest?.Groups.TryGetValue(group.Key, out var revision) != true || revision != RevisionCodec.RevisionOf(RevisionCodec.Write(group.Value)))
            .Select(group => group.Key).Concat((Newest?.Groups.Keys ?? []).Where(name => !Groups.ContainsKey(name))).Order(StringComparer.Ordinal),
    ];

    /// <summary>What a group's followers got last; null when they got what everybody got.</summary>
    public RevisionDocument? PublishedGroup(string name)
        => Newest?.Groups.TryGetValue(name, out var revision) == true ? Revisions.ReadDocumentOrEmpty(revision) : null;

    /// <summary>What was published last; null when nothing was.</summary>
    public RevisionDocument? Published => Newest is null ? null : _published ??= Revisions.ReadDocumentOrEmpty(Newest.Revision);

    /// <summary>What the scan found in a first publication, as whole sentences.</summary>
    public IReadOnlyList<string> Baseline { get; set; } = [];
}
