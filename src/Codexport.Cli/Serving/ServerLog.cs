using Codexport.Engine;

namespace Codexport.Cli.Serving;

/// <summary>Puts times on events and holds back repeated ones.</summary>
internal sealed class ServerLog(IServerEventSink sink, TimeProvider time, PeerBook peers)
{
    /// <summary>The time for an event.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Tells an event.</summary>
    public void Tell(ServerEvent happening) => sink.Emit(happening);

    /// <summary>Tells that a peer was refused, unless it was told a moment ago.</summary>
    public void Refused(Peer peer, ErrorCode reason)
    {
        if (peer.IsWorthTelling(reason.ToString(), peers.Now))
        {
            sink.Emit(new PeerRefused(Now, reason.ToString(), peer.Address));
        }
    }

    /// <summary>Tells a failure that the server survives. Of errors that are not ours only the kind: their text may hold anything.</summary>
    public void Failed(string doing, Exception error) => sink.Emit(error is CodexportException ours
        ? new ServerWarning(Now, ours.Code.ToString(), $"{ours.Message} {ours.Remedy}")
        : new ServerWarning(Now, ErrorCode.InternalError.ToString(), $"{doing} failed: {error.GetType().Name}."));
}
