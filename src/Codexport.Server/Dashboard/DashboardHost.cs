using System.Net;
using System.Security.Cryptography;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Dashboard;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Codexport.Server.Dashboard;

/// <summary>
/// The dashboard's own small server beside that for followers: on 127.0.0.1 alone, at a port that the system chooses, which the door file
/// names for the command of the same user. That it cannot be served is a warning; the master serves followers all the same.
/// </summary>
internal sealed class DashboardHost(EngineContext context, DashboardParts parts, ServerLog log) : IAsyncDisposable
{
    private const int MaxBody = 16 * 1024;
    private const int MaxConnections = 64;

    private readonly CancellationTokenSource _stopping = new();
    private WebApplication? _application;
    private DashboardDoor? _door;

    /// <summary>Begins to serve.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            var key = RandomNumberGenerator.GetBytes(DashboardDoor.KeySize);
            _application = Build(() => _door!);
            await _application.StartAsync(cancellationToken);
            var bound = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            _door = new DashboardDoor(new Uri(bound).Port, key);
            _door.Write(context);
        }
        catch (Exception error) when (error is CodexportException or IOException)
        {
            log.Failed("Serving the dashboard", error);
        }
    }

    /// <summary>Stops serving and takes the door file away.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        try
        {
            _door?.Remove(context);
        }
        catch (CodexportException error)
        {
            log.Failed("Closing the dashboard", error);
        }

        if (_application is not null)
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await _application.StopAsync(deadline.Token);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_application is not null)
        {
            await _application.DisposeAsync();
        }

        _stopping.Dispose();
    }

    private WebApplication Build(Func<DashboardDoor?> door)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = MaxBody;
            options.Limits.MaxConcurrentConnections = MaxConnections;
            options.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            options.Listen(new IPEndPoint(IPAddress.Loopback, 0), listen => listen.Protocols = HttpProtocols.Http1);
        });
        var application = builder.Build();
        new DashboardRoutes(new DashboardEntrance(door, context.Time), parts, log, _stopping.Token).Map(application);
        return application;
    }
}
