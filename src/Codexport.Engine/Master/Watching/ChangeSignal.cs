using Codexport.Engine.Master.Building;

namespace Codexport.Engine.Master.Watching;

/// <summary>Collects changes until whoever waits takes them, all at once.</summary>
internal sealed class ChangeSignal
{
    // From so many on, looking through everything is as quick.
    private const int Most = 1000;

    private readonly Lock _gate = new();
    private HashSet<HomeChange> _changes = [];
    private bool _isEverything;
    private TaskCompletionSource _set = NewSource();

    /// <summary>How many entries changed so far; <see cref="int.MaxValue"/> when there are too many to name.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _isEverything ? int.MaxValue : _changes.Count;
            }
        }
    }

    /// <summary>Something changed.</summary>
    public void Set(HomeChange change)
    {
        lock (_gate)
        {
            if (_isEverything || change.Path is null || _changes.Count >= Most)
            {
                _isEverything = true;
                _changes.Clear();
            }
            else
            {
                _changes.Add(change);
            }

            _set.TrySetResult();
        }
    }

    /// <summary>Takes what changed so far; who waits next waits for what comes after it.</summary>
    public HomeChanges Take()
    {
        lock (_gate)
        {
            var changes = _isEverything ? HomeChanges.Everything : HomeChanges.Of(_changes);
            _changes = [];
            _isEverything = false;
            if (_set.Task.IsCompleted)
            {
                _set = NewSource();
            }

            return changes;
        }
    }

    /// <summary>Waits for a change; <see cref="Take"/> tells which.</summary>
    /// <returns>False when the time was up first.</returns>
    public async Task<bool> WaitAsync(TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        Task change;
        lock (_gate)
        {
            change = _set.Task;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(change, Task.Delay(timeout, time, ended.Token));
        await ended.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (!_set.Task.IsCompleted)
            {
                return false;
            }

            _set = NewSource();
            return true;
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
