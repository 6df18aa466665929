using System.Diagnostics;
using System.Globalization;

namespace Codexport.Tests.Cli;

/// <summary>
/// A systemd manager of one user that lives for one test: with mounts, processes and control groups of its own, as a user without rights.
/// Nothing of the machine's own services is touched.
/// </summary>
internal sealed class SystemdInstance : IAsyncDisposable
{
    private const string User = "65534";
    private const string Manager = "/usr/lib/systemd/systemd";
    private const string RuntimeFolder = "/run/user/" + User;

    private readonly Process _process;
    private readonly string _group;
    private readonly string _home;
    private string _init = string.Empty;

    private SystemdInstance(Process process, string group, string home) => (_process, _group, _home) = (process, group, home);

    /// <summary>Starts one, or skips the test and says why.</summary>
    /// <param name="home">The user's home; it must be theirs.</param>
    public static async Task<SystemdInstance> StartAsync(string home)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "systemd is Linux's.");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can give a systemd manager mounts and control groups of its own.");
        foreach (var program in new[] { Manager, "/usr/bin/systemctl", "/usr/bin/unshare", "/usr/bin/nsenter", "/usr/bin/setpriv" })
        {
            Assert.SkipUnless(File.Exists(program), $"There is no {program} on this machine.");
        }

        var groups = File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')).FirstOrDefault(mount => mount[2] == "cgroup2")?[1];
        Assert.SkipWhen(groups is null, "There are no control groups of the second version on this machine.");
        var group = Path.Combine(groups!, $"codexport-test-{Environment.ProcessId}-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(group);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Assert.Skip($"No control group can be made in {groups}: {error.Message}");
        }

        var script = $"echo $$ > '{group}/cgroup.procs' && exec unshare --mount --pid --cgroup --fork --kill-child --mount-proc sh -c \"$1\"";
        var process = ProgramRun.Start("/bin/sh", "-c", script, "sh", Script(home));
        var instance = new SystemdInstance(process, group, home);
        if (!await instance.WaitForManagerAsync())
        {
            process.Kill(entireProcessTree: true);
            var said = await process.StandardError.ReadToEndAsync(CancellationToken.None);
            await instance.DisposeAsync();
            Assert.Skip($"A systemd manager cannot be started here: {said.Trim()}");
        }

        return instance;
    }

    /// <summary>Runs a program as the user, within reach of the manager.</summary>
    public Task<ProgramRun> RunAsync(string program, params string[] arguments) => ProgramRun.RunAsync(
        "/usr/bin/nsenter",
        [
            "--target", _init, "--mount", "--pid", "--cgroup", "--setuid", User, "--setgid", User, "--",
            "/usr/bin/env", "-i", "HOME=" + _home, "PATH=/usr/local/bin:/usr/bin:/bin", "XDG_RUNTIME_DIR=" + RuntimeFolder, program, .. arguments,
        ]);

    /// <summary>A property of a unit.</summary>
    public async Task<string> ShowAsync(string unit, string property)
        => (await RunAsync("/usr/bin/systemctl", "--user", "show", "--value", "--property=" + property, unit)).Output.Trim();

    /// <summary>Waits until a property of a unit is as wanted.</summary>
    public async Task<string> WaitAsync(string unit, string property, Func<string, bool> isSo)
    {
        var deadline = DateTime.UtcNow.AddSeconds(60);
        while (true)
        {
            var value = await ShowAsync(unit, property);
            if (isSo(value))
            {
                return value;
            }

            Assert.True(DateTime.UtcNow < deadline, $"{property} of {unit} stays '{value}'.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Sends a signal to a process as the manager knows it.</summary>
    public async Task SignalAsync(string signal, string process)
        => Assert.Equal(0, (await RunAsync("/bin/sh", "-c", $"kill -{signal} {process}")).ExitCode);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // With the first process of their namespace all others end.
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
        for (var attempt = 0; Directory.Exists(_group); attempt++)
        {
            try
            {
                foreach (var folder in Directory.EnumerateDirectories(_group, "*", SearchOption.AllDirectories).OrderByDescending(path => path.Length).ToList())
                {
                    Directory.Delete(folder);
                }

                Directory.Delete(_group);
            }
            catch (IOException) when (attempt < 300)
            {
                // A process that was killed leaves its group a moment later.
                await Task.Delay(100, CancellationToken.None);
            }
        }
    }

    private static string Script(string home) => $"""
        set -e
        mount --make-rprivate /
        mount -t tmpfs tmpfs /run
        mkdir -p /run/systemd/system {RuntimeFolder}
        chmod 0700 {RuntimeFolder}
        chown {User}:{User} {RuntimeFolder}
        umount -R /sys/fs/cgroup
        mount -t cgroup2 cgroup2 /sys/fs/cgroup
        chown -R {User}:{User} /sys/fs/cgroup
        setpriv --reuid {User} --regid {User} --clear-groups env -i HOME='{home}' PATH=/usr/bin:/bin XDG_RUNTIME_DIR={RuntimeFolder} {Manager} --user --unit=default.target --log-target=console &
        wait
        """;

    private async Task<bool> WaitForManagerAsync()
    {
        var children = string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/task/{_process.Id}/children");
        for (var deadline = DateTime.UtcNow.AddSeconds(30); DateTime.UtcNow < deadline && !_process.HasExited;)
        {
            _init = File.Exists(children) ? (await File.ReadAllTextAsync(children, CancellationToken.None)).Trim() : string.Empty;
            if (_init.Length > 0 && (await RunAsync("/usr/bin/systemctl", "--user", "show", "--property=Version")).ExitCode == 0)
            {
                return true;
            }

            await Task.Delay(100, CancellationToken.None);
        }

        return false;
    }
}
