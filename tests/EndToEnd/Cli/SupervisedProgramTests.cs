using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.ServiceSetup;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Cli;

/// <summary>The built program under a service manager that is only played.</summary>
public sealed class SupervisedProgramTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Serve_UnderAManager_IsReadyWhenItListensAndLivesUntilToldToStop()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Datagrams between sockets of one machine are Unix's.");
        await InitializeAsync();
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(_folder["notify"]));
        using var process = Start(new() { ["NOTIFY_SOCKET"] = _folder["notify"], ["WATCHDOG_USEC"] = "4000000" }, "--journal");

        var ready = await ReceiveAsync(manager);
        Assert.StartsWith("READY=1\nSTATUS=Serving on 127.0.0.1 port ", ready, StringComparison.Ordinal);
        var port = int.Parse(ready.Split(" port ")[1].Split(',')[0], CultureInfo.InvariantCulture);
        using (var client = new TcpClient())
        {
            await client.ConnectAsync("127.0.0.1", port, Stop);
        }

        for (var count = 0; count < 3; count++)
        {
            Assert.Equal("WATCHDOG=1", await ReceiveAsync(manager));
        }

        Assert.Equal(0, (await ProgramRun.RunAsync("/bin/sh", "-c", "kill -TERM " + process.Id.ToString(CultureInfo.InvariantCulture))).ExitCode);
        string last;
        do
        {
            last = await ReceiveAsync(manager);
        }
        while (last == "WATCHDOG=1");
        Assert.Equal("STOPPING=1", last);
        await process.WaitForExitAsync(Stop);
        Assert.Equal(0, process.ExitCode);
        var printed = await process.StandardOutput.ReadToEndAsync(Stop);
        Assert.All(printed.TrimEnd().Split('\n'), line => Assert.Matches("^<[46]>[a-z]", line));
        Assert.DoesNotContain('\u001b', printed);
    }

    [Fact]
    public async Task Serve_WhenItsRunFileGoes_EndsAndItsLogHoldsWhatHappened()
    {
        await InitializeAsync();
        File.WriteAllText(_folder["run"], string.Empty);
        var log = _folder["log/server.log"];
        using var process = Start([], "--run-file", _folder["run"], "--log-file", log);
        await WaitAsync(process, () => File.Exists(log) && File.ReadAllText(log).Contains("serving on", StringComparison.Ordinal));
        Assert.True(RunFile.IsHeld(new PhysicalFileSystem(), _folder["run"]));

        var second = await ProgramRun.CodexportAsync("master", "serve", "--host", "127.0.0.1", "--port", "0", "--home", _folder["home"], "--run-file", _folder["run"], "--json");
        Assert.Equal("Busy", second.ErrorCode);

        File.Delete(_folder["run"]);
        await process.WaitForExitAsync(Stop);
        Assert.Equal(0, process.ExitCode);
        Assert.EndsWith(" stopped\n", File.ReadAllText(log), StringComparison.Ordinal);
        Assert.False(RunFile.IsHeld(new PhysicalFileSystem(), _folder["run"]));
        Assert.Empty(await process.StandardOutput.ReadToEndAsync(Stop));
    }

    private static async Task WaitAsync(Process process, Func<bool> isSo)
    {
        var deadline = DateTime.UtcNow.AddSeconds(60);
        while (!isSo())
        {
            Assert.False(process.HasExited, "It ended.");
            Assert.True(DateTime.UtcNow < deadline, "It did not come to that.");
            await Task.Delay(50, Stop);
        }
    }

    private static async Task<string> ReceiveAsync(Socket socket)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        var buffer = new byte[512];
        return Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer, deadline.Token));
    }

    private async Task InitializeAsync()
    {
        CommandLineFixture.Write(_folder["home"], ".codex/config.toml", "model = \"x\"\n");
        var init = await ProgramRun.CodexportAsync("master", "init", "--home", _folder["home"]);
        Assert.True(init.ExitCode == 0, init.Error);
    }

    private Process Start(Dictionary<string, string> variables, params string[] options)
    {
        var start = new ProcessStartInfo(Repository.Program, ["master", "serve", "--host", "127.0.0.1", "--port", "0", "--home", _folder["home"], .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("CODEX_HOME");
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
