using Codexport.Engine.Content;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Building;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Master;

/// <summary>A throw-away home with a small Codex home, and what a person would do there.</summary>
internal sealed class MasterHome : IDisposable
{
    // Older than any clock's granularity, so that the cache may trust it.
    private static readonly DateTime Old = DateTime.UtcNow.AddHours(-1);

    private readonly TemporaryFolder _folder;

    /// <summary>Makes one.</summary>
    /// <param name="folder">Where, when not in an ordinary folder; owned from now on.</param>
    /// <param name="files">The disk, when not the machine's own.</param>
    public MasterHome(TemporaryFolder? folder = null, IFileSystem? files = null)
    {
        _folder = folder ?? new TemporaryFolder();
        Directory.CreateDirectory(Codex);
        Context = new EngineContext(new CodexportHome(_folder.Path, Codex), files ?? new PhysicalFileSystem(), Clock) { Environment = _ => null };
    }

    public string Path => _folder.Path;

    public string Codex => System.IO.Path.Combine(_folder.Path, ".codex");

    public TestClock Clock { get; } = new();

    public EngineContext Context { get; }

    public PublishedRevisions Revisions => new(Context);

    public string this[string relative] => System.IO.Path.Combine(Codex, relative.Replace('/', System.IO.Path.DirectorySeparatorChar));

    public void Write(string relative, string text = "x", DateTime? time = null)
    {
        var path = this[relative];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        File.SetLastWriteTimeUtc(path, time ?? Old);
    }

    public void Settings(string toml)
    {
        Directory.CreateDirectory(Context.Home.StateFolder);
        File.WriteAllText(Context.Home.SettingsFile, toml);
    }

    /// <summary>Writes a file of a group's overlay.</summary>
    public void WriteGroup(string group, string relative, string text)
    {
        var path = System.IO.Path.Combine(Context.Home.StateFolder, "groups", group, relative);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public IReadOnlyList<string> ScanPaths(LocalSettings? settings = null) => [.. Scan(settings).Files.Select(file => file.Path)];

    public ScanResult Scan(LocalSettings? settings = null, Limits? limits = null)
        => new HomeScanner(Context, settings ?? new LocalSettings(), limits ?? Limits.Default).Scan(last: null, HomeChanges.Everything, TestContext.Current.CancellationToken);

    public ScanResult Scan(ScanFolder last, HomeChanges changes)
        => new HomeScanner(Context, new LocalSettings(), Limits.Default).Scan(last, changes, TestContext.Current.CancellationToken);

    public Task<InitResult> InitializeAsync(int? port = null)
        => new MasterOperations(Context).InitializeAsync(port, TestContext.Current.CancellationToken);

    public Task<RebuildResult> RebuildAsync(bool acceptDeletions = false)
        => new MasterOperations(Context).RebuildAsync(acceptDeletions, TestContext.Current.CancellationToken);

    public RevisionDocument Published(string revision)
    {
        Assert.True(Sha256Hash.TryParse(revision, out var hash));
        return RevisionCodec.Read(Revisions.ReadDocument(hash)!);
    }

    public string PublishedText(string revision, string path)
    {
        var file = Assert.Single(Published(revision).Files, file => file.Path == path);
        using var reader = new StreamReader(new ObjectStore(Context.Files, Context.Home.ObjectsFolder).OpenRead(file.Hash));
        return reader.ReadToEnd();
    }

    public void Dispose() => _folder.Dispose();
}

/// <summary>The real clock, which a test may set ahead.</summary>
internal sealed class TestClock : TimeProvider
{
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
}
