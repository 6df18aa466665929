using System.Management.Automation;
using System.Net;
using System.Net.Sockets;

namespace Codexport.Tests.Cmdlets;

/// <summary>Ctrl+C ends a cmdlet at once, whatever it waits for, and leaves nothing half done.</summary>
public sealed class StoppingTests : IDisposable
{
    // Far longer than it takes on a busy machine.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly CmdletSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task Join_OfAMasterThatKeepsSilent_EndsWhenStopped()
    {
        var stop = TestContext.Current.CancellationToken;
        var home = _session.NewHome("follower");
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        Directory.CreateDirectory(Path.Combine(home, ".codexport"));
        await File.WriteAllTextAsync(Path.Combine(home, ".codexport", "local.toml"), "[timeouts]\nconnect = 3600\nidle = 3600\n", stop);
        var before = CmdletSession.Snapshot(Path.Combine(home, ".codex"));
        var link = $"codexport://join?host=127.0.0.1&port={((IPEndPoint)silent.LocalEndpoint).Port}&fingerprint={new string('a', 64)}&version=1";
        using var shell = _session.NewCommand("Join-CodexportFollower", ("Link", link), ("HomePath", home));

        var running = shell.BeginInvoke();
        using var caller = await silent.AcceptTcpClientAsync(stop).AsTask().WaitAsync(Patience, stop);
        await Task.Run(shell.Stop, stop).WaitAsync(Patience, stop);

        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        Assert.Equal(before, CmdletSession.Snapshot(Path.Combine(home, ".codex")));
    }

    [Fact]
    public async Task Start_WhenStopped_EndsTheServerToo()
    {
        var master = new ServingMaster(_session);
        await Task.Run(master.Dispose, TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);

        // The same port can be taken: nobody listens there any more.
        using var again = new TcpListener(IPAddress.Loopback, master.Port);
        again.Start();
    }
}
