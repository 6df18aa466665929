using Codexport.Engine.Errors;
using Codexport.Engine.Results;

namespace Codexport.Server.Dashboard;

/// <summary>How the last look at the Codex home ended: what the master holds back, and why.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Result">What a rebuild gave; null when it failed.</param>
/// <param name="Failure">Why it failed; null when it did not.</param>
internal sealed record PublicationState(DateTimeOffset At, RebuildResult? Result, CodexportException? Failure)
{
    /// <summary>Whether something waits for a person.</summary>
    public bool IsHeld => Result is { Status: RebuildStatus.Held } || Failure is { Code: ErrorCode.DeletionsHeld or ErrorCode.FindingsHeld };

    /// <summary>Whether it is sound, and a person has to let it go.</summary>
    public bool IsWaiting => Result is { Status: RebuildStatus.Waiting };

    /// <summary>Why nothing was published, as whole sentences; null when all is published.</summary>
    public string? Reason => Failure?.Message ?? (IsHeld ? Result!.Warnings[^1] : IsWaiting ? "What you saved waits until you let it go." : null);
}

/// <summary>The last look's outcome, told by whoever looks and read by whoever shows it.</summary>
internal sealed class PublicationBoard(TimeProvider time)
{
    private PublicationState? _state;

    /// <summary>Raised when another outcome is shown.</summary>
    public event Action? Changed;

    /// <summary>The outcome; null before the first look.</summary>
    public PublicationState? State => Volatile.Read(ref _state);

    /// <summary>Shows what a rebuild gave.</summary>
    public void Show(RebuildResult result) => Show(new PublicationState(time.GetUtcNow(), result, null));

    /// <summary>Shows why a rebuild failed; that somebody else rebuilds at the moment is none.</summary>
    public void Show(CodexportException failure)
    {
        // What the watcher found to be held back says more than the refusal to publish it.
        if (failure.Code != ErrorCode.Busy && !(failure.Code is ErrorCode.DeletionsHeld or ErrorCode.FindingsHeld && State is { Result: not null, IsHeld: true }))
        {
            Show(new PublicationState(time.GetUtcNow(), null, failure));
        }
    }

    private void Show(PublicationState state)
    {
        var before = Interlocked.Exchange(ref _state, state);
        if (before?.Failure?.Message != state.Failure?.Message || before?.Result?.Status != state.Result?.Status
            || !(before?.Result?.Warnings ?? []).SequenceEqual(state.Result?.Warnings ?? [])
            || !(before?.Result?.Findings ?? []).SequenceEqual(state.Result?.Findings ?? []))
        {
            Changed?.Invoke();
        }
    }
}
