using Codexport.Engine.Apply;
using Codexport.Engine.Diagnostics;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Results;
using Codexport.Tests.Follower;
using Codexport.Tests.Platform;

namespace Codexport.Tests.State;

/// <summary>Every state file of a follower, damaged in every way, under every command.</summary>
public sealed class DamagedFollowerTests : IAsyncLifetime
{
    private readonly SimulatedMaster _master = new();
    private readonly FollowerHome _home = new(timeouts: "connect = 5\nidle = 5\nquick = 5\n");
    private SavedFolder? _saved;

    public static TheoryData<string> StateFiles()
    {
        return
        [
            "state/enrollment.json", "state/head.json", "state/contact.json", "state/applied.json", "state/staged.json", "state/codex-home",
            "state/machine", "state/settings.json", "state/stat.cache", "state/glance.cache", "state/apply.journal", "state/apply.prepare",
            "state/revisions", "state/follower.lock", "objects/packs", "objects/index", "backups", "local.toml", "mcps.local.toml",
        ];
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _master.Publish(("AGENTS.md", "first"), ("auth.json", "{\"secret\":1}"), ("config.toml", "model = \"a\"\n"), ("rules/one.rules", "one"));
        await _home.JoinAsync(_master);
        _master.Publish(("AGENTS.md", "second"), ("auth.json", "{\"secret\":1}"), ("config.toml", "model = \"b\"\n"), ("rules/one.rules", "one"));
        await _home.SyncAsync();
        await _home.SyncAsync();
        _master.Publish(("AGENTS.md", "third"), ("auth.json", "{\"secret\":1}"), ("config.toml", "model = \"c\"\n"), ("rules/one.rules", "one"));
        await _home.SyncAsync(apply: false);
        var record = new ApplyRecord { Id = "01234567", CodexFolder = _home.Context.Home.CodexFolder, IsAbandoned = true };
        File.WriteAllBytes(Path.Join(_home.Folder, "journal"), ApplyJournal.Encode(record));
        foreach (var cache in new[] { "stat.cache", "glance.cache", "follower.lock" })
        {
            // Whether a cache is written depends on how young the files are.
            var path = Path.Join(_home.Context.Home.MachineStateFolder, cache);
            File.WriteAllBytes(path, File.Exists(path) ? File.ReadAllBytes(path) : "CXG1abcdefgh"u8.ToArray());
        }

        _saved = new SavedFolder(_home.Folder);
    }

    public async ValueTask DisposeAsync()
    {
        await _master.DisposeAsync();
        _saved?.Dispose();
        _home.Dispose();
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
            Assert.NotEqual(nameof(ErrorCode.InternalError), ContactRecord.Read(_home.Context).LastError);
            await way.RunAsync($"sync after {name} with {file} {damage}", async () => Assert.Contains(
                (await SyncAsync(adopt: false)).Status, (SyncStatus[])[SyncStatus.Applied, SyncStatus.Current]));
            Assert.Equal("third", _home.Read("AGENTS.md"));
            Assert.Contains("model = \"c\"", _home.Read("config.toml"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(StateFiles))]
    public async Task Leave_OnDamagedState_ForgetsTheMasterAndWipesTheLogin(string file)
    {
        foreach (var damage in Damage.Names.Where(damage => damage != Damage.Unreadable))
        {
            await CheckLeavingAsync(file, damage);
        }
    }

    private async Task CheckLeavingAsync(string file, string damage)
    {
        var way = Begin(file, damage);
        await way.RunAsync($"leave with {file} {damage}", () => _home.Operations.LeaveAsync(Token));
        Assert.False(File.Exists(_home.Context.Home.EnrollmentFile()));
        Assert.False(_home.Has("auth.json"), "The master's login stayed.");
        Assert.Equal("second", _home.Read("AGENTS.md"));
        Assert.Equal(ErrorCode.NotFollower, (await Assert.ThrowsAsync<CodexportException>(() => _home.Operations.GetStatusAsync(Token))).Code);
        await _home.Operations.JoinAsync(new JoinOptions(_master.Link, Apply: true, Adopt: true), Token);
        Assert.Equal("third", _home.Read("AGENTS.md"));
    }

    private (string Name, Func<Task> Run)[] Commands() =>
    [
        ("status", () => _home.Operations.GetStatusAsync(Token)),
        ("diff", () => _home.Operations.CompareAsync(Token)),
        ("sync", () => _home.SyncAsync(apply: false)),
        ("sync --apply", () => _home.SyncAsync()),
        ("sync --quick", () => Task.Run(() => _home.Operations.QuickSync(Token))),
        ("apply", () => _home.Operations.ApplyAsync(null, adopt: false, Token)),
        ("backup list", () => _home.Operations.GetBackupsAsync(Token)),
        ("doctor", RunDoctorAsync),
        ("trust", () => _home.Operations.ResetTrustAsync(_master.Fingerprint, Token)),
        ("join", JoinAsync),
    ];

    private WayOut Begin(string file, string damage)
    {
        _saved!.Restore();
        var path = PathOf(file);
        if (file is "state/apply.journal" or "state/apply.prepare")
        {
            File.Copy(Path.Join(_home.Folder, "journal"), path, overwrite: true);
        }

        Damage.Do(damage, path);
        return new WayOut(path,
        [
            ("sync --apply --adopt", () => SyncAsync(adopt: true)),
            ("follower join LINK", JoinAsync),
            ("codexport sync --apply", () => SyncAsync(adopt: false)),
            ("codexport sync", () => SyncAsync(adopt: false)),
            ("Move it away", () => MoveAwayAsync(path)),
            ("Correct", () => Put(file, path)),
            ("Write role", () => Put(file, path)),
            ("chmod", () => MakeReadable(path)),
            ("you may read it", () => MakeReadable(path)),
            ("Save the file as UTF-8", () => Put(file, path)),
        ]);
    }

    // A person corrects what they wrote themselves.
    private Task Put(string file, string path)
    {
        Assert.Contains(file, (string[])["local.toml", "mcps.local.toml"]);
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

    private Task<SyncResult> JoinAsync() => _home.Operations.JoinAsync(new JoinOptions(_master.Link, Apply: true, Adopt: true), Token);

    private Task<SyncResult> SyncAsync(bool adopt) => _home.Operations.SyncAsync(new SyncOptions(Apply: true, adopt), Token);

    private async Task RunDoctorAsync()
    {
        var report = await new Doctor(_home.Context, _home.Services).RunAsync(null, Token);
        Assert.DoesNotContain(report.Findings, finding => finding.Message.Contains("The check itself failed", StringComparison.Ordinal));
    }

    private string PathOf(string file)
    {
        var state = _home.Context.Home.StateFolder;
        return file switch
        {
            "state/revisions" => _home.Context.Home.RevisionFile(_master.Head.Revision),
            "objects/packs" => Directory.EnumerateFiles(Path.Join(state, "objects", "packs"), "*.pack").Order().Last(),
            "objects/index" => Directory.EnumerateFiles(Path.Join(state, "objects", "packs"), "*.idx").Order().Last(),
            "backups" => Directory.EnumerateFiles(Path.Join(state, "backups"), "manifest.json", SearchOption.AllDirectories).Order().Last(),
            _ => Path.Join(state, file),
        };
    }
}
