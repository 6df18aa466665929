using Codexport.Engine;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;
using Codexport.Tests.Master;
using Codexport.Tests.Platform;

namespace Codexport.Tests.State;

/// <summary>Every state file of a master, damaged in every way, under every command.</summary>
public sealed class DamagedMasterTests : IAsyncLifetime
{
    private const string Passphrase = "a passphrase that is long enough";

    private readonly MasterHome _home = new();
    private SavedFolder? _saved;
    private string _fingerprint = string.Empty;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private MasterOperations Master => new(_home.Context);

    public static TheoryData<string> StateFiles()
    {
        return
        [
            "master/key.pem", "master/invite", "master/invites.json", "master/followers.json", "master/head.json", "master/revisions/index.json",
            "revision", "master/rotations.jsonl", "master/sequence", "master/scan.cache", "master/next.pem", "master/next-head.json",
            "master/build.lock", "master/followers.lock", "state/codex-home", "state/settings.json", "local.toml",
        ];
    }

    public async ValueTask InitializeAsync()
    {
        _home.Write("AGENTS.md", "first");
        _home.Write("config.toml", "model = \"a\"\n");
        _home.Settings("admission = \"approve\"\n");
        await _home.InitializeAsync();
        _fingerprint = (await Master.RotateIdentityAsync(Token)).Fingerprint;
        await Master.CreateJoinLinkAsync("h", null, renewInvite: false, Token);
        await Master.CreateJoinLinkAsync(["h"], null, false, new InviteLimits(TimeSpan.FromDays(1), 3), Token);
        await new FollowerRegistry(_home.Context).RegisterAsync(
            new FollowerIntroduction("box", "linux", "1", "127.0.0.1") { Machine = "m" }, FollowerState.Approved, Token);
        var master = _home.Context.Home.MasterFolder;
        await File.WriteAllTextAsync(Path.Join(master, "sequence"), "1700000000000\n", Token);
        File.Copy(Path.Join(master, "key.pem"), Path.Join(_home.Path, "next.pem"));
        File.Copy(Path.Join(master, "head.json"), Path.Join(_home.Path, "next-head.json"));
        foreach (var made in new[] { "followers.lock", "build.lock", "scan.cache" })
        {
            Assert.True(File.Exists(Path.Join(master, made)), made);
        }

        _saved = new SavedFolder(_home.Path);
    }

    public ValueTask DisposeAsync()
    {
        _saved?.Dispose();
        _home.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(StateFiles))]
    public async Task Command_OnDamagedState_HealsItOrNamesItAndLeadsOut(string file)
    {
        foreach (var damage in Damage.Names.Where(damage => damage != Damage.Unreadable))
        {
            await CheckAsync(file, damage);
        }
    }

    [Theory]
    [MemberData(nameof(StateFiles))]
    public Task Command_OnUnreadableState_NamesItAndLeadsOut(string file) => CheckAsync(file, Damage.Unreadable);

    private async Task CheckAsync(string file, string damage)
    {
        foreach (var (name, run) in Commands())
        {
            var way = Begin(file, damage);
            await way.RunAsync($"{name} with {file} {damage}", run);
            await way.RunAsync($"rebuild after {name} with {file} {damage}", async () =>
            {
                // What a person does next: it is published, and served with a head that this key signed.
                _home.Write("AGENTS.md", "second");
                var result = await _home.RebuildAsync();
                using var identity = MasterIdentity.Load(_home.Context);
                Assert.Equal(result.Revision, _home.Revisions.ReadHead(identity)!.Revision.ToString());
                Assert.Equal("second", _home.PublishedText(result.Revision, "AGENTS.md"));
                Assert.Equal(name == "rotate", identity.Fingerprint != _fingerprint);
            });
            await way.RunAsync($"status after {name} with {file} {damage}", () => new HomeOperations(_home.Context).GetStatusAsync(Token));
        }
    }

    private (string Name, Func<Task> Run)[] Commands() =>
    [
        ("status", () => new HomeOperations(_home.Context).GetStatusAsync(Token)),
        ("rebuild", () => _home.RebuildAsync()),
        ("link", () => Master.CreateJoinLinkAsync("h", null, renewInvite: false, Token)),
        ("link --renew", () => Master.CreateJoinLinkAsync("h", null, renewInvite: true, Token)),
        ("link --uses", () => Master.CreateJoinLinkAsync(["h"], null, false, new InviteLimits(null, 1), Token)),
        ("followers", () => Master.GetFollowersAsync(Token)),
        ("revoke", () => RevokeAsync()),
        ("export", () => Master.ExportIdentityAsync(Path.Join(_home.Path, "export.json"), Passphrase.AsMemory(), force: true, Token)),
        ("rotate", () => Master.RotateIdentityAsync(Token)),
        ("init", () => _home.InitializeAsync()),
    ];

    // Once the book was moved away, there is nobody to shut out.
    private async Task RevokeAsync()
    {
        foreach (var follower in await Master.GetFollowersAsync(Token))
        {
            await Master.RevokeFollowerAsync(follower.Id, renewInvite: false, Token);
        }
    }

    private WayOut Begin(string file, string damage)
    {
        _saved!.Restore();
        var master = _home.Context.Home.MasterFolder;
        var path = file == "revision" ? Directory.EnumerateFiles(Path.Join(master, "revisions"), "????????*.json").First(name => !name.EndsWith("index.json", StringComparison.Ordinal))
            : Path.Join(_home.Context.Home.StateFolder, file);
        if (file is "master/next.pem" or "master/next-head.json")
        {
            File.Copy(Path.Join(_home.Path, "next.pem"), Path.Join(master, "next.pem"));
            File.Copy(Path.Join(_home.Path, "next-head.json"), Path.Join(master, "next-head.json"));
        }

        Damage.Do(damage, path);
        return new WayOut(path,
        [
            ("from a backup", () => Put(path)),
            ("link --renew", () => Master.CreateJoinLinkAsync("h", null, renewInvite: true, Token)),
            ("codexport master init", () => _home.InitializeAsync()),
            ("codexport master rebuild", () => _home.RebuildAsync()),
            ("move it away", () => MoveAwayAsync(path)),
            ("Correct", () => Put(path)),
            ("Write role", () => Put(path)),
            ("chmod", () => MakeReadable(path)),
            ("you may read it", () => MakeReadable(path)),
            ("Save the file as UTF-8", () => Put(path)),
        ]);
    }

    private Task Put(string path)
    {
        _saved!.Restore(path);
        return Task.CompletedTask;
    }

    private static Task MakeReadable(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return Task.CompletedTask;
    }

    private static Task MoveAwayAsync(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Move(path, path + ".away");
        }
        else
        {
            File.Move(path, path + ".away");
        }

        return Task.CompletedTask;
    }
}
