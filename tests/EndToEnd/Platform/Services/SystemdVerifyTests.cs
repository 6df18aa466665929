using Codexport.Engine.ServiceSetup;
using Codexport.Tests.Cli;

namespace Codexport.Tests.Platform.Services;

public sealed class SystemdVerifyTests
{
    [Fact]
    public async Task Units_InTheEyesOfSystemd_HaveNothingWrong()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/systemd-analyze"), "There is no systemd-analyze on this machine.");
        using var folder = new TemporaryFolder();
        var program = folder["pro gram %h $HOME 'q' \"d\" back\\slash é"];
        File.WriteAllText(program, "#!/bin/sh\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        var timer = ServiceTexts.Timer(TimeSpan.FromMinutes(15)) with { Program = program };
        var server = ServiceTexts.Server(program, "--home", program) with { Environment = new Dictionary<string, string> { ["PATH"] = program } };
        File.WriteAllText(folder["codexport-master.service"], SystemdUnits.Service(server));
        File.WriteAllText(folder["codexport-sync.service"], SystemdUnits.Task(timer));
        File.WriteAllText(folder["codexport-sync.timer"], SystemdUnits.Timer(timer));
        foreach (var unit in new[] { "codexport-master.service", "codexport-sync.service", "codexport-sync.timer" })
        {
            var run = await ProgramRun.RunAsync(
                "/usr/bin/env", "XDG_RUNTIME_DIR=" + folder.Path, "/usr/bin/systemd-analyze", "--user", "--man=no", "verify", folder[unit]);
            Assert.True(run.ExitCode == 0, run.Error);
            Assert.DoesNotContain("codexport", run.Error, StringComparison.Ordinal);
        }
    }
}
