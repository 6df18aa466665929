using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Codexport.Tests.Shared;

namespace Codexport.Benchmarks.Comparisons;

/// <summary>What one program run gave.</summary>
internal sealed record Run(int ExitCode, string Output, string Errors, TimeSpan Elapsed, long PeakMemory);

/// <summary>A throw-away folder (on a RAM disk where there is one), programs to run in it, and everything cleared away at the end.</summary>
internal sealed class Workbench : IAsyncDisposable
{
    private readonly List<Process> _servers = [];

    public Workbench()
    {
        var parent = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        Root = Path.Combine(parent, "codexport-bench-" + Guid.NewGuid().ToString("N")[..8]);
        Directory.CreateDirectory(Root);
        var name = OperatingSystem.IsWindows() ? "codexport.exe" : "codexport";
        Program = Environment.GetEnvironmentVariable("CODEXPORT_PROGRAM")
            ?? Path.Combine(RepositoryRoot(), "artifacts", "bin", "Codexport.Cli", "release", name);
        if (!File.Exists(Program))
        {
            throw new NotHereException($"{Program} is not built: run 'dotnet build -c Release' first");
        }
    }

    public string Root { get; }

    public string Program { get; }

    public static string RepositoryRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Codexport.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new NotHereException("Codexport.sln is not above the program");
        }

        return folder;
    }

    public static string Require(string program)
    {
        var paths = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin");
        return paths.Select(path => Path.Combine(path, program)).FirstOrDefault(File.Exists) ?? throw new NotHereException($"{program} is not on this machine");
    }

    public string NewFolder(string name) => Directory.CreateDirectory(Path.Combine(Root, name)).FullName;

    /// <summary>Runs a program to its end; fails the benchmark when it fails.</summary>
    public static async Task<Run> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken, bool mayFail = false)
    {
        using var process = new Process { StartInfo = StartInfo(program, arguments) };
        var watch = Stopwatch.StartNew();
        process.Start();
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        long peak = 0;
        while (!process.HasExited)
        {
            peak = Math.Max(peak, PeakMemoryOf(process.Id));
            try
            {
                await process.WaitForExitAsync(cancellationToken).WaitAsync(TimeSpan.FromMilliseconds(50), cancellationToken);
            }
            catch (TimeoutException)
            {
                // Look at its memory again.
            }
        }

        var elapsed = watch.Elapsed;
        var run = new Run(process.ExitCode, await output, await errors, elapsed, peak);
        return run.ExitCode == 0 || mayFail
            ? run
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {run.ExitCode}: {run.Errors}{run.Output}");
    }

    /// <summary>Runs ours, with <c>--home</c> first.</summary>
    public Task<Run> CodexportAsync(string home, CancellationToken cancellationToken, params string[] arguments)
        => RunAsync(Program, [.. arguments, "--home", home], cancellationToken);

    /// <summary>Medians in milliseconds of programs run by turns, so that a drift of the machine meets all of them.</summary>
    public static async Task<double[]> MediansAsync(int rounds, CancellationToken cancellationToken, params (string Program, string[] Arguments)[] commands)
    {
        var times = commands.Select(_ => new List<double>()).ToArray();
        for (var round = -2; round < rounds; round++)
        {
            for (var index = 0; index < commands.Length; index++)
            {
                var run = await RunAsync(commands[index].Program, commands[index].Arguments, cancellationToken);
                if (round >= 0)
                {
                    times[index].Add(run.Elapsed.TotalMilliseconds);
                }
            }
        }

        return [.. times.Select(Median)];
    }

    /// <summary>Medians of the processor time in milliseconds, user's and system's, as <see cref="MediansAsync"/> has those of the time that passes.</summary>
    public static async Task<double[]> ProcessorMediansAsync(int rounds, CancellationToken cancellationToken, params (string Program, string[] Arguments)[] commands)
    {
        var times = commands.Select(_ => new List<double>()).ToArray();
        for (var round = -2; round < rounds; round++)
        {
            for (var index = 0; index < commands.Length; index++)
            {
                var time = await ProcessorTimeAsync(commands[index].Program, commands[index].Arguments, cancellationToken);
                if (round >= 0)
                {
                    times[index].Add(time.TotalMilliseconds);
                }
            }
        }

        return [.. times.Select(Median)];
    }

    /// <summary>What one run takes of the processors. No other child may end meanwhile.</summary>
    public static async Task<TimeSpan> ProcessorTimeAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var before = ChildTimes.Read();
        await RunAsync(program, arguments, cancellationToken);
        return ChildTimes.Read() - before;
    }

    public static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    public Process StartServer(string program, params string[] arguments)
    {
        var process = new Process { StartInfo = StartInfo(program, arguments) };
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _servers.Add(process);
        return process;
    }

    /// <summary>Starts a master that serves <paramref name="home"/> on loopback.</summary>
    public Task<(Process Process, int Port)> StartMasterAsync(string home, CancellationToken cancellationToken, params string[] extra)
        => StartMasterAsync(Program, home, cancellationToken, extra);

    /// <summary>The same with another program.</summary>
    public async Task<(Process Process, int Port)> StartMasterAsync(string program, string home, CancellationToken cancellationToken, params string[] extra)
    {
        var port = LoopbackPort.FindFree();
        var process = StartServer(
            program, ["master", "serve", "--host", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--home", home, .. extra]);
        await WaitForPortAsync(port, cancellationToken);
        return (process, port);
    }

    public Task<string> JoinLinkAsync(string home, int port, CancellationToken cancellationToken) => JoinLinkAsync(Program, home, port, cancellationToken);

    /// <summary>The same with another program.</summary>
    public static async Task<string> JoinLinkAsync(string program, string home, int port, CancellationToken cancellationToken)
    {
        var run = await RunAsync(
            program, ["master", "link", "--host", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--json", "--home", home], cancellationToken);
        using var json = JsonDocument.Parse(run.Output);
        return json.RootElement.GetProperty("joinLink").GetString()!;
    }

    public static async Task WaitForPortAsync(int port, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                return;
            }
            catch (SocketException) when (attempt < 400)
            {
                await Task.Delay(25, cancellationToken);
            }
        }
    }

    /// <summary>A Codex home with a small configuration and <paramref name="skills"/> skills of <paramref name="size"/> bytes each.</summary>
    public string NewCodexHome(string name, int skills, int size = 4096)
    {
        var home = NewFolder(name);
        var codex = Directory.CreateDirectory(Path.Combine(home, ".codex")).FullName;
        File.WriteAllText(Path.Combine(codex, "config.toml"), "model = \"gpt-5\"\n\n[mcp_servers.docs]\ncommand = \"docs-server\"\n");
        File.WriteAllText(Path.Combine(codex, "AGENTS.md"), "Be brief.\n");
        for (var index = 0; index < skills; index++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(codex, "skills", $"skill-{index:00000}"));
            File.WriteAllBytes(Path.Combine(folder.FullName, "SKILL.md"), SkillText(index, size));
        }

        return home;
    }

    public static byte[] SkillText(int seed, int size)
    {
        // Prose-like: compresses about as text does, and no two skills are the same.
        string[] words = ["review", "the", "change", "with", "care", "run", "tests", "before", "every", "commit", "explain", "what", "you", "measured"];
        var random = new Random(seed);
        var text = new StringBuilder(size + 16);
        text.Append(CultureInfo.InvariantCulture, $"---\nname: skill-{seed}\n---\n");
        while (text.Length < size)
        {
            text.Append(words[random.Next(words.Length)]).Append(random.Next(10) == 0 ? "\n" : " ").Append(random.Next(1000));
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, size));
    }

    /// <summary>The highest resident set so far in bytes; 0 where the platform does not tell or the process is gone.</summary>
    public static long PeakMemoryOf(int processId)
    {
        try
        {
            var line = File.ReadLines($"/proc/{processId}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.AsSpan(6).Trim(" \tkB"), CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>The resident set in bytes.</summary>
    public static long MemoryOf(int processId)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(6).Trim(" \tkB"), CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>Open handles.</summary>
    public static int HandlesOf(int processId) => Directory.GetFileSystemEntries($"/proc/{processId}/fd").Length;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            if (!server.HasExited)
            {
                server.Kill(entireProcessTree: true);
            }

            await server.WaitForExitAsync();
            server.Dispose();
        }

        Directory.Delete(Root, recursive: true);
    }

    private static ProcessStartInfo StartInfo(string program, IEnumerable<string> arguments)
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment.Remove("CODEX_HOME");
        return info;
    }
}
