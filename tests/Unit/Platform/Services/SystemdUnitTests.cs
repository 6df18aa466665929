using Codexport.Engine.ServiceSetup;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Codexport.Tests.Platform.Services;

public sealed class SystemdUnitTests
{
    [Property(MaxTest = 2_000)]
    public Property CommandLine_OfAnyProgramAndArguments_IsReadBackAsTheyWere()
        => Prop.ForAll(ServiceTexts.Odd, ServiceTexts.OddLists, (name, arguments) =>
        {
            var program = "/opt/" + name;
            var line = SystemdQuoting.CommandLine(program, arguments);
            Assert.DoesNotContain('\n', line);
            var words = SystemdWords.ReadCommand(line);
            if (words[0] == SystemdQuoting.Shell)
            {
                Assert.Equal(SystemdQuoting.ShellArguments, words.Skip(1).Take(2));
                words.RemoveRange(0, 3);
            }
            else
            {
                // What systemd's own reader asks of the path of a program.
                Assert.DoesNotContain(words[0], letter => letter is '"' or '\'' or '\\' or < ' ' or '\u007f');
            }

            Assert.Equal([program, .. arguments], words);
        });

    [Property(MaxTest = 1_000)]
    public Property Assignment_OfAnyValue_IsReadBackAsItWas()
        => Prop.ForAll(ServiceTexts.Odd, value => Assert.Equal(["NAME=" + value], SystemdWords.ReadWords(SystemdQuoting.Assignment("NAME", value))));

    [Fact]
    public void CommandLine_OfPlainWords_IsNotQuoted()
        => Assert.Equal("/usr/bin/codexport master serve --host 0.0.0.0 --allow fd00::/8", SystemdQuoting.CommandLine(
            "/usr/bin/codexport", ["master", "serve", "--host", "0.0.0.0", "--allow", "fd00::/8"]));

    [Fact]
    public void Service_StartsWhenReady_IsWatchedAndRestartedWithinLimits()
    {
        var unit = Parse(SystemdUnits.Service(ServiceTexts.Server(arguments: ["--port", "1"])));

        Assert.Equal(["Unit", "Service", "Install"], unit.Keys);
        Assert.Equal("Codexport: 100%% of it", unit["Unit"]["Description"]);
        Assert.Equal(("10min", "30"), (unit["Unit"]["StartLimitIntervalSec"], unit["Unit"]["StartLimitBurst"]));
        var service = unit["Service"];
        Assert.Equal(("notify", "main", "on-failure", "60s"), (service["Type"], service["NotifyAccess"], service["Restart"], service["WatchdogSec"]));
        Assert.Equal(["/opt/code x/codexport", "master", "serve", "--port", "1"], SystemdWords.ReadCommand(service["ExecStart"]));
        Assert.Equal(("yes", "0077", "yes"), (service["NoNewPrivileges"], service["UMask"], service["LockPersonality"]));
        Assert.Equal("AF_INET AF_INET6 AF_UNIX AF_NETLINK", service["RestrictAddressFamilies"]);
        Assert.DoesNotContain("MemoryDenyWriteExecute", service.Keys);
        Assert.Equal("default.target", unit["Install"]["WantedBy"]);
    }

    [Fact]
    public void Service_WithVariables_CarriesThem()
    {
        var definition = ServiceTexts.Server() with { Environment = new Dictionary<string, string> { ["DOTNET_ROOT"] = "/opt/my dotnet/100%" } };
        var service = Parse(SystemdUnits.Service(definition))["Service"];
        Assert.Equal(["DOTNET_ROOT=/opt/my dotnet/100%"], SystemdWords.ReadWords(service["Environment"]));
    }

    [Theory]
    [InlineData(60, "60s", "6s")]
    [InlineData(900, "900s", "90s")]
    [InlineData(86400, "86400s", "300s")]
    public void Timer_RunsATaskThatEnds(int seconds, string every, string spread)
    {
        var definition = ServiceTexts.Timer(TimeSpan.FromSeconds(seconds));
        var task = Parse(SystemdUnits.Task(definition));
        var timer = Parse(SystemdUnits.Timer(definition));

        Assert.Equal("oneshot", task["Service"]["Type"]);
        Assert.DoesNotContain("Install", task.Keys);
        Assert.DoesNotContain("Restart", task["Service"].Keys);
        Assert.Equal((every, spread, "1min"), (timer["Timer"]["OnUnitActiveSec"], timer["Timer"]["RandomizedDelaySec"], timer["Timer"]["OnBootSec"]));
        Assert.Equal("timers.target", timer["Install"]["WantedBy"]);
    }

    private static Dictionary<string, Dictionary<string, string>> Parse(string text)
    {
        var sections = new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        Dictionary<string, string>? section = null;
        foreach (var line in text.Split('\n').Where(line => line.Length > 0 && line[0] is not ('#' or ';')))
        {
            if (line[0] == '[')
            {
                sections.Add(line.Trim('[', ']'), section = new(StringComparer.Ordinal));
                continue;
            }

            var parts = line.Split('=', 2);
            section!.Add(parts[0], parts[1]);
        }

        return sections;
    }
}
