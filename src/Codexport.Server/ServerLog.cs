using System.Collections.Concurrent;
using System.Net;
using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;

namespace Codexport.Server;

/// <summary>Puts times on events and holds back repeated ones, so that nobody can fill the log.</summary>
internal sealed class ServerLog(IServerEventSink sink, TimeProvider time, PeerBook peers)
{
    private const int MaxRemembered = 1000;
    private const long Minute = 60_000;

    private readonly ConcurrentDictionary<IPAddress, long> _strangers = new();
    private readonly ConcurrentDictionary<string, long> _failures = new(StringComparer.Ordinal);

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

    /// <summary>Tells that an address may not speak to the master, unless it was told a moment ago or there are very many of them.</summary>
    public void RefusedStranger(IPAddress address)
    {
        if (IsNews(_strangers, address))
        {
            sink.Emit(new PeerRefused(Now, ErrorCode.PeerRefused.ToString(), address.ToString()));
        }
    }

    /// <summary>
    /// Tells a failure that the server survives, the same one once a minute. Of errors that are not ours only the kind: their text may hold
    /// anything.
    /// </summary>
    public void Failed(string doing, Exception error)
    {
        var warning = error is CodexportException ours
            ? new ServerWarning(Now, ours.Code.ToString(), $"{ours.Message} {ours.Remedy}")
            : new ServerWarning(Now, ErrorCode.InternalError.ToString(), $"{doing} failed: {error.GetType().Name}.");
        if (IsNews(_failures, warning.Message))
        {
            sink.Emit(warning);
        }
    }

    private bool IsNews<T>(ConcurrentDictionary<T, long> told, T what)
        where T : notnull
    {
        var now = peers.Now;
        if (told.TryGetValue(what, out var last) && now - last < Minute)
        {
            return false;
        }

        if (told.Count >= MaxRemembered)
        {
            foreach (var (key, at) in told)
            {
                if (now - at >= Minute)
                {
                    told.TryRemove(key, out _);
                }
            }
        }

        if (told.Count >= MaxRemembered)
        {
            return false;
        }

        told[what] = now;
        return true;
    }
}
