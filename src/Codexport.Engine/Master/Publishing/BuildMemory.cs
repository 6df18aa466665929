using Codexport.Engine.Content;
using Codexport.Engine.Master.Building;

namespace Codexport.Engine.Master.Publishing;

/// <summary>
/// What a process that rebuilds again and again keeps from one build to the next. It only saves work: without it everything is looked at
/// and read from disk.
/// </summary>
internal sealed class BuildMemory
{
    private Sha256Hash? _settings;
    private (PublishedRevision?, int)? _index;

    /// <summary>The folders of the last scan; null when they do not count.</summary>
    public ScanFolder? Tree { get; set; }

    /// <summary>The last build, as <see cref="HashCache"/> prints it; null when it does not count.</summary>
    public byte[]? Cache { get; set; }

    /// <summary>The store of contents, which knows its packs; null when others may have changed them.</summary>
    public ObjectStore? Store { get; set; }

    /// <summary>Where the files lie that did not stand still in the last build.</summary>
    public IReadOnlySet<string> Restless { get; set; } = new HashSet<string>();

    /// <summary>Forgets everything if it was learnt under other settings or if somebody else has published since.</summary>
    /// <param name="settings">Hash of the settings in force; null when that is not known.</param>
    /// <param name="index">What is published.</param>
    public void Check(Sha256Hash? settings, PublicationIndex index)
    {
        if (settings is null || settings != _settings || StateOf(index) != _index)
        {
            Forget();
        }

        _settings = settings;
        _index = StateOf(index);
    }

    /// <summary>Takes over what this process did to the publications, so that it is not taken for somebody else's doing.</summary>
    public void TakeOver(PublicationIndex index) => _index = StateOf(index);

    /// <summary>Forgets everything.</summary>
    public void Forget() => (Tree, Cache, Store, _settings, _index) = (null, null, null, null, null);

    // The second counts what was dropped since contents were last pruned: a prune sets it back.
    private static (PublishedRevision? Newest, int Dropped) StateOf(PublicationIndex index) => (index.Newest, index.DroppedSincePrune);
}
