using System.Net;
using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;
using Codexport.Engine.ServiceSetup;

namespace Codexport.Server;

/// <summary>A server that tells its service manager when it is ready, that it is well, and that it ends.</summary>
/// <param name="server">The server.</param>
/// <param name="manager">The manager.</param>
/// <param name="time">The clock.</param>
internal sealed class SupervisedServer(MasterServer server, ServiceNotifier manager, TimeProvider time)
{
    /// <summary>Serves until it is told to stop.</summary>
    public async Task RunAsync(MasterServerOptions options, IServerEventSink sink, CancellationToken cancellationToken)
    {
        using var telling = cancellationToken.Register(() => manager.Stopping());
        using var ended = new CancellationTokenSource();
        var pinging = manager.WatchdogInterval is { } interval ? PingAsync(interval, options.Host, sink, cancellationToken, ended.Token) : Task.CompletedTask;
        try
        {
            await server.RunAsync(WithItself(options), new StatusSink(sink, manager), cancellationToken);
        }
        finally
        {
            await ended.CancelAsync();
            await pinging;
        }
    }

    // It looks at itself through its own address, and must not turn itself away.
    private static MasterServerOptions WithItself(MasterServerOptions options)
        => IPAddress.TryParse(options.Host, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) && !IPAddress.IsLoopback(address)
            ? options with { AllowedPeers = [.. options.AllowedPeers, options.Host] }
            : options;

    private async Task PingAsync(TimeSpan interval, string host, IServerEventSink sink, CancellationToken stopping, CancellationToken ended)
    {
        var health = new ServerHealth(server, host);
        var half = interval / 2;
        try
        {
            _ = await server.Started.WaitAsync(ended);
            while (true)
            {
                // While transfers run to their end, a closed port and a resting upkeep are as they should be.
                var trouble = stopping.IsCancellationRequested ? null : await health.FindTroubleAsync(half / 2, ended);
                if (trouble is null || stopping.IsCancellationRequested)
                {
                    manager.Alive();
                }
                else
                {
                    sink.Emit(new ServerWarning(time.GetUtcNow(), "Unhealthy", trouble));
                }

                await Task.Delay(trouble is null ? half : half / 4, time, ended);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or CodexportException)
        {
            // It ended, or never began; who runs the server hears of that.
            return;
        }
    }

    private sealed class StatusSink(IServerEventSink next, ServiceNotifier manager) : IServerEventSink
    {
        private string _place = string.Empty;

        public void Emit(ServerEvent happening)
        {
            switch (happening)
            {
                case ServerStarted started:
                    _place = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Serving on {started.Address} port {started.Port}");
                    manager.Ready(started.Revision is null ? $"{_place}, nothing published yet" : $"{_place}, revision {Short(started.Revision)}");
                    break;
                case RevisionPublished published:
                    manager.Status($"{_place}, revision {Short(published.Revision)}");
                    break;
            }

            next.Emit(happening);
        }

        private static string Short(string revision) => revision.Length > 12 ? revision[..12] : revision;
    }
}
