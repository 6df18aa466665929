using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Building;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;

namespace Codexport.Engine.Master.Watching;

/// <summary>
/// Rebuilds for a process that watches the home: remembers the last scan, so that a saved file is published without looking at all the
/// others, and tidies up once changes pause.
/// </summary>
public sealed class ContinuousRebuilder : IAsyncDisposable
{
    private static readonly TimeSpan LastTidying = TimeSpan.FromSeconds(2);

    private readonly MasterRebuilder _rebuilder;
    private readonly TimeProvider _time;
    private readonly BuildMemory _memory = new();
    private CancellationTokenSource _calmEnded = new();
    private Task _tidying = Task.CompletedTask;
    private bool _isTidyDue;

    /// <summary>Rebuilds the home of <paramref name="context"/>.</summary>
    public ContinuousRebuilder(EngineContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _rebuilder = new MasterRebuilder(context) { Memory = _memory };
        _time = context.Time;
    }

    /// <summary>How long it is quiet before what is no longer needed is cleared away.</summary>
    public TimeSpan Calm { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Takes what was published, right after its head is in force.</summary>
    public Action<Sha256Hash, RevisionDocument>? Published { get; init; }

    /// <summary>Takes failures of clearing away; they are tried again after the next rebuild.</summary>
    public Action<Exception>? TidyingFailed { get; init; }

    /// <summary>Where the files lie that the last rebuild met while they were changing: they must be looked at again soon.</summary>
    public IReadOnlyList<string> Restless => _rebuilder.Restless;

    /// <summary>Rebuilds, and publishes when something changed. Never called twice at once.</summary>
    /// <param name="changes">What changed since the last call.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.DeletionsHeld"/>, <see cref="ErrorCode.FindingsHeld"/>, and whatever keeps the last good revision in service.</exception>
    public async Task<RebuildResult> RunAsync(HomeChanges changes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        await StopTidyingAsync();
        try
        {
            var result = await _rebuilder.RunAsync(RebuildOptions.None, changes, cancellationToken);
            if (result.Status == RebuildStatus.Published && _rebuilder.LastPublished is { } last)
            {
                _isTidyDue = true;
                Published?.Invoke(last.Revision, last.Document);
            }

            return result.Status == RebuildStatus.Held ? throw PublicationDecision.HeldError(result) : result;
        }
        finally
        {
            if (_isTidyDue)
            {
                _tidying = TidyAsync(Calm, _calmEnded.Token);
            }
        }
    }

    /// <summary>Ends what is going on, and clears away what is due if that is quickly done.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopTidyingAsync();
        if (_isTidyDue)
        {
            _calmEnded.CancelAfter(LastTidying);
            await TidyAsync(TimeSpan.Zero, _calmEnded.Token);
        }

        _calmEnded.Dispose();
    }

    private async Task TidyAsync(TimeSpan calm, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(calm, _time, cancellationToken);
            await Task.Run(() => _rebuilder.TidyAsync(cancellationToken), cancellationToken);
            _isTidyDue = false;
        }
        catch (OperationCanceledException)
        {
            // The next change is more important.
        }
        catch (Exception error) when (error is CodexportException or IOException or UnauthorizedAccessException)
        {
            TidyingFailed?.Invoke(error);
        }
    }

    private async Task StopTidyingAsync()
    {
        await _calmEnded.CancelAsync();
        await _tidying;
        _calmEnded.Dispose();
        _calmEnded = new CancellationTokenSource();
    }
}
