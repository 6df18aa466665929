using Codexport.Engine.Protocol;
using Codexport.Server;

namespace Codexport.Cli.Demonstration;

/// <summary>Waits for what the server tells.</summary>
internal sealed class DemoEvents : IServerEventSink
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<ServerStarted> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<RevisionPublished> _published = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when the server listens.</summary>
    public Task<ServerStarted> Started => _started.Task;

    /// <inheritdoc/>
    public void Emit(ServerEvent happening)
    {
        switch (happening)
        {
            case ServerStarted started:
                _started.TrySetResult(started);
                break;
            case RevisionPublished published:
                lock (_lock)
                {
                    _published.Add(published);
                    _more.TrySetResult();
                    _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }

                break;
            default:
                break;
        }
    }

    /// <summary>Waits until another revision than <paramref name="known"/> is in service.</summary>
    public async Task<RevisionPublished> NextRevisionAsync(string known, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task more;
            lock (_lock)
            {
                if (_published.Find(published => published.Revision != known) is { } found)
                {
                    return found;
                }

                more = _more.Task;
            }

            await more.WaitAsync(cancellationToken);
        }
    }
}
