using System.Globalization;
using System.Runtime.Versioning;
using Codexport.Engine.Master.Watching;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Watching;
using Codexport.Tests.Master;

namespace Codexport.Tests.Platform;

[SupportedOSPlatform("linux")]
public sealed class InotifyUsageTests : IDisposable
{
    // As Linux 6.1 prints them; 0x3ce is what our own server asks for, and 0x4000000 one of the flags that newer kernels show.
    private const string Own = "inotify wd:1 ino:2a sdev:800001 mask:40003ce ignored_mask:0 fhandle-bytes:8 fhandle-type:1 f_handle:11";
    private const string OwnBelow = "inotify wd:2 ino:2b sdev:800001 mask:3ce ignored_mask:0 fhandle-bytes:8 fhandle-type:1 f_handle:12";
    private const string Editor = "inotify wd:1 ino:2a sdev:800001 mask:fce ignored_mask:0 fhandle-bytes:8 fhandle-type:1 f_handle:11";

    private readonly TemporaryFolder _processes = new();

    public InotifyUsageTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "These limits are Linux's.");
        Limit("max_user_watches", 8192);
        Limit("max_user_instances", 128);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _processes.Dispose();

    [Fact]
    public void Read_CountsWhatTheUsersProcessesHaveTaken()
    {
        Process(10, 1000, [Editor, OwnBelow], []);
        Process(11, 1000, [OwnBelow]);
        Process(12, 1000);
        Process(13, 0, [Editor]);
        Directory.CreateDirectory(_processes["irq"]);
        Directory.CreateDirectory(_processes["99"]);
        Assert.Equal(new InotifyUsage(8192, 128, 3, 3), InotifyUsage.Read(_processes.Path, 1000, ownFolder: 0x2a, Stop));
    }

    [Fact]
    public void Read_LeavesOutOurOwnServerOfThatFolder()
    {
        Process(10, 1000, [Own, OwnBelow], [Editor]);
        Assert.Equal(new InotifyUsage(8192, 128, 1, 1), InotifyUsage.Read(_processes.Path, 1000, ownFolder: 0x2a, Stop));
        Assert.Equal(new InotifyUsage(8192, 128, 3, 2), InotifyUsage.Read(_processes.Path, 1000, ownFolder: 0x2c, Stop));
        Assert.Equal(new InotifyUsage(8192, 128, 3, 2), InotifyUsage.Read(_processes.Path, 1000, ownFolder: null, Stop));
    }

    [Fact]
    public void Read_WhenMoreIsTakenThanTheLimitIsNow_LeavesNothing()
    {
        Limit("max_user_watches", 1);
        Process(10, 1000, [Editor, OwnBelow]);
        Assert.Equal(0, InotifyUsage.Read(_processes.Path, 1000, ownFolder: null, Stop)!.FreeWatches);
    }

    [Fact]
    public void Read_WithoutLimits_TellsNothing()
    {
        File.Delete(_processes["sys/fs/inotify/max_user_watches"]);
        Assert.Null(InotifyUsage.Read(_processes.Path, 1000, ownFolder: null, Stop));
    }

    [Fact]
    public void CountFolders_IsWhatTheWatcherTakes_AndItsServerIsKnownByThem()
    {
        using var home = new MasterHome();
        home.Write("AGENTS.md");
        home.Write("skills/one/deep/SKILL.md");
        home.Write("skills/one/node_modules/left/out.js");
        home.Write("skills/two/.git/objects/ab/cd");
        home.Write("sessions/2026/11/rollout.jsonl");
        home.Settings(string.Empty);
        using var elsewhere = new TemporaryFolder();
        Directory.CreateDirectory(elsewhere["prompts/nested"]);
        Directory.CreateSymbolicLink(home["prompts"], elsewhere["prompts"]);
        using var source = new FileSystemChangeSource(home.Context);
        var counted = source.CountFolders();
        source.Refresh(_ => { }, error => Assert.Fail(error.Message));

        // The home, the settings' folder, skills with one, deep and two, and prompts with nested and the folder above.
        Assert.Equal(9, counted);
        var inode = LinuxCalls.Identity(home.Codex)!.Value.Inode;
        var watches = Instances().Single(lines => lines.Any(line => line.Contains($" ino:{inode:x} ", StringComparison.Ordinal)));
        Assert.Equal(counted, watches.Count);
        Process(10, 1000, [.. watches]);
        Assert.Equal(0, InotifyUsage.Read(_processes.Path, 1000, inode, Stop)!.Instances);
        Assert.True(InotifyUsage.Read("/proc", UnixCalls.UserId(), ownFolder: null, Stop)!.Watches >= counted);
    }

    private static IEnumerable<List<string>> Instances()
    {
        foreach (var descriptor in Directory.EnumerateFiles("/proc/self/fdinfo"))
        {
            List<string> lines;
            try
            {
                lines = [.. File.ReadLines(descriptor).Where(line => line.StartsWith("inotify ", StringComparison.Ordinal))];
            }
            catch (IOException)
            {
                // Another test closed it meanwhile.
                continue;
            }

            yield return lines;
        }
    }

    private void Limit(string name, int value)
    {
        Directory.CreateDirectory(_processes["sys/fs/inotify"]);
        File.WriteAllText(_processes["sys/fs/inotify/" + name], value.ToString(CultureInfo.InvariantCulture) + "\n");
    }

    /// <summary>A process with one descriptor of a file, and one of an instance for each list of watches.</summary>
    private void Process(int number, int user, params string[][] instances)
    {
        Directory.CreateDirectory(_processes[$"{number}/fd"]);
        Directory.CreateDirectory(_processes[$"{number}/fdinfo"]);
        File.WriteAllText(_processes[$"{number}/status"], $"Name:\tx\nUid:\t0\t{user}\t0\t0\nGid:\t0\t0\t0\t0\n");
        File.CreateSymbolicLink(_processes[$"{number}/fd/0"], "/dev/null");
        File.WriteAllText(_processes[$"{number}/fdinfo/0"], "pos:\t0\n");
        for (var index = 0; index < instances.Length; index++)
        {
            File.CreateSymbolicLink(_processes[$"{number}/fd/{index + 1}"], "anon_inode:inotify");
            File.WriteAllLines(_processes[$"{number}/fdinfo/{index + 1}"], ["pos:\t0", "flags:\t02000000", .. instances[index]]);
        }
    }
}
