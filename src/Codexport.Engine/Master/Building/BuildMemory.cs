using Codexport.Engine.Content;

namespace Codexport.Engine.Master.Building;

/// <summary>
/// What a process that rebuilds again and again keeps from one build to the next. It only saves work: without it everything is looked at
/// and read from disk.
/// </summary>
internal sealed class BuildMemory
{
    private Sha256Hash? _settings;
    private string? _published;

    /// <summary>The folders of the last scan; null when they do not count.</summary>
    public ScanFolder? Tree { get; set; }

    /// <summary>The files that the configuration named at the last scan.</summary>
    public IReadOnlyList<string> NamedFiles { get; set; } = [];

    /// <summary>The last build, as <see cref="HashCache"/> prints it; null when it does not count.</summary>
    public byte[]? Cache { get; set; }

    /// <summary>The store of contents, which knows its packs; null when others may have changed them.</summary>
    public ObjectStore? Store { get; set; }

    /// <summary>Where the files lie that did not stand still in the last build.</summary>
    public IReadOnlySet<string> Restless { get; set; } = new HashSet<string>();

    /// <summary>Forgets everything if it was learnt under other settings or if somebody else has published since.</summary>
    /// <param name="settings">Hash of the settings in force; null when that is not known.</param>
    /// <param name="published">A mark of what is published: another one when anybody publishes.</param>
    public void Check(Sha256Hash? settings, string published)
    {
        if (settings is null || settings != _settings || published != _published)
        {
            Forget();
        }

        _settings = settings;
        _published = published;
    }

    /// <summary>Takes over what this process did to the publications, so that it is not taken for somebody else's doing.</summary>
    public void TakeOver(string published) => _published = published;

    /// <summary>Forgets everything.</summary>
    public void Forget() => (Tree, Cache, Store, _settings, _published) = (null, null, null, null, null);
}
