using System.Net;
using System.Net.Sockets;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Followers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Codexport.Server;

/// <summary>Kestrel on one port that speaks TLS with the master's key and, to those who come without, plain HTTP.</summary>
internal sealed class KestrelHost(ServedIdentity identity, ConnectionGate gate, RequestPipeline pipeline, ServerLimits limits) : IAsyncDisposable
{
    // A line ends in CRLF. Who takes a bare LF as well reads other requests out of the same bytes than who does not.
    private const string StrictLineEnds = "Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators";

    private WebApplication? _application;
    private bool _isListening;

    /// <summary>Begins to listen.</summary>
    /// <returns>The port.</returns>
    /// <exception cref="CodexportException"><see cref="ErrorCode.ListenFailed"/>.</exception>
    public async Task<int> StartAsync(string host, int port, CancellationToken cancellationToken)
    {
        var address = await ResolveAsync(host, cancellationToken);
        AppContext.SetSwitch(StrictLineEnds, true);

        // Empty: no configuration from files or the environment, no console log, nothing in the pipeline but what is named here.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            SetLimits(options.Limits);
            options.Listen(new IPEndPoint(address, port), Configure);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        _application = builder.Build();
        pipeline.Build(_application);
        try
        {
            await _application.StartAsync(cancellationToken);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            throw ListenFailed(host, port, error);
        }

        _isListening = true;
        return new Uri(_application.Urls.First()).Port;
    }

    /// <summary>Stops listening, lets running answers end, and breaks off those that take too long.</summary>
    /// <param name="endNow">Breaks them off at once.</param>
    public async Task StopAsync(CancellationToken endNow)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(endNow);
        deadline.CancelAfter(limits.StopTimeout);
        if (_isListening)
        {
            await _application!.StopAsync(deadline.Token);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_application is not null)
        {
            await _application.DisposeAsync();
        }
    }

    private void Configure(ListenOptions options)
    {
        ConnectionDelegate plain = null!;
        options.Protocols = HttpProtocols.Http1;
        options.Use(next => connection => gate.HandleAsync(connection, next, plain));
        options.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => ValueTask.FromResult(identity.Handshake),
            HandshakeTimeout = limits.HandshakeTimeout,
        });

        // Added behind TLS, so what comes next here is HTTP itself: the way for connections that came without.
        options.Use(next => plain = next);
    }

    private void SetLimits(KestrelServerLimits kestrel)
    {
        kestrel.MaxRequestHeadersTotalSize = limits.MaxHeaderSize;
        kestrel.MaxRequestLineSize = Math.Min(limits.MaxHeaderSize, 2048);
        kestrel.MaxRequestHeaderCount = 64;
        kestrel.MaxRequestBodySize = limits.MaxBodySize;
        kestrel.MaxRequestBufferSize = Math.Max(limits.MaxHeaderSize, limits.MaxBodySize) * 2;
        kestrel.MaxResponseBufferSize = 32 * 1024;
        kestrel.RequestHeadersTimeout = limits.HeaderTimeout;
        kestrel.KeepAliveTimeout = limits.IdleTimeout;
        kestrel.MinRequestBodyDataRate = new MinDataRate(limits.MinDataRate, limits.DataRateGrace);
        kestrel.MinResponseDataRate = new MinDataRate(limits.MinDataRate, limits.DataRateGrace);
    }

    private static async Task<IPAddress> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        var name = host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host;
        if (IPAddress.TryParse(name, out var address))
        {
            return address;
        }

        try
        {
            var found = await Dns.GetHostAddressesAsync(name, cancellationToken);
            return found.FirstOrDefault(item => item.AddressFamily == AddressFamily.InterNetwork) ?? found[0];
        }
        catch (Exception error) when (error is SocketException or ArgumentException or IndexOutOfRangeException)
        {
            throw new CodexportException(
                ErrorCode.ListenFailed,
                $"The host '{NetworkText.Clean(host, 80)}' to listen on is neither an address nor a name that this machine knows.",
                "Use an address of this machine, or 0.0.0.0 for all of them.",
                host,
                error);
        }
    }

    private static CodexportException ListenFailed(string host, int port, Exception error)
    {
        var cause = error as SocketException ?? error.InnerException as SocketException ?? error.InnerException?.InnerException as SocketException;
        var isInUse = error.InnerException is AddressInUseException || cause?.SocketErrorCode == SocketError.AddressAlreadyInUse;
        var (what, remedy) = isInUse
            ? ("another program listens there already", "Stop that program ('codexport status' tells whether it is a master), or choose another port with --port.")
            : cause?.SocketErrorCode switch
            {
                SocketError.AccessDenied => ("this user may not", "Choose a port from 1024 on with --port."),
                SocketError.AddressNotAvailable => ("this machine does not have that address", "Use an address of this machine with --host, or 0.0.0.0 for all of them."),
                _ => (error.Message.TrimEnd('.'), "Choose another address with --host or another port with --port."),
            };
        return new CodexportException(
            ErrorCode.ListenFailed, $"The master cannot listen on {host} port {port}: {what}.", remedy, $"{host}:{port}", error);
    }

    /// <summary>Leaves signals to whoever runs the server: it may be one of several in a process, or a part of a test.</summary>
    private sealed class CallersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
