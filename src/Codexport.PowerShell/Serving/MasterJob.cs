using System.Management.Automation;
using Codexport.Engine.Errors;

namespace Codexport.PowerShell.Serving;

/// <summary>The server as a job of the session: Receive-Job gives its events, Stop-Job ends it, and so does the end of the session.</summary>
internal sealed class MasterJob : Job
{
    private readonly HostProcess _host;
    private readonly CancellationTokenSource _stop = new();
    private Task _reading = Task.CompletedTask;
    private CodexportException? _failure;
    private bool _isEnded;

    private MasterJob(HostProcess host, string command)
        : base(command, "CodexportMaster")
    {
        _host = host;
        PSJobTypeName = "CodexportMaster";
    }

    /// <inheritdoc/>
    public override string StatusMessage => _failure?.Message ?? string.Empty;

    /// <inheritdoc/>
    public override bool HasMoreData => Output.Count > 0 || Error.Count > 0;

    /// <inheritdoc/>
    public override string Location => Environment.MachineName;

    /// <summary>Begins to read what a server prints that has just been started.</summary>
    public static MasterJob Start(HostProcess host, string command)
    {
        var job = new MasterJob(host, command);
        job.SetJobState(JobState.Running);
        job._reading = Task.Run(job.Read);
        return job;
    }

    /// <inheritdoc/>
    public override void StopJob()
    {
        _stop.Cancel();
        _reading.Wait();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isEnded)
        {
            _isEnded = true;
            StopJob();
            _stop.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Read()
    {
        try
        {
            foreach (var line in _host.ReadLines(_stop.Token))
            {
                if (MasterEventReader.Read(line) is { } happening)
                {
                    Output.Add(PSObject.AsPSObject(happening));
                }
            }

            _host.ThrowIfFailed();
            Finish(JobState.Completed);
        }
        catch (OperationCanceledException)
        {
            Finish(JobState.Stopped);
        }
        catch (CodexportException error)
        {
            Error.Add(ErrorRecords.From(error));
            _failure = error;
            Finish(JobState.Failed);
        }
    }

    private void Finish(JobState state)
    {
        // Gone before the job says so: who waits for it may use the port again.
        _host.Dispose();
        SetJobState(state);
    }
}
