using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace Codexport.Tests.Cmdlets;

/// <summary>A master that serves through <c>Start-CodexportMaster</c>, in a pipeline of its own.</summary>
internal sealed class ServingMaster : IDisposable
{
    // Far longer than the start takes on a busy machine.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly CmdletSession _session;
    private readonly Runspace _runspace;
    private readonly System.Management.Automation.PowerShell _serving;
    private readonly string _link;
    private readonly PSDataCollection<PSObject> _nothing = [];

    public ServingMaster(CmdletSession session)
    {
        _session = session;
        var home = session.NewMaster("master");
        var state = InitialSessionState.CreateDefault();
        state.ImportPSModule([CmdletSession.ModuleFolder]);
        _runspace = RunspaceFactory.CreateRunspace(state);
        _runspace.Open();
        _serving = System.Management.Automation.PowerShell.Create(_runspace)
            .AddCommand("Start-CodexportMaster").AddParameter("HostName", "127.0.0.1").AddParameter("Port", 0).AddParameter("HomePath", home);
        Events = [];
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Events.DataAdded += (_, _) => told.TrySetResult();
        _serving.InvocationStateChanged += (_, change) =>
        {
            if (change.InvocationStateInfo.State is PSInvocationState.Failed or PSInvocationState.Completed)
            {
                told.TrySetException(change.InvocationStateInfo.Reason ?? new InvalidOperationException("The server ended."));
            }
        };
        _nothing.Complete();
        _serving.BeginInvoke(_nothing, Events);
        told.Task.WaitAsync(Patience).GetAwaiter().GetResult();
        Port = int.Parse($"{Events[0].Properties["Port"].Value}", CultureInfo.InvariantCulture);
        _link = $"{session.Run("New-CodexportJoinLink", ("HostName", "127.0.0.1"), ("Port", Port), ("HomePath", home)).Single.Properties["JoinLink"].Value}";
    }

    public PSDataCollection<PSObject> Events { get; }

    public int Port { get; }

    /// <summary>A follower that has joined and applied.</summary>
    public string NewFollower(string name)
    {
        var home = Path.Combine(_session.Folder, name);
        Directory.CreateDirectory(home);
        var run = _session.Run("Join-CodexportFollower", ("Link", _link), ("HomePath", home), ("WarningAction", "Ignore"));
        Assert.Null(run.Ending);
        Assert.Empty(run.Errors);
        return home;
    }

    public void Dispose()
    {
        _serving.Stop();
        _serving.Dispose();
        _runspace.Dispose();
        Events.Dispose();
        _nothing.Dispose();
    }
}
