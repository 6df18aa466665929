using Codexport.Engine.Protocol;
using Codexport.Server;

namespace Codexport.Tests.Serving;

/// <summary>Keeps what a server told, and waits for what it is about to tell.</summary>
internal sealed class EventRecorder : IServerEventSink
{
    private readonly Lock _gate = new();
    private readonly List<ServerEvent> _events = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<ServerEvent> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    public void Emit(ServerEvent happening)
    {
        lock (_gate)
        {
            _events.Add(happening);
            _changed.TrySetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public async Task<T> WaitAsync<T>(Func<T, bool> matches, CancellationToken cancellationToken)
        where T : ServerEvent
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_events.OfType<T>().FirstOrDefault(matches) is { } found)
                {
                    return found;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(deadline.Token);
        }
    }

    public Task<T> WaitAsync<T>(CancellationToken cancellationToken)
        where T : ServerEvent => WaitAsync<T>(_ => true, cancellationToken);
}
