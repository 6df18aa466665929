using System.Globalization;
using Codexport.Engine.Diagnostics;
using Codexport.Engine.Follower.Sync;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Platform.Watching;
using Codexport.Engine.Results;
using Codexport.Tests.Master;

namespace Codexport.Tests.Diagnostics;

public sealed class WatchLimitCheckTests : IDisposable
{
    private readonly MasterHome _home = new();

    public WatchLimitCheckTests()
    {
        // With the home, its state and 'skills' ten folders.
        for (var index = 0; index < 7; index++)
        {
            _home.Write($"skills/s{index}/SKILL.md");
        }
    }

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData(8192, 8000, 128, 100)]
    [InlineData(8192, 8179, 128, 126)]
    public async Task Run_WithRoomEnough_IsOk(long watches, long takenWatches, long instances, long takenInstances)
    {
        var finding = Assert.Single(await RunAsync(new InotifyUsage(watches, instances, takenWatches, takenInstances)));
        Assert.Equal((DiagnosticLevel.Ok, null), (finding.Level, finding.Remedy));
        Assert.StartsWith("10 folders", finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8192, 8180, "fs.inotify.max_user_watches", "leave 12 of this user's 8,192", "that is close", "fs.inotify.max_user_watches=1048576")]
    [InlineData(8192, 8183, "fs.inotify.max_user_watches", "leave 9 of", "every few seconds", "fs.inotify.max_user_watches=1048576")]
    [InlineData(8192, 9000, "fs.inotify.max_user_watches", "leave 0 of", "every few seconds", "fs.inotify.max_user_watches=1048576")]
    [InlineData(2000000, 1999995, "fs.inotify.max_user_watches", "leave 5 of", "every few seconds", "fs.inotify.max_user_watches=4000010")]
    public async Task Run_WhenWatchesAreShort_NamesTheSettingAndAValue(long max, long taken, string limit, string left, string outcome, string setting)
    {
        var finding = Assert.Single(await RunAsync(new InotifyUsage(max, 128, taken, 3)));
        Assert.Equal((DiagnosticLevel.Warning, "file watches"), (finding.Level, finding.Name));
        Assert.All([limit, left, outcome, "takes 10 file watches"], part => Assert.Contains(part, finding.Message, StringComparison.Ordinal));
        Assert.Contains($"'sudo sysctl {setting}'", finding.Remedy, StringComparison.Ordinal);
        Assert.Contains("/etc/sysctl.d/", finding.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(127, "that is close")]
    [InlineData(128, "every few seconds")]
    public async Task Run_WhenInstancesAreShort_NamesThatSetting(long taken, string outcome)
    {
        var finding = Assert.Single(await RunAsync(new InotifyUsage(8192, 128, 100, taken)));
        Assert.Contains(outcome, finding.Message, StringComparison.Ordinal);
        Assert.Contains("fs.inotify.max_user_instances=1024", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_InAnotherRegion_SaysTheSame()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Contains("8,192", Assert.Single(await RunAsync(new InotifyUsage(8192, 128, 8183, 3))).Message, StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task Run_WhereNothingIsTold_IsSkipped()
        => Assert.Equal(DiagnosticLevel.Skipped, Assert.Single(await RunAsync(null)).Level);

    [Fact]
    public async Task Run_OnWhatIsNoMaster_IsSkipped()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "These limits are Linux's.");
        using var other = new MasterHome();
        var scope = new DiagnosticScope(other.Context, new FollowerServices());
        var finding = Assert.Single(await new WatchLimitCheck().RunAsync(scope, TestContext.Current.CancellationToken));
        Assert.Equal(DiagnosticLevel.Skipped, finding.Level);
    }

    [Fact]
    public async Task Run_Elsewhere_SaysNothing()
    {
        Assert.SkipWhen(OperatingSystem.IsLinux(), "Linux has these limits.");
        MasterIdentity.Create(_home.Context).Dispose();
        var scope = new DiagnosticScope(_home.Context, new FollowerServices());
        Assert.Empty(await new WatchLimitCheck().RunAsync(scope, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Doctor_OnAMaster_LooksAtThisMachine()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "These limits are Linux's.");
        MasterIdentity.Create(_home.Context).Dispose();
        var report = await new Doctor(_home.Context).RunAsync(null, TestContext.Current.CancellationToken);
        Assert.All(
            report.Findings.Where(finding => finding.Name == "file watches").ToList() is { Count: > 0 } found ? found : throw new InvalidOperationException("It was not looked at."),
            finding => Assert.True(finding.Level is DiagnosticLevel.Ok or DiagnosticLevel.Warning, finding.ToString()));
    }

    private Task<IReadOnlyList<DiagnosticFinding>> RunAsync(InotifyUsage? usage)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "These limits are Linux's.");
        MasterIdentity.Create(_home.Context).Dispose();
        return new WatchLimitCheck { Usage = () => usage }
            .RunAsync(new DiagnosticScope(_home.Context, new FollowerServices()), TestContext.Current.CancellationToken);
    }
}
