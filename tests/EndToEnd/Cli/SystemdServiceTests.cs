using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Codexport.Tests.Platform;
using Codexport.Tests.Shared;

namespace Codexport.Tests.Cli;

/// <summary>The built program under a real systemd manager, from a folder and for homes whose names hold all that a unit file gives a meaning to.</summary>
public sealed class SystemdServiceTests : IAsyncLifetime
{
    private const string Odd = "pro gram %h $HOME ${HOME} 'q' \"d\" back\\slash é";

    private readonly TemporaryFolder _folder = new();
    private readonly int _port = LoopbackPort.FindFree();
    private SystemdInstance _systemd = null!;

    private string Home => _folder["home"];

    private string Program => _folder[$"{Odd}/codexport"];

    private string MasterHome => _folder["home/master " + Odd];

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "systemd is Linux's.");
        Directory.CreateDirectory(_folder[Odd]);
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(Repository.Program)!).Where(file => !file.EndsWith(".pdb", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(_folder[Odd], Path.GetFileName(file)));
        }

        CommandLineFixture.Write(MasterHome, ".codex/config.toml", "model = \"x\"\n");

        // Faster than in earnest; that drop-ins count is part of what is shown.
        foreach (var name in new[] { "codexport-master-.service.d", "codexport-sync-.service.d" })
        {
            CommandLineFixture.Write(Home, $".config/systemd/user/{name}/test.conf", "[Unit]\nStartLimitBurst=4\n[Service]\nRestartSec=200ms\nWatchdogSec=4s\nTimeoutAbortSec=1s\n");
        }

        if (Environment.IsPrivilegedProcess)
        {
            await Unprivileged.GiveAsync(_folder[Odd]);
            await Unprivileged.GiveAsync(Home);
        }

        _systemd = await SystemdInstance.StartAsync(Home);
    }

    public async ValueTask DisposeAsync()
    {
        if (_systemd is not null)
        {
            await _systemd.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task Service_Installed_RunsIsRestartedSwitchedAndRemoved()
    {
        await InitializeMasterAsync();
        var result = await InstallAsync();
        Assert.True(result.Json["changed"]!.GetValue<bool>(), result.Output);
        var unit = result.Json["name"]!.GetValue<string>() + ".service";

        // 'restart' waits until the program itself says that it is ready.
        Assert.Equal(("active", "notify"), (await _systemd.ShowAsync(unit, "ActiveState"), await _systemd.ShowAsync(unit, "Type")));
        Assert.StartsWith($"Serving on 127.0.0.1 port {_port}", await _systemd.ShowAsync(unit, "StatusText"), StringComparison.Ordinal);
        Assert.Equal("yes", await _systemd.ShowAsync(unit, "NoNewPrivileges"));
        using (var client = new TcpClient())
        {
            await client.ConnectAsync("127.0.0.1", _port, TestContext.Current.CancellationToken);
        }

        // Killed, it is started again.
        var first = await _systemd.ShowAsync(unit, "MainPID");
        await _systemd.SignalAsync("KILL", first);
        await _systemd.WaitAsync(unit, "NRestarts", value => value == "1");
        await _systemd.WaitAsync(unit, "ActiveState", value => value == "active");
        var second = await _systemd.ShowAsync(unit, "MainPID");
        Assert.NotEqual(first, second);

        // Hanging, it misses the watchdog and is started again.
        await _systemd.SignalAsync("STOP", second);
        await _systemd.WaitAsync(unit, "NRestarts", value => value == "2");
        await _systemd.WaitAsync(unit, "ActiveState", value => value == "active");
        var third = await _systemd.ShowAsync(unit, "MainPID");

        // The same again changes nothing; another build of the program is switched to.
        Assert.False((await InstallAsync()).Json["changed"]!.GetValue<bool>());
        Assert.Equal(third, await _systemd.ShowAsync(unit, "MainPID"));
        var status = (await OnMasterAsync("master", "service", "status", "--json")).Json;
        Assert.True(status["running"]!.GetValue<bool>() && status["enabled"]!.GetValue<bool>() && status["current"]!.GetValue<bool>(), status.ToJsonString());
        Assert.Equal(third, status["processId"]!.GetValue<int>().ToString(CultureInfo.InvariantCulture));
        File.AppendAllText(_folder[$"{Odd}/codexport.runtimeconfig.json"], "\n");
        Assert.True((await InstallAsync()).Json["changed"]!.GetValue<bool>());
        Assert.NotEqual(third, await _systemd.ShowAsync(unit, "MainPID"));

        // It stayed alive longer than the watchdog bears, and ends well.
        Assert.Equal("0", await _systemd.ShowAsync(unit, "NRestarts"));
        var gone = await OnMasterAsync("master", "service", "uninstall", "--json");
        Assert.True(gone.ExitCode == 0 && gone.Json["changed"]!.GetValue<bool>(), gone.Output + gone.Error);
        Assert.Equal("not-found", await _systemd.ShowAsync(unit, "LoadState"));
        Assert.False((await OnMasterAsync("master", "service", "status", "--json")).Json["installed"]!.GetValue<bool>());
        Assert.Empty(Directory.EnumerateFiles(_folder["home/.config/systemd/user"], "codexport*.service", SearchOption.AllDirectories));
        Assert.False((await OnMasterAsync("master", "service", "uninstall", "--json")).Json["changed"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Service_ThatCannotListen_IsReportedAndGivenUpInTheEnd()
    {
        await InitializeMasterAsync();
        using var taken = new TcpListener(IPAddress.Loopback, _port);
        taken.Start();
        var run = await OnMasterAsync("master", "service", "install", "--host", "127.0.0.1", "--port", _port.ToString(CultureInfo.InvariantCulture), "--json");
        Assert.Equal("ServiceFailed", run.ErrorCode);
        await _systemd.WaitAsync(NameOf(run) + ".service", "ActiveState", value => value == "failed");

        // What was given up runs again once the cause is gone.
        taken.Stop();
        Assert.True((await InstallAsync()).Json["installed"]!.GetValue<bool>());
        await OnMasterAsync("master", "service", "uninstall");
    }

    [Fact]
    public async Task Timer_Installed_WaitsRunsTheSyncAndIsRemoved()
    {
        await InitializeMasterAsync();
        await InstallAsync();
        var follower = _folder["home/follower " + Odd];
        var link = await OnMasterAsync("master", "link", "--host", "127.0.0.1", "--json");
        Assert.True(link.ExitCode == 0, link.Output + link.Error);
        var join = await _systemd.RunAsync(Program, "follower", "join", link.Json["joinLink"]!.GetValue<string>(), "--home", follower, "--json");
        Assert.True(join.ExitCode == 0, join.Output + join.Error);

        var install = await _systemd.RunAsync(Program, "follower", "timer", "install", "--every", "20m", "--home", follower, "--json");
        Assert.True(install.ExitCode == 0, install.Output + install.Error);
        var name = install.Json["name"]!.GetValue<string>();
        Assert.Equal("active", await _systemd.ShowAsync(name + ".timer", "ActiveState"));
        var start = await _systemd.RunAsync("/usr/bin/systemctl", "--user", "start", name + ".service");
        Assert.True(start.ExitCode == 0, start.Error);
        Assert.Equal("success", await _systemd.ShowAsync(name + ".service", "Result"));
        Assert.Equal("model = \"x\"\n", File.ReadAllText(Path.Combine(follower, ".codex/config.toml")));

        var status = await _systemd.RunAsync(Program, "follower", "timer", "status", "--home", follower, "--json");
        Assert.True(status.Json["waiting"]!.GetValue<bool>() && status.Json["current"]!.GetValue<bool>(), status.Output);
        Assert.Equal("00:20:00", status.Json["every"]!.GetValue<string>());
        var next = (await TimerStatusAsync(follower, "\"nextRun\":\"", "--json")).Json["nextRun"]!.GetValue<DateTimeOffset>();
        Assert.InRange(next, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(25));
        await TimerStatusAsync(follower, "\nNext run: ");
        var gone = await _systemd.RunAsync(Program, "follower", "timer", "uninstall", "--home", follower, "--json");
        Assert.True(gone.ExitCode == 0, gone.Output + gone.Error);
        Assert.Equal("not-found", await _systemd.ShowAsync(name + ".timer", "LoadState"));
    }

    private static string NameOf(ProgramRun run)
        => run.Json["error"]!["target"]!.GetValue<string>().Split(' ').First(word => word.StartsWith("codexport-master", StringComparison.Ordinal)).Replace(".service", string.Empty, StringComparison.Ordinal);

    private async Task InitializeMasterAsync()
    {
        var init = await OnMasterAsync("master", "init", "--port", _port.ToString(CultureInfo.InvariantCulture));
        Assert.True(init.ExitCode == 0, init.Error);
    }

    private async Task<ProgramRun> InstallAsync()
    {
        var run = await OnMasterAsync("master", "service", "install", "--host", "127.0.0.1", "--port", _port.ToString(CultureInfo.InvariantCulture), "--json");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        return run;
    }

    // While the timer's own sync runs, no next run is set.
    private async Task<ProgramRun> TimerStatusAsync(string follower, string expected, params string[] options)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(60); ; await Task.Delay(100, TestContext.Current.CancellationToken))
        {
            var status = await _systemd.RunAsync(Program, ["follower", "timer", "status", "--home", follower, .. options]);
            if (status.Output.Contains(expected, StringComparison.Ordinal))
            {
                return status;
            }

            Assert.True(DateTime.UtcNow < deadline, status.Output + status.Error);
        }
    }

    private Task<ProgramRun> OnMasterAsync(params string[] arguments) => _systemd.RunAsync(Program, [.. arguments, "--home", MasterHome]);
}
