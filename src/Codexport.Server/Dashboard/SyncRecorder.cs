using Codexport.Engine.Errors;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Protocol;

namespace Codexport.Server.Dashboard;

/// <summary>Keeps the history of syncs from what the server tells, and passes everything on.</summary>
internal sealed class SyncRecorder(IServerEventSink next, SyncHistory history, FollowerRegistry followers, TimeProvider time) : IServerEventSink
{
    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Revision, long Bytes)> _sent = new(StringComparer.Ordinal);

    /// <summary>Raised for everything that happened.</summary>
    public event Action<ServerEvent>? Happened;

    /// <inheritdoc/>
    public void Emit(ServerEvent happening)
    {
        switch (happening)
        {
            case FollowerSynced it:
                lock (_gate)
                {
                    _sent[it.Id] = (it.Revision, it.Bytes);
                }

                break;
            case FollowerApplied it:
                history.Note(it.Id, it.Revision, TakeBytes(it.Id, it.Revision), error: null);
                break;
            case FollowerFailed it:
                history.Note(it.Id, revision: null, bytes: 0, it.Code);
                break;
        }

        next.Emit(happening);
        Happened?.Invoke(happening);
    }

    /// <summary>Writes the history from time to time, and at the end.</summary>
    public async Task RunAsync(ServerLog log, CancellationToken stopping)
    {
        var isStopping = false;
        while (!isStopping)
        {
            try
            {
                await Task.Delay(WriteEvery, time, stopping);
            }
            catch (OperationCanceledException)
            {
                isStopping = true;
            }

            Write(log);
        }
    }

    private void Write(ServerLog log)
    {
        try
        {
            history.Flush([.. followers.List().Select(follower => follower.Id)]);
        }
        catch (CodexportException error)
        {
            log.Failed("Writing the history of syncs", error);
        }
    }

    private long TakeBytes(string id, string revision)
    {
        lock (_gate)
        {
            return _sent.Remove(id, out var sent) && sent.Revision == revision ? sent.Bytes : 0;
        }
    }
}
