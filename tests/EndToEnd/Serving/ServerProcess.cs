using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Codexport.Engine.Protocol;
using Codexport.Tests.Cli;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Serving;

/// <summary>The built program serving a home, as a process of its own: what it holds can be counted, and signals can be sent to it.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    // Far longer than anything here takes on a busy machine.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();
    private readonly List<string> _events = [];
    private Process _process = null!;
    private Task _reading = Task.CompletedTask;
    private string _credential = string.Empty;

    public int Id => _process.Id;

    public int Port { get; private set; }

    public string Revision { get; private set; } = string.Empty;

    public int ExitCode => _process.ExitCode;

    /// <summary>Open handles, as Linux counts them.</summary>
    public int Handles => Directory.GetFileSystemEntries($"/proc/{Id}/fd").Length;

    /// <summary>Resident memory in bytes.</summary>
    public long Memory => long.Parse(
        File.ReadLines($"/proc/{Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).AsSpan(6).Trim(" \tkB"), CultureInfo.InvariantCulture) * 1024;

    /// <summary>Makes a master with one large skill besides the small ones, serves it, and joins.</summary>
    public static async Task<ServerProcess> StartAsync(byte[] large)
    {
        var server = new ServerProcess();
        var home = server._folder["master"];
        CommandLineFixture.Write(home, ".codex/AGENTS.md", "Be kind.");
        CommandLineFixture.Write(home, ".codex/skills/a/SKILL.md", "first");
        Random.Shared.NextBytes(large);
        await File.WriteAllBytesAsync(Path.Combine(home, ".codex/skills/a/large.bin"), large, TestContext.Current.CancellationToken);
        var init = await ProgramRun.CodexportAsync("master", "init", "--json", "--home", home);
        Assert.True(init.ExitCode == 0, init.Output + init.Error);
        server.Revision = init.Json["revision"]!.GetValue<string>();
        server._process = ProgramRun.Start(Repository.Program, "master", "serve", "--host", "127.0.0.1", "--port", "0", "--json", "--home", home);
        server._reading = Task.Run(server.ReadAsync);
        server.Port = JsonNode.Parse(await server.UntilAsync("started"))!["port"]!.GetValue<int>();
        var link = await ProgramRun.CodexportAsync("master", "link", "--host", "127.0.0.1", "--json", "--home", home);
        var invite = link.Json["joinLink"]!.GetValue<string>().Split("invite=")[1].Split('&')[0];
        using var client = server.MakeClient();
        using var joined = await client.PostAsync(
            ProtocolConstants.FollowersPath, new StringContent(new JsonObject { ["invite"] = Uri.UnescapeDataString(invite), ["name"] = "t", ["platform"] = "linux", ["version"] = "0.1.0" }.ToJsonString()));
        server._credential = (string)(await joined.Content.ReadFromJsonAsync<JsonNode>())!["credential"]!;
        return server;
    }

    /// <summary>A client with the credential.</summary>
    public HttpClient MakeClient() => new(new SocketsHttpHandler
    {
        AutomaticDecompression = DecompressionMethods.None,
#pragma warning disable CA5359, CA5399 // Whose key it is, other tests look at.
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
#pragma warning restore CA5359, CA5399
    })
    {
        BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{Port}")),
        DefaultRequestHeaders = { Authorization = new("Bearer", _credential.Length == 0 ? "none" : _credential) },
    };

    /// <summary>Waits for an event and gives its line.</summary>
    public async Task<string> UntilAsync(string name)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            // Asked first: what it told last is in the list by the time that it has ended.
            var hasEnded = _reading.IsCompleted;
            lock (_events)
            {
                if (_events.Find(line => line.Contains($"\"event\":\"{name}\"", StringComparison.Ordinal)) is { } found)
                {
                    return found;
                }
            }

            Assert.True(watch.Elapsed < Patience && !hasEnded, $"The server did not tell '{name}'.");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    public Task WaitForExitAsync() => _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        await _reading;
        _process.Dispose();
        _folder.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            lock (_events)
            {
                _events.Add(line);
            }
        }
    }
}
