namespace Codexport.Tests.Cli;

/// <summary>Runs the built program as somebody whom permissions bind: root is bound by none.</summary>
internal static class Unprivileged
{
    private const string Nobody = "65534";

    /// <summary>Skips the test where nobody but root could run the program.</summary>
    public static async Task RequireAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "File modes are Unix's.");
        if (Environment.IsPrivilegedProcess)
        {
            Assert.SkipUnless(File.Exists("/usr/bin/setpriv"), "The tests run as root, whom no file mode stops, and there is no setpriv to become somebody else.");
            var run = await RunAsync("--version");
            Assert.SkipUnless(run.ExitCode == 0, $"The tests run as root, whom no file mode stops, and another user cannot run {Repository.Program}.");
        }
    }

    /// <summary>Gives a folder to the user as whom the program is run.</summary>
    public static async Task GiveAsync(string folder)
    {
        if (Environment.IsPrivilegedProcess)
        {
            // The temporary folder above was made for its owner alone.
            var above = Path.GetDirectoryName(folder)!;
            File.SetUnixFileMode(above, File.GetUnixFileMode(above) | UnixFileMode.OtherExecute | UnixFileMode.OtherRead);
            Assert.Equal(0, (await ProgramRun.RunAsync("chown", "-R", Nobody + ":" + Nobody, folder)).ExitCode);
        }
    }

    /// <summary>Runs the program to its end.</summary>
    public static Task<ProgramRun> RunAsync(params string[] arguments) => Environment.IsPrivilegedProcess
        ? ProgramRun.RunAsync("/usr/bin/setpriv", ["--reuid", Nobody, "--regid", Nobody, "--clear-groups", "--", Repository.Program, .. arguments])
        : ProgramRun.CodexportAsync(arguments);
}
