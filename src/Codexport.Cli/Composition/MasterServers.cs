using Codexport.Cli.Serving;
using Codexport.Engine;
using Codexport.Engine.Master;

namespace Codexport.Cli.Composition;

/// <summary>Puts the server together with the watcher that publishes what is saved.</summary>
internal static class MasterServers
{
    /// <summary>A server for the home; not started yet.</summary>
    /// <param name="context">The home.</param>
    /// <param name="sink">Where the watcher's failures are told.</param>
    public static MasterServer Create(EngineContext context, IServerEventSink sink)
    {
        var operations = new MasterOperations(context);
        MasterServer server = null!;
        var watcher = new MasterWatcher(context) { Report = happening => Tell(context, sink, happening) };
        server = new MasterServer(context)
        {
            Watch = cancellationToken => watcher.RunAsync(
                async token =>
                {
                    var result = await operations.RebuildAsync(acceptDeletions: false, token);
                    server.Refresh();
                    foreach (var warning in result.Status == "current" ? [] : result.Warnings)
                    {
                        sink.Emit(new ServerWarning(context.Time.GetUtcNow(), result.Status, warning));
                    }
                },
                cancellationToken),
        };
        return server;
    }

    private static void Tell(EngineContext context, IServerEventSink sink, WatchEvent happening)
    {
        if (happening.Kind is WatchEventKind.Failed or WatchEventKind.Polling)
        {
            var code = (happening.Error as CodexportException)?.Code ?? ErrorCode.InternalError;
            sink.Emit(new ServerWarning(context.Time.GetUtcNow(), code.ToString(), happening.Message));
        }
    }
}
