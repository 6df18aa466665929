using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Watching;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;

namespace Codexport.Server;

/// <summary>Rebuilds when the Codex home changes, and tells each thing that a person should know once, until it is something else.</summary>
internal sealed class HomeWatch(EngineContext context, ServerLog log, Action<Sha256Hash, RevisionDocument> published)
{
    private HashSet<string> _told = new(StringComparer.Ordinal);
    private bool _isPolling;
    private (string Revision, int Changes)? _waiting;

    /// <summary>Watches until stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        await using var rebuilder = new ContinuousRebuilder(context)
        {
            Published = published,
            TidyingFailed = error => log.Failed("Clearing away old revisions", error),
        };
        var watcher = new MasterWatcher(context) { Report = Report };
        await watcher.RunAsync(
            async (changes, token) =>
            {
                var result = await rebuilder.RunAsync(changes, token);
                watcher.LookAgain(rebuilder.Restless);
                Tell("Rebuild", result.Warnings);
                TellWaiting(result);
            },
            stopping);
    }

    private void TellWaiting(RebuildResult result)
    {
        var before = _waiting;
        _waiting = result.Status == RebuildStatus.Waiting ? (result.Revision, result.Added.Count + result.Changed.Count + result.Removed.Count) : null;
        if (_waiting is var (revision, changes) && _waiting != before)
        {
            log.Tell(new ChangesWaiting(log.Now, revision, changes));
        }
    }

    private void Report(WatchEvent happening)
    {
        switch (happening)
        {
            case { Kind: WatchEventKind.Polling, Error: var cause }:
                _isPolling = true;
                var (code, remedy) = cause is CodexportException known ? (known.Code, " " + known.Remedy) : (ErrorCode.FileUnreadable, string.Empty);
                log.Tell(new ServerWarning(log.Now, code.ToString(), happening.Message + remedy));
                return;
            case { Kind: WatchEventKind.Watching }:
                if (_isPolling)
                {
                    _isPolling = false;
                    log.Tell(new HomeWatched(log.Now));
                }

                return;
            case { Error: CodexportException { Code: ErrorCode.HomeNotFound } }:
                // The watcher says so too, and what it does then.
                return;
            case { Error: CodexportException { Code: ErrorCode.Busy } }:
                // Somebody rebuilds by hand; the next look comes within a minute.
                return;
            case { Error: CodexportException error }:
                Tell(error.Code.ToString(), [$"{error.Message} {error.Remedy}"]);
                return;
            case { Error: not null }:
                Tell(ErrorCode.FileUnreadable.ToString(), [happening.Message]);
                return;
        }
    }

    private void Tell(string code, IReadOnlyList<string> messages)
    {
        var before = _told;
        _told = [.. messages];
        foreach (var message in messages.Where(message => !before.Contains(message)))
        {
            log.Tell(new ServerWarning(log.Now, code, message));
        }
    }
}
