using Codexport.Engine;
using Codexport.Engine.Content;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Server;
using Codexport.Tests.Follower;
using Codexport.Tests.Master;
using Codexport.Tests.Platform;

namespace Codexport.Tests.State;

/// <summary>A master with every state file that there can be, to be damaged again and again. The tests of a class share one.</summary>
public sealed class DamagedMaster : IAsyncLifetime, IDamagedHome
{
    private readonly Dictionary<string, IReadOnlySet<string>> _looksAt = [];
    private readonly Dictionary<string, string> _paths = [];
    private readonly AccessedPaths _accessed = new(new BoundByModes(new UnsyncedFileSystem()));
    private SavedFolder? _saved;

    public DamagedMaster()
    {
        Home = new MasterHome(TemporaryFolder.InMemory(), _accessed.Files);

        // A build waits for files that changed just now, which all of a restored home did.
        Home.Clock.Ahead = TimeSpan.FromMinutes(1);
    }

    internal MasterHome Home { get; }

    internal string Fingerprint { get; private set; } = string.Empty;

    internal MasterOperations Operations => new(Home.Context);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Home.Write("AGENTS.md", "first");
        Home.Write("config.toml", "model = \"a\"\n");
        Home.Settings("admission = \"approve\"\n");
        await Home.InitializeAsync();
        Fingerprint = (await Operations.RotateIdentityAsync(Token)).Fingerprint;
        await Operations.CreateJoinLinkAsync("h", null, renewInvite: false, Token);
        await Operations.CreateJoinLinkAsync(["h"], null, false, new InviteLimits(TimeSpan.FromDays(1), 3), Token);
        await new FollowerRegistry(Home.Context).RegisterAsync(
            new FollowerIntroduction("box", "linux", "1", "127.0.0.1") { Machine = "m" }, FollowerState.Approved, Token);
        var master = Home.Context.Home.MasterFolder;
        await File.WriteAllTextAsync(Path.Join(master, "sequence"), "1700000000000\n", Token);
        File.Copy(Path.Join(master, "key.pem"), Path.Join(Home.Path, "next.pem"));
        File.Copy(Path.Join(master, "head.json"), Path.Join(Home.Path, "next-head.json"));
        foreach (var made in new[] { "followers.lock", "build.lock", "scan.cache" })
        {
            Assert.True(File.Exists(Path.Join(master, made)), made);
        }

        _saved = new SavedFolder(Home.Path);
        foreach (var command in Commands())
        {
            foreach (var file in new[] { "master/next.pem", "master/key.pem" })
            {
                // With and without a key that is about to be changed.
                Restore(file);
                var seen = await _accessed.OfAsync(command.Run);
                _looksAt[command.Name] = _looksAt.TryGetValue(command.Name, out var before) ? before.Union(seen).ToHashSet() : seen;
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _saved?.Dispose();
        Home.Dispose();
        return ValueTask.CompletedTask;
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
        _saved!.Restore();
        var master = Home.Context.Home.MasterFolder;
        if (file is "master/next.pem" or "master/next-head.json")
        {
            File.Copy(Path.Join(Home.Path, "next.pem"), Path.Join(master, "next.pem"));
            File.Copy(Path.Join(Home.Path, "next-head.json"), Path.Join(master, "next-head.json"));
        }

        _paths[file] = PathOf(file);
        return new DamagedFile(_paths[file]);
    }

    internal WayOut WayOutOf(string file)
    {
        var path = _paths[file];
        return new WayOut(path,
        [
            ("from a backup", () => PutAsync(path)),
            ("link --renew", () => Operations.CreateJoinLinkAsync("h", null, renewInvite: true, Token)),
            ("codexport master init", () => Home.InitializeAsync()),
            ("codexport master rebuild", () => Home.RebuildAsync()),
            ("move it away", () => Mending.MoveAwayAsync(path)),
            ("Correct", () => PutAsync(path)),
            ("Write role", () => PutAsync(path)),
            ("chmod", () => Mending.MakeReadableAsync(path)),
            ("you may read it", () => Mending.MakeReadableAsync(path)),
            ("Check its permissions", () => Mending.MakeReadableAsync(path)),
            ("Save the file as UTF-8", () => PutAsync(path)),
        ]);
    }

    internal Task<StatusResult> GetStatusAsync() => new HomeOperations(Home.Context).GetStatusAsync(Token);

    private StateCommand[] Commands() =>
    [
        new("status", OnlyReads: true, GetStatusAsync),
        new("followers", OnlyReads: true, () => Operations.GetFollowersAsync(Token)),

        // Without the passphrase, whose derivation takes longer than the whole table, and which is about no file.
        new("export", OnlyReads: true, () => new IdentityExport(Home.Context).ReadStateAsync(Token)),
        new("serve a bundle", OnlyReads: false, ServeAsync),
        new("rebuild", OnlyReads: false, () => Home.RebuildAsync()),
        new("link", OnlyReads: false, () => Operations.CreateJoinLinkAsync("h", null, renewInvite: false, Token)),
        new("link --renew", OnlyReads: false, () => Operations.CreateJoinLinkAsync("h", null, renewInvite: true, Token)),
        new("link --uses", OnlyReads: false, () => Operations.CreateJoinLinkAsync(["h"], null, false, new InviteLimits(null, 1), Token)),
        new("revoke", OnlyReads: false, RevokeAsync),
        new("rotate", OnlyReads: false, () => Operations.RotateIdentityAsync(Token)),
        new("init", OnlyReads: false, () => Home.InitializeAsync()),
    ];

    // Once the book was moved away, there is nobody to shut out.
    private async Task RevokeAsync()
    {
        foreach (var follower in await Operations.GetFollowersAsync(Token))
        {
            await Operations.RevokeFollowerAsync(follower.Id, renewInvite: false, Token);
        }
    }

    private Task PutAsync(string path)
    {
        _saved!.Restore(path);
        return Task.CompletedTask;
    }

    // What a server does for a follower.
    private Task ServeAsync()
    {
        var contents = new CheckedContents(
            new ObjectStore(Home.Context.Files, Home.Context.Home.ObjectsFolder), Home.Context.Home.ObjectsFolder, () => StoreDoubt.Raise(Home.Context));
        var revisions = new PublishedRevisions(Home.Context);

        // A document that is damaged is not kept, and nothing is served for it.
        var document = revisions.ReadDocument(revisions.List()[^1].Revision) is { } canonical ? RevisionCodec.Read(canonical) : null;
        foreach (var file in document?.Files ?? [])
        {
            using var content = contents.OpenRead(file.Hash);
            content.CopyTo(Stream.Null);
        }

        return Task.CompletedTask;
    }

    // The content of a file that does not change, so that what is remembered of it holds.
    private string ObjectPath()
    {
        var hash = Home.Published(new PublishedRevisions(Home.Context).List()[^1].Revision.ToString()).Files.Single(entry => entry.Path == "config.toml").Hash.ToString();
        return Path.Join(Home.Context.Home.ObjectsFolder, hash[..2], hash[2..]);
    }

    private string PathOf(string file) => file == "object" ? ObjectPath() : file == "revision"
        ? Path.Join(Home.Context.Home.MasterFolder, "revisions", Directory.EnumerateFiles(
            Path.Join(Home.Path, ".codexport", "master", "revisions"), "????????*.json").Select(Path.GetFileName).First(name => name != "index.json"))
        : Path.Join(Home.Context.Home.StateFolder, file);
}
