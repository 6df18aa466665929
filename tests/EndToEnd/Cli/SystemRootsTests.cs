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

        var folder = Directory.CreateDirectory(Path.Combine(fixture.Follower, "roots")).FullName;
        var roots = Path.Combine(folder, "roots.pem");
        await File.WriteAllTextAsync(roots, "no certificate\n", TestContext.Current.CancellationToken);
        using var readers = new Readers(folder);
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
        Assert.DoesNotContain("roots.pem", await readers.TellAsync("after"));

        // And reading it would have been seen.
        _ = await File.ReadAllTextAsync(roots, TestContext.Current.CancellationToken);
        Assert.Contains("roots.pem", await readers.TellAsync("control"));
    }

    /// <summary>Tells which files of a folder were read.</summary>
    private sealed class Readers : IDisposable
    {
        private readonly FileSystemWatcher _watcher;
        private readonly System.Threading.Channels.Channel<string> _names = System.Threading.Channels.Channel.CreateUnbounded<string>();

        public Readers(string folder)
        {
            _watcher = new FileSystemWatcher(folder) { NotifyFilter = NotifyFilters.LastAccess | NotifyFilters.FileName };
            _watcher.Changed += (_, happening) => _names.Writer.TryWrite(happening.Name!);
            _watcher.Created += (_, happening) => _names.Writer.TryWrite(happening.Name!);
            _watcher.EnableRaisingEvents = true;
        }

        /// <summary>What was read until now. The marker comes last, because events come in order.</summary>
        public async Task<IReadOnlyList<string>> TellAsync(string marker)
        {
            await File.WriteAllBytesAsync(Path.Combine(_watcher.Path, marker), [], TestContext.Current.CancellationToken);
            var names = new List<string>();
            string name;
            while ((name = await _names.Reader.ReadAsync(TestContext.Current.CancellationToken)) != marker)
            {
                names.Add(name);
            }

            return names;
        }

        public void Dispose() => _watcher.Dispose();
    }
}
