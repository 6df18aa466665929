using System.Xml.Linq;
using Codexport.Engine.Errors;
using Codexport.Engine.Results;
using Codexport.Engine.ServiceSetup;

namespace Codexport.Tests.Services;

/// <summary>What the managers of Windows and macOS would write and run; neither can run here.</summary>
public sealed class OtherManagersTests : IDisposable
{
    private readonly ServiceHome _home = new();
    private bool _isLoaded;

    public OtherManagersTests()
    {
        _home.AddPrograms("system/System32", "schtasks.exe");
        _home.AddPrograms("system", "launchctl");
        _home.Variables["SystemRoot"] = _home["system"];
        _home.MakeMaster();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string RunFilePath => _home["home/.codexport/service/codexport-master.run"];

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task TaskScheduler_Install_RegistersTheXmlAndRunsIt()
    {
        RunFile? server = null;
        PlayTaskScheduler(() => server = Hold());
        using var program = new Disposer(() => server?.Dispose());
        var result = await InstallOnWindowsAsync();

        var xml = _home["home/.codexport/service/codexport-master.xml"];
        Assert.Equal([$"schtasks.exe /create /tn codexport-master /xml {xml} /f", "schtasks.exe /run /tn codexport-master"], _home.Launcher.Changes);
        Assert.Equal([0xFF, 0xFE], File.ReadAllBytes(xml)[..2]);
        var arguments = XDocument.Load(xml).Descendants(TaskXml.Namespace + "Arguments").Single().Value;
        Assert.StartsWith($"--headless {_home["bin/codexport"]} master serve", arguments, StringComparison.Ordinal);
        Assert.EndsWith($"--run-file {RunFilePath}", arguments, StringComparison.Ordinal);
        Assert.True(File.Exists(RunFilePath));
        Assert.True(result.Changed);

        Assert.False((await InstallOnWindowsAsync()).Changed);
        Assert.True(await StatusOnWindowsAsync() is { Installed: true, Running: true, Current: true, Problems: [] });
    }

    [Fact]
    public async Task TaskScheduler_InstallOfAnotherProgram_EndsTheServerBeforeItStartsTheNew()
    {
        RunFile? server = null;
        PlayTaskScheduler(() => server ??= Hold());
        using var program = new Disposer(() => server?.Dispose());
        await InstallOnWindowsAsync();
        _home.WriteProgram("second");

        var switching = InstallOnWindowsAsync();
        while (File.Exists(RunFilePath))
        {
            await Task.Delay(20, Stop);
        }

        Assert.DoesNotContain("schtasks.exe /end /tn codexport-master", _home.Launcher.Changes);
        server!.Dispose();
        server = null;
        Assert.True((await switching).Changed);
        Assert.Equal(
            ["schtasks.exe /end /tn codexport-master", .. _home.Launcher.Changes.Take(2)], _home.Launcher.Changes.TakeLast(3));
        Assert.True(File.Exists(RunFilePath));
    }

    [Fact]
    public async Task TaskScheduler_Uninstall_DeletesTheTask()
    {
        RunFile? server = null;
        PlayTaskScheduler(() => server = Hold());
        await InstallOnWindowsAsync();
        server!.Dispose();
        await _home.Open(ServiceHome.TaskScheduler).UninstallMasterAsync(dryRun: false, Stop);
        Assert.Equal("schtasks.exe /delete /tn codexport-master /f", _home.Launcher.Changes.Last());
        Assert.False(File.Exists(RunFilePath));
        Assert.False((await StatusOnWindowsAsync()).Installed);
    }

    [Fact]
    public async Task TaskScheduler_WithARuntimeElsewhere_StartsDotnetByItsPath()
    {
        var program = _home.Program with { DotnetRoot = _home["net"], Dotnet = _home["net/dotnet.exe"] };
        var result = await _home.Open(ServiceHome.TaskScheduler, program).InstallMasterAsync(new MasterServiceOptions(), dryRun: true, Stop);
        Assert.StartsWith($"{_home["net/dotnet.exe"]} {_home["bin/codexport.dll"]} master serve", result.Command, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("%TEMP%", true)]
    [InlineData("100%", false)]
    [InlineData("50% of 100%", false)]
    [InlineData("$(Arg0)", true)]
    [InlineData("$x", false)]
    public async Task TaskScheduler_WithAPathThatItWouldReplace_IsRefused(string name, bool isRefused)
    {
        _home.Variables["TEMP"] = "x";
        _home.UseHome(name);
        _home.MakeMaster();
        var install = () => _home.Open(ServiceHome.TaskScheduler).InstallMasterAsync(new MasterServiceOptions(), dryRun: true, Stop);
        if (isRefused)
        {
            Assert.Equal(ErrorCode.PathInvalid, (await Assert.ThrowsAsync<CodexportException>(install)).Code);
        }
        else
        {
            Assert.True((await install()).Changed);
        }
    }

    [Fact]
    public async Task Launchd_Install_BootstrapsTheAgentAndReplacesAnOldOne()
    {
        PlayLaunchd();
        var result = await InstallOnMacAsync();
        var plist = _home["home/Library/LaunchAgents/codexport-master.plist"];
        Assert.Equal(["launchctl enable gui/501/codexport-master", $"launchctl bootstrap gui/501 {plist}"], _home.Launcher.Changes);
        Assert.Contains($"<string>{_home["home/.codexport/log/codexport-master.log"]}</string>", File.ReadAllText(plist), StringComparison.Ordinal);
        Assert.True(Directory.Exists(_home["home/.codexport/log"]));
        Assert.True(result.Changed);
        Assert.False((await InstallOnMacAsync()).Changed);

        _home.WriteProgram("second");
        Assert.True((await InstallOnMacAsync()).Changed);
        Assert.Equal("launchctl bootout gui/501/codexport-master", _home.Launcher.Changes.ElementAt(2));
        var status = await _home.Open(_home.Launchd).GetMasterStatusAsync(Stop);
        Assert.True(status is { Installed: true, Running: true, Current: true, ProcessId: 4242, Problems: [] });

        await _home.Open(_home.Launchd).UninstallMasterAsync(dryRun: false, Stop);
        Assert.False(File.Exists(plist));
    }

    [Fact]
    public async Task Launchd_WithNobodyAtTheScreen_NamesTheCommand()
    {
        _home.Answer = _ => ServiceHome.Failed("Could not find domain for gui/501", 113);
        var error = await Assert.ThrowsAsync<CodexportException>(InstallOnMacAsync);
        Assert.Equal(ErrorCode.ServiceManagerMissing, error.Code);
        Assert.Contains("master serve", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Timers_OnBoth_RunTheQuickSync()
    {
        _home.MakeFollower();
        var windows = await _home.Open(ServiceHome.TaskScheduler).InstallTimerAsync(TimeSpan.FromMinutes(15), dryRun: true, Stop);
        Assert.Contains("<Interval>PT15M</Interval>", Assert.Single(windows.Files).Content, StringComparison.Ordinal);
        Assert.Contains("sync --quick</Arguments>", windows.Files[0].Content, StringComparison.Ordinal);
        PlayLaunchd();
        var mac = await _home.Open(_home.Launchd).InstallTimerAsync(TimeSpan.FromMinutes(15), dryRun: true, Stop);
        Assert.Contains("<integer>900</integer>", Assert.Single(mac.Files).Content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-11-22T14:34:00.0000000Z\r\n", true)]
    [InlineData("\r\n", false)]
    [InlineData("Get-ScheduledTaskInfo : No MSFT_ScheduledTask objects found", false)]
    public async Task TaskScheduler_TellsTheNextRunInUtc(string said, bool isTold)
    {
        _home.MakeFollower();
        _home.AddPrograms("system/System32/WindowsPowerShell/v1.0", "powershell.exe");
        PlayTaskScheduler(() => { });
        await _home.Open(ServiceHome.TaskScheduler).InstallTimerAsync(TimeSpan.FromMinutes(15), dryRun: false, Stop);
        var answer = _home.Answer;
        _home.Answer = request => request.Program.EndsWith("powershell.exe", StringComparison.Ordinal) ? ServiceHome.Ok(said) : answer(request);

        var status = await _home.Open(ServiceHome.TaskScheduler).GetTimerStatusAsync(Stop);

        Assert.Equal(isTold ? new DateTimeOffset(2026, 11, 22, 14, 34, 0, TimeSpan.Zero).LocalDateTime : null, status.NextRun);
        var asked = _home.Launcher.Requests[^1];
        Assert.Contains("Get-ScheduledTaskInfo -TaskName 'codexport-sync'", asked.Arguments[^1], StringComparison.Ordinal);
        Assert.Null(asked.Environment["PSModulePath"]);
    }

    [Fact]
    public async Task TaskScheduler_WithoutWindowsPowerShell_TellsTheRest()
    {
        _home.MakeFollower();
        PlayTaskScheduler(() => { });
        await _home.Open(ServiceHome.TaskScheduler).InstallTimerAsync(TimeSpan.FromMinutes(15), dryRun: false, Stop);
        Assert.True(await _home.Open(ServiceHome.TaskScheduler).GetTimerStatusAsync(Stop) is { Installed: true, Waiting: true, NextRun: null });
    }

    [Fact]
    public async Task Launchd_TellsNoNextRun()
    {
        _home.MakeFollower();
        PlayLaunchd();
        await _home.Open(_home.Launchd).InstallTimerAsync(TimeSpan.FromMinutes(15), dryRun: false, Stop);
        Assert.True(await _home.Open(_home.Launchd).GetTimerStatusAsync(Stop) is { Installed: true, Waiting: true, NextRun: null });
    }

    private void PlayTaskScheduler(Action start) => _home.Answer = request =>
    {
        switch (request.Arguments[0])
        {
            case "/query": return _isLoaded ? ServiceHome.Ok("codexport-master") : ServiceHome.Failed("ERROR: The system cannot find the file specified.");
            case "/create": _isLoaded = true; break;
            case "/delete": _isLoaded = false; break;
            case "/run": start(); break;
        }

        return ServiceHome.Ok();
    };

    private void PlayLaunchd() => _home.Answer = request =>
    {
        switch (request.Arguments[0])
        {
            case "print" when request.Arguments[1] == "gui/501": return ServiceHome.Ok("gui/501 = {\n}");
            case "print": return _isLoaded ? ServiceHome.Ok("x = {\n\tstate = running\n\tpid = 4242\n\tlast exit code = (never exited)\n}") : ServiceHome.Failed("Could not find service", 113);
            case "bootstrap": _isLoaded = true; break;
            case "bootout": _isLoaded = false; break;
        }

        return ServiceHome.Ok();
    };

    private RunFile Hold() => RunFile.Hold(_home.Context, RunFilePath, CancellationToken.None);

    private Task<ServiceChangeResult> InstallOnWindowsAsync()
        => _home.Open(ServiceHome.TaskScheduler).InstallMasterAsync(new MasterServiceOptions(), dryRun: false, Stop);

    private Task<ServiceChangeResult> InstallOnMacAsync()
        => _home.Open(_home.Launchd).InstallMasterAsync(new MasterServiceOptions(), dryRun: false, Stop);

    private Task<ServiceStatusResult> StatusOnWindowsAsync() => _home.Open(ServiceHome.TaskScheduler).GetMasterStatusAsync(Stop);

    private sealed class Disposer(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
