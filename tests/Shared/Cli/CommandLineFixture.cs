using System.Diagnostics;
using System.Text.Json.Nodes;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Cli;

/// <summary>A master and a follower in throw-away homes, worked with through the built program alone.</summary>
internal sealed class CommandLineFixture : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();
    private Process? _server;
    private Task _drain = Task.CompletedTask;
    private int _port;

    public CommandLineFixture()
    {
        Write(Master, ".codex/config.toml", "# team\nmodel = \"gpt-5-codex\"\n");
        Write(Master, ".codex/AGENTS.md", "# Rules\n");
        Write(Master, ".codex/skills/one/SKILL.md", "first skill\n");
        Write(Master, ".codex/skills/two/SKILL.md", "second skill\n");
        Directory.CreateDirectory(Follower);
    }

    public string Master => _folder["master"];

    public string Follower => _folder["follower"];

    public int Port => _port;

    public Task<ProgramRun> OnMasterAsync(params string[] arguments) => ProgramRun.CodexportAsync([.. arguments, "--home", Master]);

    public Task<ProgramRun> OnFollowerAsync(params string[] arguments) => ProgramRun.CodexportAsync([.. arguments, "--home", Follower]);

    /// <summary>Makes the master and serves it on a free port.</summary>
    public async Task StartMasterAsync(params string[] serveOptions)
    {
        var init = await OnMasterAsync("master", "init", "--json");
        Assert.True(init.ExitCode == 0, init.Output + init.Error);
        await ServeAsync(serveOptions);
    }

    /// <summary>Serves on the port of last time, or on a free one.</summary>
    public async Task ServeAsync(params string[] serveOptions)
    {
        _server = ProgramRun.Start(
            Repository.Program,
            ["master", "serve", "--host", "127.0.0.1", "--port", _port.ToString(System.Globalization.CultureInfo.InvariantCulture), "--json", "--home", Master, .. serveOptions]);
        while (true)
        {
            var line = await _server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)
                ?? throw new InvalidOperationException($"The server ended: {await _server.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)}");
            var happening = JsonNode.Parse(line)!;
            if (happening["event"]!.GetValue<string>() == "started")
            {
                _port = happening["port"]!.GetValue<int>();
                break;
            }
        }

        // The pipe must not fill up, and nobody reads on.
        _drain = _server.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
    }

    public async Task StopServerAsync()
    {
        if (_server is not null)
        {
            _server.Kill(entireProcessTree: true);
            await _server.WaitForExitAsync(CancellationToken.None);
            await _drain;
            _server.Dispose();
            _server = null;
        }
    }

    public async Task<string> LinkAsync(params string[] options)
    {
        var run = await OnMasterAsync(
            ["master", "link", "--host", "127.0.0.1", "--port", _port.ToString(System.Globalization.CultureInfo.InvariantCulture), "--json", .. options]);
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        return run.Json["joinLink"]!.GetValue<string>();
    }

    public async Task JoinAsync()
    {
        var run = await OnFollowerAsync("follower", "join", await LinkAsync(), "--apply", "--json");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    /// <summary>Publishes what changed on the master; the server takes it up by itself.</summary>
    public async Task RebuildAsync(params string[] options)
    {
        var run = await OnMasterAsync(["master", "rebuild", "--json", .. options]);
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    /// <summary>Publishes what changed on the master, waits until the server has taken it up, and syncs once.</summary>
    public async Task<ProgramRun> PublishAndSyncAsync()
    {
        await PublishAsync();
        return await OnFollowerAsync("sync", "--apply", "--json");
    }

    /// <summary>Publishes what changed on the master, and waits until the server has taken it up.</summary>
    public async Task PublishAsync()
    {
        var rebuild = await OnMasterAsync("master", "rebuild", "--accept-deletions", "--json");
        Assert.True(rebuild.ExitCode == 0, rebuild.Output + rebuild.Error);
        var revision = rebuild.Json["revision"]!.GetValue<string>();
        var deadline = DateTime.UtcNow.AddSeconds(30);
        while (await ServedRevisionAsync() != revision)
        {
            // A sync before that would apply what is local on top of the older revision, and rightly so.
            Assert.True(DateTime.UtcNow < deadline, "The server did not take up what was published.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private async Task<string> ServedRevisionAsync()
    {
        using var client = new HttpClient();
        var address = new Uri(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/v1/head"));
        var envelope = JsonNode.Parse(await client.GetStringAsync(address, TestContext.Current.CancellationToken))!;
        return JsonNode.Parse(Convert.FromBase64String(envelope["payload"]!.GetValue<string>()))!["revision"]!.GetValue<string>();
    }

    /// <summary>Puts a line before everything else in a home's settings.</summary>
    public static void Set(string home, string line)
    {
        var path = Path.Combine(home, ".codexport/local.toml");
        Write(home, ".codexport/local.toml", line + "\n" + (File.Exists(path) ? File.ReadAllText(path) : string.Empty));
    }

    /// <summary>The files of a folder whose bytes hold a text.</summary>
    public static IEnumerable<string> FilesHolding(string folder, string text)
        => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => File.ReadAllText(file).Contains(text, StringComparison.Ordinal));

    public static void Write(string home, string path, string text)
    {
        var full = Path.Combine(home, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    public static string Read(string home, string path) => File.ReadAllText(Path.Combine(home, path));

    /// <summary>Every file of a folder with its content, to see that a refusal changed nothing.</summary>
    public static SortedDictionary<string, string> Snapshot(string folder)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (Directory.Exists(folder))
        {
            foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            {
                files[Path.GetRelativePath(folder, path)] = Convert.ToBase64String(File.ReadAllBytes(path));
            }
        }

        return files;
    }

    public async ValueTask DisposeAsync()
    {
        await StopServerAsync();
        _folder.Dispose();
    }
}
