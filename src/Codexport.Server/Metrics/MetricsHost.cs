using System.Net;
using System.Security.Cryptography;
using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Codexport.Server.Metrics;

/// <summary>
/// <c>/metrics</c> at an address of its own, where the settings ask for it. On loopback over plain HTTP; at any other address over TLS with the
/// master's key, for those alone who bring the token.
/// </summary>
internal sealed class MetricsHost(EngineContext context, MetricsSettings settings, ServedIdentity identity, ServerMetrics metrics, Func<CancellationToken, Task<FleetFigures>> look, ServerLog log)
    : IAsyncDisposable
{
    private const string Path = "/metrics";
    private const int MaxToken = 1024;
    private const string Scheme = "Bearer ";

    private readonly PrometheusText _text = new(metrics.Meter);
    private WebApplication? _application;
    private byte[]? _tokenHash;

    /// <summary>The port that it listens on; 0 before.</summary>
    public int Port { get; private set; }

    private bool IsLocal => IPAddress.IsLoopback(settings.Listen!.Address);

    /// <summary>Begins to serve. That it cannot be served is a warning; the master serves followers all the same.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _tokenHash = ReadToken();
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
            builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options =>
            {
                options.AddServerHeader = false;
                options.Limits.MaxRequestBodySize = 0;
                options.Limits.MaxConcurrentConnections = 16;
                options.Limits.MaxRequestHeadersTotalSize = 8 * 1024;
                options.Listen(settings.Listen!, Configure);
            });
            builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
            _application = builder.Build();
            _application.Run(AnswerAsync);
            await _application.StartAsync(cancellationToken);
            Port = new Uri(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        }
        catch (Exception error) when (error is CodexportException or IOException)
        {
            log.Failed("Serving the metrics", error);
        }
    }

    /// <summary>Stops serving.</summary>
    public async Task StopAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await (_application?.StopAsync(deadline.Token) ?? Task.CompletedTask);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _text.Dispose();
        await (_application?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private void Configure(ListenOptions options)
    {
        options.Protocols = HttpProtocols.Http1;
        if (!IsLocal)
        {
            options.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(identity.Handshake) });
        }
    }

    private byte[]? ReadToken()
    {
        if (settings.TokenFile is not { } name)
        {
            return IsLocal ? null : throw new CodexportException(
                ErrorCode.SettingsInvalid,
                $"The metrics would be served at {settings.Listen} to whoever asks: [metrics] in local.toml names no tokenFile.",
                "Write a random token into a file that only you can read and name it as tokenFile, or listen on 127.0.0.1.",
                context.Home.SettingsFile);
        }

        var file = System.IO.Path.Combine(context.Home.StateFolder, name);
        StateGuard.RequireSecret(context.Files, file);
        var token = Encoding.UTF8.GetString(AtomicFile.ReadAllBytes(context.Files, file, MaxToken)).Trim();
        return token.Length >= 16 ? SHA256.HashData(Encoding.UTF8.GetBytes(token)) : throw new CodexportException(
            ErrorCode.SettingsInvalid, $"The token in '{file}' is shorter than 16 characters.", "Write a longer random one, such as 'openssl rand -hex 32' gives.", file);
    }

    private async Task AnswerAsync(HttpContext request)
    {
        request.Response.Headers.CacheControl = "no-store";
        if (!IsAllowed(request.Request))
        {
            request.Response.Headers.WWWAuthenticate = "Bearer";
            request.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        if (request.Request.Path != Path || !HttpMethods.IsGet(request.Request.Method))
        {
            request.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        try
        {
            metrics.Show(await look(request.RequestAborted));
        }
        catch (CodexportException error)
        {
            log.Failed("Reading the figures", error);
            request.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        request.Response.ContentType = PrometheusText.ContentType;
        await request.Response.WriteAsync(_text.Print(), request.RequestAborted);
    }

    // Without a token it must be this machine that is asked for by its number or as localhost: a page whose name was pointed here gives itself away.
    private bool IsAllowed(HttpRequest request)
        => _tokenHash is null
            ? request.Host.Host is "127.0.0.1" or "localhost" or "[::1]" && request.Headers.Origin.Count == 0
            : request.Headers.Authorization is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
                && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(header[Scheme.Length..].Trim())), _tokenHash);
}
