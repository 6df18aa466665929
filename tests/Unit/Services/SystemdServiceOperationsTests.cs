using Codexport.Engine.Diagnostics;
using Codexport.Engine.Errors;
using Codexport.Engine.Results;
using Codexport.Engine.ServiceSetup;
using Codexport.Tests.Cli;
using Codexport.Tests.Platform.Services;

namespace Codexport.Tests.Services;

public sealed class SystemdServiceOperationsTests : IDisposable
{
    private const string Up = "LoadState=loaded\nActiveState=active\nUnitFileState=enabled\nMainPID=77\nNRestarts=3\nStatusText=Serving\nResult=success\n"
        + "ActiveEnterTimestamp=Sun 2026-11-22 10:41:00 UTC\nLastTriggerUSec=Sun 2026-11-22 10:42:00 UTC\nNeedDaemonReload=no\n";

    private const string Absent = "LoadState=not-found\nActiveState=inactive\nUnitFileState=\nMainPID=0\nResult=success\n";

    private readonly ServiceHome _home = new();
    private string _state = Absent;
    private string _linger = "Linger=yes";
    private string _timers = "[]";

    public SystemdServiceOperationsTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Programs are found by their suffix there.");
        _home.AddPrograms("system", "systemctl", "loginctl");
        _home.Variables["XDG_RUNTIME_DIR"] = "/run/user/1";
        _home.Answer = request =>
        {
            var line = RecordingLauncher.Line(request);
            if (line.Contains("restart", StringComparison.Ordinal))
            {
                _state = Up;
            }

            return line == "systemctl --user show --property=Version" ? ServiceHome.Ok("Version=252\n")
                : line.StartsWith("systemctl --user show", StringComparison.Ordinal) ? ServiceHome.Ok(_state)
                : line.StartsWith("systemctl --user list-timers", StringComparison.Ordinal) ? ServiceHome.Ok(_timers)
                : line.StartsWith("loginctl", StringComparison.Ordinal) ? ServiceHome.Ok(_linger)
                : ServiceHome.Ok();
        };
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Unit => _home["home/.config/systemd/user/codexport-master.service"];

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Install_OnAMaster_WritesTheUnitAndStartsIt()
    {
        _home.MakeMaster();
        var result = await Services().InstallMasterAsync(
            new MasterServiceOptions { Host = "127.0.0.1", Port = 18000, Allow = ["10.0.0.0/8", "fd00::/8"] }, dryRun: false, Stop);

        Assert.True(result is { Changed: true, Installed: true, DryRun: false, Name: "codexport-master", Manager: "systemd", Warnings: [] });
        Assert.Equal(
            ["systemctl --user daemon-reload", "systemctl --user enable codexport-master.service", "systemctl --user restart codexport-master.service"],
            _home.Launcher.Changes);
        Assert.Equal(result.Commands, _home.Launcher.Changes);
        var text = File.ReadAllText(Unit);
        Assert.Contains(
            $"\nExecStart={_home["bin/codexport"]} master serve --host 127.0.0.1 --port 18000 --allow 10.0.0.0/8 --allow fd00::/8 --journal\n", text, StringComparison.Ordinal);
        Assert.Equal((ServiceFileAction.Write, Unit, text), (result.Files[0].Action, result.Files[0].Path, result.Files[0].Content));
        Assert.All(_home.Launcher.Requests.Where(request => request.Program.EndsWith("systemctl", StringComparison.Ordinal)), request => Assert.Equal("C", request.Environment["LC_ALL"]));
    }

