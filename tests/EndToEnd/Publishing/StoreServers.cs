using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Codexport.Tests.Platform;
using Codexport.Tests.Shared;

namespace Codexport.Tests.Publishing;

/// <summary>A server that others wrote, started for one test on a port of this machine and ended with it.</summary>
internal sealed class StoreServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private Process _process = null!;

    public int Port { get; private set; }

    public string Folder => _folder.Path;

    /// <summary>nginx over a folder; as plain HTTP, which is allowed on this machine alone.</summary>
    public static async Task<StoreServer> NginxAsync(string root)
    {
        const string Nginx = "/usr/sbin/nginx";
        Assert.SkipUnless(File.Exists(Nginx), "There is no nginx on this machine.");
        return await StartAsync(Nginx, (server, port) =>
        {
            var configuration = Path.Join(server.Folder, "nginx.conf");
            File.WriteAllText(configuration, $$"""
                worker_processes 1; daemon off; pid {{server.Folder}}/pid; error_log {{server.Folder}}/error.log;
                {{(Environment.UserName == "root" ? "user root;" : string.Empty)}}
                events {}
                http { access_log {{server.Folder}}/access.log; client_body_temp_path {{server.Folder}}/body; proxy_temp_path {{server.Folder}}/proxy;
                  fastcgi_temp_path {{server.Folder}}/fastcgi; uwsgi_temp_path {{server.Folder}}/uwsgi; scgi_temp_path {{server.Folder}}/scgi;
                  server { listen 127.0.0.1:{{port}}; location /team/ { alias {{root}}/; } } }
                """);
            return ["-p", server.Folder, "-c", configuration];
        });
    }

    /// <summary>An S3 server from npm with an empty bucket.</summary>
    public static async Task<StoreServer> S3Async(string bucket) => await StartAsync(
        Installed("CODEXPORT_TEST_S3RVER", "s3rver"),
        (server, port) => ["-d", server.Folder, "-a", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), "--configure-bucket", bucket]);

    /// <summary>Azurite from npm, without containers.</summary>
    public static async Task<StoreServer> AzuriteAsync() => await StartAsync(
        Installed("CODEXPORT_TEST_AZURITE", "azurite-blob"),
        (server, port) => ["--location", server.Folder, "--blobHost", "127.0.0.1", "--blobPort", port.ToString(CultureInfo.InvariantCulture), "--silent", "--skipApiVersionCheck"]);

    /// <summary>Ends it; its files stay until it is disposed.</summary>
    public async Task StopAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private static string Installed(string variable, string name)
    {
        var program = Environment.GetEnvironmentVariable(variable);
        Assert.SkipUnless(program is not null && File.Exists(program), $"{name} is not here: {variable} does not name it. '.ci/run' installs it from npm.");
        return program!;
    }

    private static async Task<StoreServer> StartAsync(string program, Func<StoreServer, int, string[]> arguments)
    {
        var server = new StoreServer { Port = LoopbackPort.FindFree() };
        var start = new ProcessStartInfo(program, arguments(server, server.Port)) { RedirectStandardOutput = true, RedirectStandardError = true };
        server._process = Process.Start(start)!;
        server._process.OutputDataReceived += static (_, _) => { };
        server._process.ErrorDataReceived += static (_, _) => { };
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        for (var attempt = 0; ; attempt++)
        {
            Assert.False(server._process.HasExited, $"{program} ended.");
            try
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync("127.0.0.1", server.Port, TestContext.Current.CancellationToken);
                return server;
            }
            catch (SocketException) when (attempt < 600)
            {
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }
        }
    }
}
