using System.Text;
using Codexport.Engine.Apply;
using Codexport.Engine.Compose;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Paths;
using Codexport.Engine.Protocol;
using Codexport.Engine.Settings;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Follower.Composing;

/// <summary>A follower's home in a throw-away folder, a master that is a list of files, and one call for a sync.</summary>
internal sealed class FollowerRig : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MemoryContents _contents = new();
    private readonly SortedDictionary<string, (byte[] Content, bool IsExecutable)> _master = new(StringComparer.Ordinal);

    internal FollowerRig(string codexName = ".codex", MachinePaths? machine = null)
    {
        Context = new EngineContext(new CodexportHome(_folder.Path, _folder[codexName]), new PhysicalFileSystem(), TimeProvider.System)
        {
            MachineOverride = machine,
        };
        Directory.CreateDirectory(Context.Home.CodexFolder);
        Directory.CreateDirectory(Context.Home.MachineStateFolder);
    }

    internal EngineContext Context { get; set; }

    internal LocalSettings Settings { get; set; } = new();

    internal List<string> TrustedHooks { get; } = [];

    internal Dictionary<string, string> Platforms { get; } = [];

    internal AppliedState? Applied => AppliedStateCodec.TryLoad(Context.Files, Context.Home);

    /// <summary>A file below the Codex home; null where there is none.</summary>
    internal string? this[string path]
    {
        get => File.Exists(Absolute(path)) ? File.ReadAllText(Absolute(path)) : null;
        set => Put(Absolute(path), value);
    }

    public void Dispose() => _folder.Dispose();

    internal string Absolute(string path) => SafePath.Combine(Context.Home.CodexFolder, path);

    internal FollowerRig Master(string path, string? content, bool isExecutable = false)
    {
        if (content is null)
        {
            _master.Remove(path);
        }
        else
        {
            _master[path] = (Encoding.UTF8.GetBytes(content), isExecutable);
        }

        return this;
    }

    internal FollowerRig Local(string path, string content)
    {
        this[path] = content;
        return this;
    }

    internal FollowerRig Overlay(string path, string content)
    {
        Put(SafePath.Combine(Context.Home.StateFolder, path), content);
        return this;
    }

    internal Task<Composition> Compose(bool adopt = false)
        => new Composer(Context).ComposeAsync(Input(adopt), TestContext.Current.CancellationToken);

    internal CompositionInput Input(bool adopt = false)
    {
        var files = _master.Select(file => new RevisionFile(
            file.Key, file.Value.IsExecutable, file.Value.Content.Length, _contents.Add(file.Value.Content))).ToList();
        var document = new RevisionDocument(files, TrustedHooks, Platforms);
        var revision = Sha256Hash.Of(Encoding.UTF8.GetBytes(string.Join('\n', files.Select(file => file.ToString()).Concat(TrustedHooks))));
        return new CompositionInput(revision, document, _contents, Settings, Applied, adopt);
    }

    /// <summary>Composes and applies; fails when it is refused.</summary>
    internal async Task<Composition> Sync(bool adopt = false)
    {
        var composed = await Compose(adopt);
        Assert.Null(composed.Refusal);
        await ApplyTransaction.RunAsync(Context, composed.Contents, composed.Plan, TestContext.Current.CancellationToken);
        return composed;
    }

    /// <summary>The error that a sync ends with; nothing may have changed.</summary>
    internal async Task<CodexportException> Refused(bool adopt = false)
    {
        var before = Snapshot();
        var composed = await Compose(adopt);
        Assert.NotNull(composed.Refusal);
        Assert.Empty(composed.Plan.Changes);
        Assert.Null(composed.Plan.AppliedState);
        Assert.Equal(before, Snapshot());
        return composed.Refusal;
    }

    /// <summary>Another compose finds nothing to do.</summary>
    internal async Task AssertSettled()
    {
        var again = await Compose();
        Assert.Null(again.Refusal);
        Assert.Empty(again.Plan.Changes);
        Assert.Null(again.Plan.AppliedState);
    }

    /// <summary>Another compose writes nothing; what was kept or waits is told again.</summary>
    internal async Task AssertSettledButFor(IReadOnlyList<string> drift)
    {
        var again = await Compose();
        Assert.Null(again.Refusal);
        Assert.Empty(again.Plan.Changes);
        Assert.True(again.Drift.Count == 0 || again.Drift.SequenceEqual(drift));
    }

    internal string Snapshot() => string.Join('\n', Directory.EnumerateFiles(Context.Home.CodexFolder, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal).Select(file => $"{file} {File.GetLastWriteTimeUtc(file).Ticks} {File.ReadAllText(file)}"));

    private static void Put(string path, string? content)
    {
        if (content is null)
        {
            File.Delete(path);
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    private sealed class MemoryContents : IContentStore
    {
        private readonly Dictionary<Sha256Hash, byte[]> _contents = [];

        public bool Contains(Sha256Hash hash) => _contents.ContainsKey(hash);

        public Stream OpenRead(Sha256Hash hash) => new MemoryStream(_contents[hash], writable: false);

        internal Sha256Hash Add(byte[] content)
        {
            var hash = Sha256Hash.Of(content);
            _contents[hash] = content;
            return hash;
        }
    }
}
