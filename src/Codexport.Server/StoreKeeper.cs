using Codexport.Engine.Master.Operations;
using Codexport.Engine.Protocol;
using Codexport.Engine.Publication;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Server;

/// <summary>
/// Keeps the stores of the settings up to date while the master serves: whenever another head is in force, other followers may read, or the
/// list of stores changed, and once an hour besides, so that what is no longer needed goes in its time. What fails is told once and tried
/// again, less and less often.
/// </summary>
internal sealed class StoreKeeper(ServerServices services, Func<PublishTarget, IRevisionStore>? open, ServedIdentity identity)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    private readonly Dictionary<PublishTarget, Standing> _standings = [];

    /// <summary>Runs until stopped; what is being uploaded then is broken off, which leaves the store as it was.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await KeepAllAsync(stopping);
                await Task.Delay(Tick, services.Engine.Time, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The server ends.
        }
    }

    private async Task KeepAllAsync(CancellationToken stopping)
    {
        var targets = services.Settings.Publish;
        foreach (var gone in _standings.Keys.Except(targets).ToList())
        {
            _standings.Remove(gone);
        }

        if (targets.Count == 0 || services.State.Head is null)
        {
            return;
        }

        // Stores are independent of each other: one that is slow or away keeps no other waiting.
        await Parallel.ForEachAsync(targets.Where(IsDue).ToList(), stopping, async (target, token) => await KeepAsync(target, token));
    }

    private bool IsDue(PublishTarget target)
    {
        var now = services.Engine.Time.GetUtcNow();
        return !_standings.TryGetValue(target, out var standing)
            || (now >= standing.NotBefore && (standing.Mark != Mark() || now - standing.At >= Every || now < standing.At));
    }

    private async Task KeepAsync(PublishTarget target, CancellationToken stopping)
    {
        var standing = StandingOf(target);
        var now = services.Engine.Time.GetUtcNow();
        try
        {
            var result = (await new MasterOperations(services.Engine).PublishAsync([target], open, takeOver: false, stopping))[0];
            if (result.Status == PublicationStatus.Published)
            {
                services.Log.Tell(new RevisionStored(services.Log.Now, target.Target, result.Revision, result.ObjectsUploaded, result.BytesUploaded));
            }

            // A publication may have signed another head, which is in the store already.
            services.State.Refresh();
            Note(target, standing with { Mark = Mark(), At = now, Failures = 0, NotBefore = default, Told = null });
        }
        catch (Exception error) when (error is not (OperationCanceledException or OutOfMemoryException) || !stopping.IsCancellationRequested)
        {
            if (standing.Told != error.Message)
            {
                services.Log.Failed($"Publishing to '{target.Target}'", error);
            }

            var pause = FirstPause * Math.Pow(2, Math.Min(standing.Failures, 6));
            Note(target, standing with { Failures = standing.Failures + 1, NotBefore = now + (pause < LongestPause ? pause : LongestPause), Told = error.Message });
        }
    }

    private Standing StandingOf(PublishTarget target)
    {
        lock (_standings)
        {
            return _standings.GetValueOrDefault(target) ?? new Standing();
        }
    }

    private void Note(PublishTarget target, Standing standing)
    {
        lock (_standings)
        {
            _standings[target] = standing;
        }
    }

    private string Mark() => $"{services.State.Head?.Head.Sequence} {services.Followers.KeyMark()} {identity.Current.Fingerprint}";

    private sealed record Standing
    {
        public string? Mark { get; init; }

        public DateTimeOffset At { get; init; }

        public int Failures { get; init; }

        public DateTimeOffset NotBefore { get; init; }

        public string? Told { get; init; }
    }
}
