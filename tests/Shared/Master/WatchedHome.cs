using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Codexport.Engine.Content;
using Codexport.Engine.Master.Watching;
using Codexport.Engine.Protocol;

namespace Codexport.Tests.Master;

/// <summary>A master's home under the real watcher, with everything that it publishes.</summary>
internal sealed class WatchedHome : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _isWatched = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;
    private int _rebuilds;

    public MasterHome Home { get; } = new();

    public ConcurrentQueue<RevisionDocument> Published { get; } = [];

    public ConcurrentQueue<WatchEvent> Events { get; } = [];

    public int Rebuilds => Volatile.Read(ref _rebuilds);

    /// <summary>Begins to watch what is there.</summary>
    public async Task StartAsync(MasterWatcher? watcher = null)
    {
        await Home.InitializeAsync();
        watcher ??= new MasterWatcher(Home.Context);
        watcher.Report = happening =>
        {
            Events.Enqueue(happening);
            if (happening.Kind is WatchEventKind.Watching or WatchEventKind.Polling)
            {
                _isWatched.TrySetResult();
            }
        };
        _running = Task.Run(async () =>
        {
            await using var rebuilder = new ContinuousRebuilder(Home.Context) { Published = (_, document) => Published.Enqueue(document) };
            await watcher.RunAsync(
                async (changes, token) =>
                {
                    Interlocked.Increment(ref _rebuilds);
                    await rebuilder.RunAsync(changes, token);
                    watcher.LookAgain(rebuilder.Restless);
                },
                _end.Token);
        });
        await _isWatched.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    /// <summary>The text that the newest revision has at a path; null when it has none.</summary>
    public string? Text(string path) => Newest() is { } document ? Text(document, path) : null;

    public string? Text(RevisionDocument document, string path)
    {
        if (document.Files.FirstOrDefault(file => file.Path == path) is not { } found)
        {
            return null;
        }

        using var reader = new StreamReader(new ObjectStore(Home.Context.Files, Home.Context.Home.ObjectsFolder).OpenRead(found.Hash), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>Waits until the newest revision has this text at a path; null for no such file.</summary>
    public Task UntilAsync(string path, string? text) => UntilAsync(() => Text(path) == text, $"'{path}' is '{Text(path)}'.");

    public async Task UntilAsync(Func<bool> holds, string otherwise)
    {
        var watch = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(watch.Elapsed < Patience, $"{otherwise} {string.Join(' ', Events.Select(item => item.Message))}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        _end.Dispose();
        Home.Dispose();
    }

    private RevisionDocument? Newest()
        => Published.LastOrDefault() ?? (Home.Revisions.ReadIndex().Newest is { } newest ? Home.Published(newest.Revision.ToString()) : null);
}