    [Fact]
    public async Task Install_Again_DoesNothingUntilTheProgramIsAnother()
    {
        _home.MakeMaster();
        await InstallAsync();
        var commands = _home.Launcher.Changes.Count();
        var again = await InstallAsync();
        Assert.True(again is { Changed: false, Installed: true, Files: [], Commands: [] });
        Assert.Equal(commands, _home.Launcher.Changes.Count());
        Assert.True((await Services().GetMasterStatusAsync(Stop)).Current);

        _home.WriteProgram("second");
        var status = await Services().GetMasterStatusAsync(Stop);
        Assert.False(status.Current);
        Assert.Contains("another version", Assert.Single(status.Problems), StringComparison.Ordinal);
        Assert.True((await InstallAsync()).Changed);
        Assert.Equal("systemctl --user restart codexport-master.service", _home.Launcher.Changes.Last());
    }

    [Fact]
    public async Task Install_WithOtherOptions_SaysWhatChanges()
    {
        _home.MakeMaster();
        await Services().InstallMasterAsync(new MasterServiceOptions { Allow = ["10.0.0.0/8"] }, dryRun: false, Stop);
        foreach (var dryRun in new[] { true, false })
        {
            var result = await Services().InstallMasterAsync(new MasterServiceOptions(), dryRun, Stop);
            Assert.Equal("The options of the service change from '--allow 10.0.0.0/8 --journal' to '--journal'.", Assert.Single(result.Warnings));
        }
    }

    [Fact]
    public async Task Install_OfAServiceThatWasGivenUp_ForgivesItFirst()
    {
        _home.MakeMaster();
        _state = Absent.Replace("inactive", "failed", StringComparison.Ordinal);
        await InstallAsync();
        Assert.Contains("systemctl --user reset-failed codexport-master.service", _home.Launcher.Changes);
    }

    [Fact]
    public async Task Install_Dry_ShowsEverythingAndWritesNothing()
    {
        _home.MakeMaster();
        var before = CommandLineFixture.Snapshot(_home["home"]);
        var result = await Services().InstallMasterAsync(new MasterServiceOptions(), dryRun: true, Stop);

        Assert.True(result is { Changed: true, DryRun: true, Installed: false });
        Assert.Contains("[Service]", Assert.Single(result.Files).Content, StringComparison.Ordinal);
        Assert.Equal(3, result.Commands.Count);
        Assert.Contains("    Type=notify", result.Describe(), StringComparison.Ordinal);
        Assert.Empty(_home.Launcher.Changes);
        Assert.Equal(before, CommandLineFixture.Snapshot(_home["home"]));
    }

