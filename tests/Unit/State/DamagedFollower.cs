using Codexport.Engine.Apply;
using Codexport.Engine.Diagnostics;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Results;
using Codexport.Tests.Follower;
using Codexport.Tests.Platform;

namespace Codexport.Tests.State;

/// <summary>A follower with every state file that there can be, to be damaged again and again. The tests of a class share one.</summary>
public sealed class DamagedFollower : IAsyncLifetime, IDamagedHome
{
    private const string Glance = "state/glance.cache";

    private readonly Dictionary<string, IReadOnlySet<string>> _looksAt = [];
    private readonly Dictionary<string, string> _paths = [];
    private readonly AccessedPaths _accessed = new(new BoundByModes(new UnsyncedFileSystem()));
    private SavedFolder? _saved;
    private SavedFolder? _settled;
    private string[] _credentials = [];

    public DamagedFollower()
        => Home = new FollowerHome(timeouts: "connect = 5\nidle = 5\nquick = 5\n", folder: TemporaryFolder.InMemory(), files: _accessed.Files);

    internal FollowerHome Home { get; }

    internal SimulatedMaster Master { get; } = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Publish("first", "a");
        await Home.JoinAsync(Master);
        Publish("second", "b");
        await Home.SyncAsync();
        await Home.SyncAsync();
        Publish("third", "c");
        await Home.SyncAsync(apply: false);
        var record = new ApplyRecord { Id = "01234567", CodexFolder = Home.Context.Home.CodexFolder, IsAbandoned = true };
        File.WriteAllBytes(Path.Join(Home.Folder, "journal"), ApplyJournal.Encode(record));
        foreach (var cache in new[] { "stat.cache", "glance.cache", "follower.lock" })
        {
            // Whether a cache is written depends on how young the files are.
            var path = Path.Join(Home.Context.Home.MachineStateFolder, cache);
            File.WriteAllBytes(path, File.Exists(path) ? File.ReadAllBytes(path) : "CXG1abcdefgh"u8.ToArray());
        }

        _saved = new SavedFolder(Home.Folder);
        await Home.SyncAsync();
        await Home.SyncAsync();
        _settled = new SavedFolder(Home.Folder);
        _credentials = [.. Master.Credentials];
        foreach (var command in Commands())
        {
            Restore("state/staged.json");
            var seen = await _accessed.OfAsync(command.Run);
            Restore(Glance);
            var seenSettled = await _accessed.OfAsync(command.Run);
            _looksAt[command.Name] = seen.Union(seenSettled.Where(path => path == PathOf(Glance))).ToHashSet();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Master.DisposeAsync();
        _saved?.Dispose();
        _settled?.Dispose();
        Home.Dispose();
    }

    IReadOnlyList<StateCommand> IDamagedHome.CommandsThatLookAt(string file)
    {
        Restore(file);
        var path = PathOf(file);
        return [.. Commands().Where(command => _looksAt[command.Name].Contains(path))];
    }

    /// <inheritdoc/>
    DamagedFile IDamagedHome.Restore(string file) => Restore(file);

    /// <inheritdoc/>
    WayOut IDamagedHome.WayOutOf(string file) => WayOutOf(file);

    /// <summary>The home as it was, with its file whole.</summary>
    internal DamagedFile Restore(string file)
    {
        // Nobody looks there before everything that is known is applied.
        (file == Glance ? _settled : _saved)!.Restore();

        // Joining again gives up the credential that the saved home holds.
        Master.Credentials.UnionWith(_credentials);
        var path = _paths[file] = PathOf(file);
        if (file is "state/apply.journal" or "state/apply.prepare")
        {
            File.Copy(Path.Join(Home.Folder, "journal"), path, overwrite: true);
        }

        return new DamagedFile(path);
    }

    internal WayOut WayOutOf(string file)
    {
        var path = _paths[file];

        // A content is missed by its hash: which pack held it, nobody can tell any more.
        var named = file is "objects/packs" or "objects/index" ? Home.Context.Home.ObjectsFolder : path;
        return new WayOut(named,
        [
            ("sync --apply --adopt", () => SyncAsync(adopt: true)),
            ("follower join LINK", JoinAsync),
            ("codexport sync --apply", () => SyncAsync(adopt: false)),
            ("codexport sync", () => SyncAsync(adopt: false)),
            ("Move it away", () => Mending.MoveAwayAsync(path)),
            ("Correct", () => PutAsync(file, path)),
            ("Write role", () => PutAsync(file, path)),
            ("chmod", () => Mending.MakeReadableAsync(path)),
            ("you may read it", () => Mending.MakeReadableAsync(path)),
            ("Check its permissions", () => Mending.MakeReadableAsync(path)),
            ("Save the file as UTF-8", () => PutAsync(file, path)),
        ]);
    }

    internal Task<SyncResult> JoinAsync() => Home.Operations.JoinAsync(new JoinOptions(Master.Link, Apply: true, Adopt: true), Token);

    internal Task<SyncResult> SyncAsync(bool adopt) => Home.Operations.SyncAsync(new SyncOptions(Apply: true, adopt), Token);

    private StateCommand[] Commands() =>
    [
        new("status", OnlyReads: true, () => Home.Operations.GetStatusAsync(Token)),
        new("diff", OnlyReads: true, () => Home.Operations.CompareAsync(Token)),
        new("backup list", OnlyReads: true, () => Home.Operations.GetBackupsAsync(Token)),
        new("doctor", OnlyReads: true, RunDoctorAsync),
        new("sync", OnlyReads: false, () => Home.SyncAsync(apply: false)),
        new("sync --apply", OnlyReads: false, () => Home.SyncAsync()),
        new("sync --quick", OnlyReads: false, () => Task.Run(() => Home.Operations.QuickSync(Token))),
        new("apply", OnlyReads: false, () => Home.Operations.ApplyAsync(null, adopt: false, Token)),
        new("trust", OnlyReads: false, () => Home.Operations.ResetTrustAsync(Master.Fingerprint, Token)),
        new("join", OnlyReads: false, JoinAsync),
    ];

    private void Publish(string instructions, string model) => Master.Publish(
        ("AGENTS.md", instructions), ("auth.json", "{\"secret\":1}"), ("config.toml", $"model = \"{model}\"\n"), ("rules/one.rules", "one"));

    // A person corrects what they wrote themselves.
    private Task PutAsync(string file, string path)
    {
        Assert.Contains(file, (string[])["local.toml", "mcps.local.toml"]);
        _saved!.Restore(path);
        return Task.CompletedTask;
    }

    private async Task RunDoctorAsync()
    {
        var report = await new Doctor(Home.Context, Home.Services).RunAsync(null, Token);
        Assert.DoesNotContain(report.Findings, finding => finding.Message.Contains("The check itself failed", StringComparison.Ordinal));
    }

    private string PathOf(string file)
    {
        var state = Home.Context.Home.StateFolder;
        return file switch
        {
            "state/revisions" => Home.Context.Home.RevisionFile(Master.Head.Revision),
            "objects/packs" => Directory.EnumerateFiles(Path.Join(state, "objects", "packs"), "*.pack").Order().Last(),
            "objects/index" => Directory.EnumerateFiles(Path.Join(state, "objects", "packs"), "*.idx").Order().Last(),
            "backups" => Directory.EnumerateFiles(Path.Join(state, "backups"), "manifest.json", SearchOption.AllDirectories).Order().Last(),
            _ => Path.Join(state, file),
        };
    }
}
