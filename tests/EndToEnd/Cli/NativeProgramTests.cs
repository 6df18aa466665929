using System.Diagnostics;

namespace Codexport.Tests.Cli;

/// <summary>
/// The native program of a release, a master and a follower. <c>CODEXPORT_TEST_PROGRAM</c> has all other tests of this project use it too.
/// </summary>
public sealed class NativeProgramTests
{
    [Fact]
    public async Task Program_WithoutAnyRuntime_TellsItsVersionAndRunsTheDemo()
    {
        Assert.Equal((0, Repository.Version), await RunWithoutRuntimeAsync("--version"));
        var (exitCode, output) = await RunWithoutRuntimeAsync("demo");
        Assert.True(exitCode == 0, output);
        Assert.Contains("It all held", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Follower_ThatIsNative_JoinsAndSyncs()
    {
        var program = Release.NativeProgram;
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync();

        var join = await ProgramRun.RunAsync(program, "follower", "join", await fixture.LinkAsync(), "--apply", "--json", "--home", fixture.Follower);
        Assert.True(join.ExitCode == 0, join.Output + join.Error);
        Assert.Equal("# Rules\n", CommandLineFixture.Read(fixture.Follower, ".codex/AGENTS.md"));
        var quick = await ProgramRun.RunAsync(program, "sync", "--quick", "--home", fixture.Follower);
        Assert.Equal((0, string.Empty, string.Empty), (quick.ExitCode, quick.Output, quick.Error));

        CommandLineFixture.Write(fixture.Master, ".codex/AGENTS.md", "# Other rules\n");
        Assert.Equal(0, (await fixture.PublishAndSyncAsync()).ExitCode);
        Assert.Equal("# Other rules\n", CommandLineFixture.Read(fixture.Follower, ".codex/AGENTS.md"));
        var current = await ProgramRun.RunAsync(program, "sync", "--apply", "--json", "--home", fixture.Follower);
        Assert.Equal("current", current.Json["status"]!.GetValue<string>());
        Assert.Equal(0, (await ProgramRun.RunAsync(program, "diff", "--home", fixture.Follower)).ExitCode);
    }

    [Fact]
    public async Task Hook_OfANativeProgram_StartsIt()
    {
        await using var fixture = new CommandLineFixture();

        var install = await ProgramRun.RunAsync(Release.NativeProgram, "hook", "install", "--json", "--home", fixture.Follower);

        Assert.True(install.ExitCode == 0, install.Output + install.Error);
        Assert.StartsWith(Release.NativeProgram, install.Json["command"]!.GetValue<string>(), StringComparison.Ordinal);
        var ofRuntime = await fixture.OnFollowerAsync("hook", "install", "--json");
        Assert.StartsWith("pwsh", ofRuntime.Json["command"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output)> RunWithoutRuntimeAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Release.NativeProgram, arguments) { RedirectStandardOutput = true };
        start.Environment["DOTNET_ROOT"] = Path.Combine(Path.GetTempPath(), "no runtime");
        start.Environment["PATH"] = "/usr/bin:/bin";
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output.Trim());
    }
}
