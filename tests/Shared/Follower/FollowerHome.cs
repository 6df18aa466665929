using System.Globalization;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Follower.Sync;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Follower;

/// <summary>A follower's home in a temporary folder, with the real disk and the real network below it.</summary>
public sealed class FollowerHome : IDisposable
{
    private const string UsualTimeouts = "connect = 5\nidle = 5\nquick = 5\n";

    /// <summary>What a refused sync may change: the record of the contact, verified contents, the mark of a genuine head.</summary>
    public static readonly string[] OwnRecords =
        [".codexport/state/contact.json", ".codexport/state/follower.lock", ".codexport/objects", ".codexport/state/head.json", ".codexport/log"];

    /// <summary>How long a test waits for what ends by itself: far longer than that takes on a busy machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder;
    private readonly Limits _limits;

    /// <summary>Makes one.</summary>
    /// <param name="limits">Other limits than the usual ones.</param>
    /// <param name="timeouts">Other timeouts than the usual ones.</param>
    /// <param name="folder">Where, when not in an ordinary folder; owned from now on.</param>
    /// <param name="files">The disk, when not the machine's own.</param>
    public FollowerHome(Limits? limits = null, string timeouts = UsualTimeouts, TemporaryFolder? folder = null, IFileSystem? files = null)
    {
        _folder = folder ?? new TemporaryFolder();
        _limits = limits ?? Limits.Default;
        Context = new EngineContext(
            new CodexportHome(_folder.Path, Path.Join(_folder.Path, ".codex")), files ?? new UnsyncedFileSystem(), Time)
        {
            Environment = _ => null,
        };
        Directory.CreateDirectory(Path.Join(_folder.Path, ".codex"));
        File.WriteAllText(Path.Join(_folder.Path, ".codex", "history.jsonl"), "the person's own");
        Directory.CreateDirectory(Path.Join(_folder.Path, ".codexport"));
        File.WriteAllText(Path.Join(_folder.Path, ".codexport", "local.toml"), "[timeouts]\n" + timeouts);
        Services = new FollowerServices { Limits = _limits, MachineName = "box" };
    }

    public SettableTime Time { get; } = new();

    public EngineContext Context { get; }

    public FollowerOperations Operations => new(Context, Services);

    internal FollowerServices Services { get; set; }

    public string Folder => _folder.Path;

    /// <summary>Timeouts of which only that of the quick sync can come about in a test.</summary>
    public static string OnlyQuickDeadline(int seconds) => string.Create(CultureInfo.InvariantCulture, $"connect = 3600\nidle = 3600\nquick = {seconds}\n");

    /// <summary>Puts these in the place of the usual ones.</summary>
    public void LeaveOnlyQuickDeadline(int seconds)
    {
        var text = File.ReadAllText(Context.Home.SettingsFile);
        Assert.Contains(UsualTimeouts, text, StringComparison.Ordinal);
        File.WriteAllText(Context.Home.SettingsFile, text.Replace(UsualTimeouts, OnlyQuickDeadline(seconds), StringComparison.Ordinal));
    }

    public string Read(string path) => File.ReadAllText(Path.Join(Context.Home.CodexFolder, path));

    public bool Has(string path) => File.Exists(Path.Join(Context.Home.CodexFolder, path));

    public HomeSnapshot Snapshot() => HomeSnapshot.Of(Folder);

    public Task<SyncResult> JoinAsync(SimulatedMaster master)
        => Operations.JoinAsync(new JoinOptions(master.Link, Apply: true, Adopt: false), TestContext.Current.CancellationToken);

    public Task<SyncResult> SyncAsync(bool apply = true)
        => Operations.SyncAsync(new SyncOptions(apply), TestContext.Current.CancellationToken);

    /// <summary>The code of the error that a sync is refused with, out of reach included.</summary>
    public async Task<ErrorCode> RefusedSyncAsync()
    {
        try
        {
            var result = await SyncAsync();
            Assert.Equal(SyncStatus.Offline, result.Status);
            return Enum.Parse<ErrorCode>(ContactRecord.Read(Context).LastError!);
        }
        catch (CodexportException error)
        {
            Assert.NotEmpty(error.Remedy);
            Assert.DoesNotContain(error.Message, char.IsControl);
            return error.Code;
        }
    }

    public void Dispose() => _folder.Dispose();
}
