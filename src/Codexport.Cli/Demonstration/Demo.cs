using System.Diagnostics;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Server;

namespace Codexport.Cli.Demonstration;

/// <summary>
/// A real replication between two throw-away homes: the server as it is, on a free port of this machine, real TLS, the watcher, and a
/// comparison of what arrived, byte by byte. Whatever does not hold ends it with an error.
/// </summary>
internal sealed class Demo : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("codexport-demo-").FullName;
    private readonly List<DemoStep> _steps = [];
    private readonly CancellationTokenSource _stopServer = new();
    private readonly DemoEvents _events = new();
    private readonly EngineContext _master;
    private readonly EngineContext _follower;
    private Task _server = Task.CompletedTask;

    /// <summary>Makes the homes.</summary>
    /// <param name="surroundings">Gives the disk and the clock; its home is not touched.</param>
    public Demo(EngineContext surroundings)
    {
        _master = surroundings with { Home = HomeBelow("master"), Progress = null };
        _follower = surroundings with { Home = HomeBelow("follower"), Progress = null };
    }

    /// <summary>Runs all steps.</summary>
    /// <exception cref="CodexportException">Something did not hold.</exception>
    public async Task<IReadOnlyList<DemoStep>> RunAsync(CancellationToken cancellationToken)
    {
        DemoHomes.WriteMaster(_master.Home);
        DemoHomes.WriteFollower(_follower.Home);
        var masterOperations = new MasterOperations(_master);
        var followerOperations = new FollowerOperations(_follower);

        var init = await MeasureAsync(
            "master: identity and first revision", () => masterOperations.InitializeAsync(port: null, cancellationToken),
            result => (result.Files, result.Bytes));
        var started = await MeasureAsync("master: serving on loopback", () => StartServerAsync(cancellationToken), _ => (0, 0));
        var link = await masterOperations.CreateJoinLinkAsync("127.0.0.1", started.Port, renewInvite: false, cancellationToken);
        var join = await MeasureAsync(
            "follower: join, verify and apply",
            () => followerOperations.JoinAsync(new JoinOptions(JoinLink.Parse(link.JoinLink), Apply: true, Adopt: false), cancellationToken),
            result => (result.FilesWritten, result.BytesDownloaded));
        Require(join.Status == SyncStatus.Applied && join.Revision == init.Revision, "the follower did not apply the master's revision");
        DemoHomes.RequireSame(_master.Home, _follower.Home);

        var unchanged = await MeasureAsync(
            "follower: sync, nothing changed", () => SyncAsync(followerOperations, cancellationToken),
            result => (result.FilesWritten, result.BytesDownloaded));
        Require(unchanged.Status == SyncStatus.Current && unchanged.FilesWritten == 0, "a sync without a change wrote something");

        var changedFiles = 0;
        var published = await MeasureAsync(
            "master: two files changed, one removed; published by the watcher",
            () =>
            {
                changedFiles = DemoHomes.Change(_master.Home);
                return _events.NextRevisionAsync(init.Revision, cancellationToken);
            },
            _ => (changedFiles, 0));
        var second = await MeasureAsync(
            "follower: second sync", () => SyncAsync(followerOperations, cancellationToken),
            result => (result.FilesWritten + result.FilesDeleted, result.BytesDownloaded));
        Require(second.Status == SyncStatus.Applied && second.Revision == published.Revision, "the change did not arrive");
        Require(second.BytesDownloaded < join.BytesDownloaded, "the second sync fetched more than what changed");

        await MeasureAsync(
            "both homes compared byte by byte", () => Task.FromResult(DemoHomes.RequireSame(_master.Home, _follower.Home)),
            compared => (compared.Files, compared.Bytes));
        await StopServerAsync();
        return _steps;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopServerAsync();
        _stopServer.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    /// <summary>Ends the demo where something is not as it must be.</summary>
    internal static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new CodexportException(
                ErrorCode.InternalError, $"The demo did not hold: {otherwise}.", "Report it with the output of 'codexport demo --json'.");
        }
    }

    private static Task<SyncResult> SyncAsync(FollowerOperations follower, CancellationToken cancellationToken)
        => follower.SyncAsync(new SyncOptions(Apply: true), cancellationToken);

    private async Task<ServerStarted> StartServerAsync(CancellationToken cancellationToken)
    {
        var options = new MasterServerOptions("127.0.0.1", Port: 0, AllowedPeers: [], NoWatch: false);
        _server = new MasterServer(_master).RunAsync(options, _events, _stopServer.Token);
        var started = _events.Started.WaitAsync(cancellationToken);
        // A server that cannot start says why; waiting for its first event would hide it.
        await await Task.WhenAny(started, _server);
        return await started;
    }

    private async Task StopServerAsync()
    {
        await _stopServer.CancelAsync();
        var server = _server;
        _server = Task.CompletedTask;
        await server;
    }

    private async Task<T> MeasureAsync<T>(string name, Func<Task<T>> step, Func<T, (int Files, long Bytes)> figures)
    {
        var start = Stopwatch.GetTimestamp();
        var result = await step();
        var (files, bytes) = figures(result);
        _steps.Add(new DemoStep(name, files, bytes, (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds));
        return result;
    }

    private CodexportHome HomeBelow(string name)
    {
        var home = Path.Combine(_root, name);
        return new CodexportHome(home, Path.Combine(home, ".codex"));
    }
}
