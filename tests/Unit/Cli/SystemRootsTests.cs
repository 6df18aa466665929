using System.Diagnostics;

namespace Codexport.Tests.Cli;

/// <summary>A pinned key needs none of the system's certificate roots, so the program does not read them.</summary>
public sealed class SystemRootsTests
{
    [Fact]
    public async Task Join_ReadsNoRoots_AndLeavesTheEnvironmentOfItsChildrenAlone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only on Linux does the runtime read them at every first connection.");
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync();
        var link = await fixture.LinkAsync();

        // Whoever opens a pipe that nobody writes to waits for good.
        var roots = Path.Combine(fixture.Follower, "roots.pem");
        Assert.Equal(0, (await ProgramRun.RunAsync("mkfifo", roots)).ExitCode);
        var seen = Path.Combine(fixture.Follower, "seen");
        var codex = Path.Combine(fixture.Follower, "codex");
        await File.WriteAllTextAsync(codex, $"#!/bin/sh\necho \"$SSL_CERT_FILE\" >'{seen}'\nexit 1\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(codex, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var start = new ProcessStartInfo(Repository.Program, ["follower", "join", link, "--apply", "--home", fixture.Follower])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SSL_CERT_FILE"] = roots;
        start.Environment["PATH"] = fixture.Follower + ":" + Environment.GetEnvironmentVariable("PATH");
        using var process = Process.Start(start)!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        Assert.True(process.ExitCode == 0, await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal("# Rules\n", CommandLineFixture.Read(fixture.Follower, ".codex/AGENTS.md"));
        Assert.Equal(roots, (await File.ReadAllTextAsync(seen, TestContext.Current.CancellationToken)).Trim());
    }
}
