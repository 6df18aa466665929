using System.Diagnostics;
using System.Globalization;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Watching;
using Codexport.Engine.Platform.Watching;

namespace Codexport.Tests.Master;

/// <summary>
/// Linux's limits on file watches, for real: in a user namespace of its own, whose limits are its own too, so that nothing is changed for
/// anybody else. The test runs itself there.
/// </summary>
public sealed class InotifyLimitTests
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(200);

    private const string Inside = "CODEXPORT_TEST_INOTIFY";
    private const string Limits = "/proc/sys/user/";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(28, "max_user_watches")]
    [InlineData(24, "max_user_instances")]
    public void Explain_OfAUsedUpLimit_NamesTheSettingAndAValue(int number, string limit)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "These limits are Linux's.");
        var error = Assert.IsType<CodexportException>(InotifyLimits.Explain(new IOException("said", number)));
        Assert.Equal((ErrorCode.WatchLimitReached, "fs.inotify." + limit), (error.Code, error.Target));
        var value = error.Remedy.Split($"sysctl fs.inotify.{limit}=")[1].Split('\'')[0];
        var present = long.Parse(File.ReadAllText("/proc/sys/fs/inotify/" + limit), CultureInfo.InvariantCulture);
        Assert.True(long.Parse(value, CultureInfo.InvariantCulture) >= 2 * present, $"{value} against {present}");
        Assert.Contains("/etc/sysctl.d/", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_OfAnotherFailure_LeavesItAsItIs()
    {
        var error = new IOException("said", 5);
        Assert.Same(error, InotifyLimits.Explain(error));
    }

    [Fact]
    public async Task Watcher_UnderSmallLimits_PollsWithTheRemedyAndComesBack()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "These limits are Linux's.");
        if (Environment.GetEnvironmentVariable(Inside) is not null)
        {
            await PollAndComeBackAsync("max_inotify_instances", 0, "max_user_instances");
            await PollAndComeBackAsync("max_inotify_watches", 20, "max_user_watches");
            return;
        }

        // The runner's own output says what failed in there.
        var program = Path.ChangeExtension(typeof(InotifyLimitTests).Assembly.Location, null);
        var method = $"{typeof(InotifyLimitTests).FullName}.{nameof(Watcher_UnderSmallLimits_PollsWithTheRemedyAndComesBack)}";
        var start = new ProcessStartInfo("unshare", ["-U", "-r", program, "-method", method, "-noLogo"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [Inside] = "1" },
        };
        Assert.SkipUnless(await CanUnshareAsync() && File.Exists(program), "This machine makes no user namespaces for this user.");
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(Stop);
        var output = await process.StandardOutput.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        Assert.True(process.ExitCode == 0, output + await errors);
        Assert.DoesNotContain("Total: 0", output, StringComparison.Ordinal);
    }

    private static async Task PollAndComeBackAsync(string limit, int small, string setting)
    {
        var before = await File.ReadAllTextAsync(Limits + limit, Stop);
        await using var home = new WatchedHome();
        home.Home.Write("AGENTS.md", "old");
        for (var index = 0; index < 60; index++)
        {
            home.Home.Write($"skills/s{index}/SKILL.md", "old");
        }

        await File.WriteAllTextAsync(Limits + limit, small.ToString(CultureInfo.InvariantCulture), Stop);
        await home.StartAsync(new MasterWatcher(home.Home.Context)
        {
            PollEvery = PollEvery,
            RetryEvery = TimeSpan.FromSeconds(2),
            Probation = TimeSpan.FromMilliseconds(200),
        });
        await home.UntilAsync(() => home.Events.Any(item => item.Kind == WatchEventKind.Polling), "It does not say that it polls.");
        var polling = home.Events.First(item => item.Kind == WatchEventKind.Polling);
        var error = Assert.IsType<CodexportException>(polling.Error);
        Assert.Equal((ErrorCode.WatchLimitReached, "fs.inotify." + setting), (error.Code, error.Target));

        // Found by looking; the last folder is one for which there would be no watch left.
        home.Home.Write("skills/s59/SKILL.md", "new");
        await home.UntilAsync("skills/s59/SKILL.md", "new");
        var (rebuilds, since) = (home.Rebuilds, Stopwatch.GetTimestamp());
        await Task.Delay(1000, Stop);
        var more = home.Rebuilds - rebuilds;
        Assert.InRange(more, 0, (int)(Stopwatch.GetElapsedTime(since) / PollEvery) + 7);

        await File.WriteAllTextAsync(Limits + limit, before.Trim(), Stop);
        await home.UntilAsync(() => home.Events.Last(item => item.Kind != WatchEventKind.Changed).Kind == WatchEventKind.Watching, "It does not come back to watching.");
        Assert.Single(home.Events, item => item.Kind == WatchEventKind.Polling);
        home.Home.Write("skills/s59/SKILL.md", "newest");
        await home.UntilAsync("skills/s59/SKILL.md", "newest");
        Assert.Contains(home.Events, item => item.Kind == WatchEventKind.Changed);
    }

    private static async Task<bool> CanUnshareAsync()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("unshare", ["-U", "-r", "sh", "-c", $"echo 20 > {Limits}max_inotify_watches"]) { RedirectStandardError = true })!;
            await process.WaitForExitAsync(Stop);
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