    [Fact]
    public async Task Install_WithoutLingering_SaysHowToHaveIt()
    {
        _home.MakeMaster();
        _linger = "Linger=no";
        Assert.Contains("loginctl enable-linger", Assert.Single((await InstallAsync()).Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Install_WhereNoManagerAnswers_NamesTheCommandToRunByHand()
    {
        _home.MakeMaster();
        _home.Variables["WSL_DISTRO_NAME"] = "Debian";
        _home.Answer = _ => ServiceHome.Failed("Failed to connect to bus: No medium found\n");
        var error = await Assert.ThrowsAsync<CodexportException>(InstallAsync);

        Assert.Equal(ErrorCode.ServiceManagerMissing, error.Code);
        Assert.Contains("No medium found", error.Message, StringComparison.Ordinal);
        Assert.Contains("/etc/wsl.conf", error.Message, StringComparison.Ordinal);
        Assert.EndsWith($"{_home["bin/codexport"]} master serve", error.Remedy, StringComparison.Ordinal);
        Assert.False(File.Exists(Unit));

        var dry = await Services().InstallMasterAsync(new MasterServiceOptions(), dryRun: true, Stop);
        Assert.Contains("No medium found", Assert.Single(dry.Warnings), StringComparison.Ordinal);
        Assert.NotEmpty(dry.Files);
    }

    [Fact]
    public async Task Install_WhenTheManagerRefuses_SaysWhatItSaid()
    {
        _home.MakeMaster();
        var answer = _home.Answer;
        _home.Answer = request => request.Arguments.Contains("enable") ? ServiceHome.Failed("Unit is masked.", 4) : answer(request);
        var error = await Assert.ThrowsAsync<CodexportException>(InstallAsync);
        Assert.Equal(ErrorCode.ServiceFailed, error.Code);
        Assert.Contains("exit code 4: Unit is masked.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Install_OnAHomeWithoutARole_IsRefused()
    {
        Assert.Equal(ErrorCode.NotMaster, (await Assert.ThrowsAsync<CodexportException>(InstallAsync)).Code);
        var error = await Assert.ThrowsAsync<CodexportException>(() => Services().InstallTimerAsync(TimerInterval.Default, dryRun: true, Stop));
        Assert.Equal(ErrorCode.NotFollower, error.Code);
        Assert.Empty(_home.Launcher.Requests);
    }

    [Theory]
    [InlineData("nonsense", null, null, ErrorCode.SettingsInvalid)]
    [InlineData(null, 0, null, ErrorCode.InvalidUsage)]
    [InlineData(null, null, "--json", ErrorCode.InvalidUsage)]
    public async Task Install_WithOptionsThatTheServerWouldRefuse_IsRefused(string? allow, int? port, string? host, ErrorCode code)
    {
        _home.MakeMaster();
        var options = new MasterServiceOptions { Allow = allow is null ? [] : [allow], Port = port, Host = host };
        Assert.Equal(code, (await Assert.ThrowsAsync<CodexportException>(() => Services().InstallMasterAsync(options, dryRun: true, Stop))).Code);
    }

    [Fact]
    public async Task Install_ForAnotherHome_NamesItInTheUnitAndHasANameOfItsOwn()
    {
        _home.UseHome("other home");
        _home.MakeMaster();
        var result = await InstallAsync();

        Assert.Matches("^codexport-master-[0-9a-f]{8}$", result.Name);
        var file = Assert.Single(result.Files);
        Assert.Equal(_home[$"home/.config/systemd/user/{result.Name}.service"], file.Path);
        Assert.Contains($"master serve --home \"{_home["other home"]}\" --journal", file.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Install_WhereCodexIsOnThePersonsPathAlone_CarriesItsFolder()
    {
        _home.MakeMaster();
        _home.AddPrograms("nvm", "codex", "node");
        var text = (await InstallAsync()).Files[0].Content;
        Assert.Contains($"\nEnvironment=PATH={_home["nvm"]}:/usr/local/sbin:", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Install_OfTheModulesProgram_RunsACopyAndDropsTheOneBefore()
    {
        _home.MakeMaster();
        var program = _home.Program with { Native = null, Dotnet = _home["system/dotnet"], IsCopied = true };
        var first = await Services(program).InstallMasterAsync(new MasterServiceOptions(), dryRun: false, Stop);
        var copies = _home["home/.codexport/service/program"];
        var copy = Assert.Single(Directory.GetDirectories(copies));
        Assert.Contains($"ExecStart={_home["system/dotnet"]} {copy}/codexport.dll master serve --journal\n", File.ReadAllText(Unit), StringComparison.Ordinal);
        Assert.Equal("firstcodexport.dll", File.ReadAllText(Path.Combine(copy, "codexport.dll")));
        Assert.Contains(first.Files, file => file.Action == ServiceFileAction.Copy && file.Path == copy);

        _home.WriteProgram("second");
        await Services(program).InstallMasterAsync(new MasterServiceOptions(), dryRun: false, Stop);
        var other = Assert.Single(Directory.GetDirectories(copies));
        Assert.NotEqual(copy, other);
        Assert.Contains(other, File.ReadAllText(Unit), StringComparison.Ordinal);

        await Services(program).UninstallMasterAsync(dryRun: false, Stop);
        Assert.False(Directory.Exists(copies));
    }

    [Fact]
    public async Task Uninstall_StopsItAndRemovesItsFile()
    {
        _home.MakeMaster();
        await InstallAsync();
        var dry = await Services().UninstallMasterAsync(dryRun: true, Stop);
        Assert.True(dry is { Changed: true, Installed: true });
        Assert.True(File.Exists(Unit));

        var result = await Services().UninstallMasterAsync(dryRun: false, Stop);
        Assert.True(result is { Changed: true, Installed: false });
        Assert.False(File.Exists(Unit));
        Assert.Equal(["systemctl --user disable --now codexport-master.service", "systemctl --user daemon-reload"], _home.Launcher.Changes.TakeLast(2));

        _state = Absent;
        Assert.False((await Services().UninstallMasterAsync(dryRun: false, Stop)).Changed);
    }

    [Fact]
    public async Task Status_TellsWhatTheManagerTells()
    {
        _home.MakeMaster();
        await InstallAsync();
        var status = await Services().GetMasterStatusAsync(Stop);
        Assert.True(status is { Installed: true, Running: true, Enabled: true, Current: true, ProcessId: 77, Restarts: 3, Status: "Serving", Problems: [] });
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 10, 41, 0, TimeSpan.Zero).LocalDateTime, status.Since);
        Assert.Equal((Unit, $"{_home["bin/codexport"]} master serve --journal"), (status.File, status.Command));

        _state = Up.Replace("ActiveState=active", "ActiveState=failed", StringComparison.Ordinal).Replace("Result=success", "Result=exit-code", StringComparison.Ordinal);
        var failed = await Services().GetMasterStatusAsync(Stop);
        Assert.False(failed.Running);
        Assert.Equal(2, failed.Problems.Count);
    }

    [Fact]
    public async Task Timer_IsTwoUnitsAndKnowsItsInterval()
    {
        _home.MakeFollower();
        var result = await Services().InstallTimerAsync(TimeSpan.FromMinutes(20), dryRun: false, Stop);

        Assert.Equal((2, TimeSpan.FromMinutes(20)), (result.Files.Count, result.Every));
        Assert.Empty(result.Warnings);
        Assert.Equal(
            ["systemctl --user daemon-reload", "systemctl --user enable codexport-sync.timer", "systemctl --user restart codexport-sync.timer"], _home.Launcher.Changes);
        Assert.Contains($"ExecStart={_home["bin/codexport"]} sync --quick\n", result.Files[0].Content, StringComparison.Ordinal);
        var status = await Services().GetTimerStatusAsync(Stop);
        Assert.True(status is { Installed: true, Waiting: true, Current: true, Problems: [] });
        Assert.Equal((TimeSpan.FromMinutes(20), new DateTimeOffset(2026, 11, 22, 10, 42, 0, TimeSpan.Zero).LocalDateTime), (status.Every, status.LastRun));

        Assert.False((await Services().InstallTimerAsync(TimeSpan.FromMinutes(20), dryRun: false, Stop)).Changed);
        Assert.True((await Services().InstallTimerAsync(TimeSpan.FromMinutes(21), dryRun: false, Stop)).Changed);
        await Services().UninstallTimerAsync(dryRun: false, Stop);
        Assert.False((await Services().GetTimerStatusAsync(Stop)).Installed);
    }

    // As systemd 252 prints them, but for the null of newer ones and the table of older ones.
    [Theory]
    [InlineData("""[{"next":1795358040336288,"left":1795358040336288,"last":0,"passed":0,"unit":"codexport-sync.timer","activates":"codexport-sync.service"}]""", true)]
    [InlineData("""[{"next":0,"left":0,"last":1795357906000000,"passed":0,"unit":"codexport-sync.timer","activates":"codexport-sync.service"}]""", false)]
    [InlineData("""[{"next":null,"left":null,"last":1795357906000000,"passed":0,"unit":"codexport-sync.timer","activates":"codexport-sync.service"}]""", false)]
    [InlineData("""[{"next":18446744073709551615,"unit":"codexport-sync.timer"}]""", false)]
    [InlineData("[]", false)]
    [InlineData("{}", false)]
    [InlineData("NEXT LEFT LAST PASSED UNIT ACTIVATES\n\n0 timers listed.\n", false)]
    public async Task Timer_TellsItsNextRunAsFarAsSystemdDoes(string timers, bool isTold)
    {
        _home.MakeFollower();
        await Services().InstallTimerAsync(TimerInterval.Default, dryRun: false, Stop);
        _timers = timers;
        var expected = new DateTimeOffset(2026, 11, 22, 14, 34, 0, TimeSpan.Zero).AddMicroseconds(336_288);
        Assert.Equal(isTold ? expected.LocalDateTime : null, (await Services().GetTimerStatusAsync(Stop)).NextRun);

        // One that does not wait is not asked about.
        _state = Absent;
        Assert.Null((await Services().GetTimerStatusAsync(Stop)).NextRun);
        Assert.Single(_home.Launcher.Requests, request => request.Arguments.Contains("list-timers"));
    }

    [Fact]
    public async Task Doctor_LooksAtTheServiceThatIsInstalled()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It looks at the machine's own kind of manager.");
        _home.MakeMaster();
        Assert.Equal(DiagnosticLevel.Info, (await DiagnoseAsync()).Level);
        await InstallAsync();
        Assert.Equal(DiagnosticLevel.Ok, (await DiagnoseAsync()).Level);
        _state = Absent;
        var finding = await DiagnoseAsync();
        Assert.Equal((DiagnosticLevel.Error, true), (finding.Level, finding.Remedy!.Contains("journalctl --user -u codexport-master", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Doctor_OfAHomeThatHasLeft_NamesTheTimerThatStayed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It looks at the machine's own kind of manager.");
        _home.MakeFollower();
        await Services().InstallTimerAsync(TimerInterval.Default, dryRun: false, Stop);
        Assert.Equal(DiagnosticLevel.Ok, (await DiagnoseAsync()).Level);
        File.Delete(_home["home/.codexport/state/enrollment.json"]);
        Assert.Contains("codexport follower timer uninstall", (await DiagnoseAsync()).Remedy, StringComparison.Ordinal);
    }

    private async Task<DiagnosticFinding> DiagnoseAsync()
        => Assert.Single((await new Doctor(_home.Context).RunAsync(null, Stop)).Findings, finding => finding.Name == "service");

    [Fact]
    public async Task Timer_OfTheModule_RunsTheCmdletOfItsNewestVersion()
    {
        _home.UseHome("it's mine");
        _home.MakeFollower();
        var program = _home.Program with { Native = null, IsCopied = true, PowerShell = "/usr/bin/pwsh", ModuleFolder = "/modules/Codexport" };
        var result = await Services(program).InstallTimerAsync(TimerInterval.Default, dryRun: false, Stop);

        Assert.DoesNotContain(result.Files, file => file.Action == ServiceFileAction.Copy);
        var words = SystemdWords.ReadCommand(result.Files[0].Content!.Split('\n').Single(line => line.StartsWith("ExecStart=", StringComparison.Ordinal))[10..]);
        Assert.Equal(
            ["/usr/bin/pwsh", "-NoProfile", "-NonInteractive", "-Command",
                $"Import-Module '/modules/Codexport'; Sync-CodexportFollower -Quick -HomePath '{_home["it''s mine"]}'"],
            words);
        Assert.True((await Services(program).GetTimerStatusAsync(Stop)).Current);
        Assert.True((await Services().GetTimerStatusAsync(Stop)).Current);
        Assert.False((await Services(program).InstallTimerAsync(TimerInterval.Default, dryRun: false, Stop)).Changed);
    }

    private ServiceOperations Services(ServiceProgram? program = null) => _home.Open(_home.Systemd, program);

    private Task<ServiceChangeResult> InstallAsync() => Services().InstallMasterAsync(new MasterServiceOptions(), dryRun: false, Stop);
}
