using Codexport.Engine.Follower.State;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Processes;
using Codexport.Engine.ServiceSetup;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Services;

/// <summary>A home that is a master, a program to run, and a service manager that is only played.</summary>
internal sealed class ServiceHome : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ServiceHome()
    {
        Directory.CreateDirectory(_folder["home/.codex"]);
        Directory.CreateDirectory(_folder["bin"]);
        WriteProgram("first");
        Launcher = new RecordingLauncher(request => Answer(request));
        Context = MakeContext(_folder["home"]);
    }

    public string this[string path] => _folder[path];

    public EngineContext Context { get; private set; }

    public RecordingLauncher Launcher { get; }

    /// <summary>Variables of the played machine.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>What the manager's programs say.</summary>
    public Func<ProcessRequest, ProcessOutcome> Answer { get; set; } = _ => new ProcessOutcome(0, string.Empty, string.Empty);

    public ServiceProgram Program => new() { Folder = _folder["bin"], Native = _folder["bin/codexport"] };

    public static ProcessOutcome Ok(string output = "") => new(0, output, string.Empty);

    public static ProcessOutcome Failed(string error, int code = 1) => new(code, string.Empty, error);

    /// <summary>Puts another build of the program in its place.</summary>
    public void WriteProgram(string content)
    {
        foreach (var name in new[] { "codexport.dll", "codexport", "Codexport.Engine.dll", "codexport.runtimeconfig.json" })
        {
            File.WriteAllText(_folder["bin/" + name], content + name);
        }
    }

    /// <summary>Puts programs on the path that only their names matter of.</summary>
    public void AddPrograms(string folder, params string[] names)
    {
        Directory.CreateDirectory(_folder[folder]);
        foreach (var name in names)
        {
            File.WriteAllText(_folder[$"{folder}/{name}"], "#!/bin/sh\n");
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(_folder[$"{folder}/{name}"], (UnixFileMode)0x1ED);
            }
        }

        Variables["PATH"] = Variables.TryGetValue("PATH", out var path) ? path + Path.PathSeparator + _folder[folder] : _folder[folder];
    }

    public void MakeMaster() => MasterIdentity.Create(Context).Dispose();

    public void MakeFollower() => new EnrollmentRecord
    {
        MasterUrls = ["https://127.0.0.1:1"],
        Fingerprint = new string('a', 64),
        PublicKey = null,
        FollowerId = "id",
        Credential = "secret",
        JoinedAt = DateTimeOffset.UnixEpoch,
    }.Write(Context);

    /// <summary>Another home of the same person, as <c>--home</c> names it.</summary>
    public void UseHome(string path) => Context = MakeContext(_folder[path]);

    public ServiceOperations Open(Func<EngineContext, IServiceManager> manager, ServiceProgram? program = null)
        => new(Context, program ?? Program) { Manager = manager(Context) };

    public SystemdManager Systemd(EngineContext context) => new(context, _folder["home"]);

    public LaunchdManager Launchd(EngineContext context) => new(context, _folder["home"]) { UserId = 501, Program = _folder["system/launchctl"] };

    public static TaskSchedulerManager TaskScheduler(EngineContext context) => new(context) { User = @"PC\me" };

    public void Dispose() => _folder.Dispose();

    private EngineContext MakeContext(string home) => new(new CodexportHome(home, Path.Combine(home, ".codex")), new PhysicalFileSystem(), TimeProvider.System)
    {
        Environment = name => name is "HOME" or "USERPROFILE" ? _folder["home"] : Variables.GetValueOrDefault(name),
        Processes = Launcher,
    };
}
