using System.Collections.Concurrent;
using System.Management.Automation;
using Codexport.Engine;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Results;

namespace Codexport.PowerShell;

/// <summary>
/// The base of every cmdlet: finds the home, runs the engine's work off the pipeline thread, passes its progress on, ends it with Ctrl+C,
/// and turns its errors into error records.
/// </summary>
public abstract class CodexportCommand : PSCmdlet, IDisposable
{
    private const int ProgressActivity = 17342;
    private readonly CancellationTokenSource _stop = new();
    private ProgressRecord? _progress;

    /// <summary>What stands for the user's home: state in its <c>.codexport</c>, Codex home its <c>.codex</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HomePath { get; set; }

    /// <summary>The Codex home; without it <c>CODEX_HOME</c>, the settings, or <c>~/.codex</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CodexPath { get; set; }

    /// <summary>Signalled when the pipeline is stopped.</summary>
    protected CancellationToken StopToken => _stop.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>What the cmdlet does for one input. Runs on the pipeline thread.</summary>
    protected abstract void Execute();

    /// <inheritdoc/>
    protected sealed override void ProcessRecord()
    {
        try
        {
            Execute();
        }
        catch (Exception error) when (_stop.IsCancellationRequested && error is OperationCanceledException or CodexportException { Code: ErrorCode.Cancelled })
        {
            throw new PipelineStoppedException();
        }
        catch (CodexportException error)
        {
            Report(ErrorRecords.From(error));
        }
        catch (Exception error) when (error is not RuntimeException && error.GetType().Assembly != typeof(PSCmdlet).Assembly)
        {
            // PowerShell's own exceptions, such as a 'break' further down the pipeline, are its way to end the pipeline.
            Report(ErrorRecords.Unexpected(error));
        }
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();

    /// <summary>Whether to do something, as -WhatIf, -Confirm and the person say.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.InvalidUsage"/> where nobody can be asked.</exception>
    protected new bool ShouldProcess(string target, string action) => Question.Ask(() => base.ShouldProcess(target, action), NobodyToConfirm);

    /// <summary>The same with words of one's own, and why it is not to be done.</summary>
    /// <inheritdoc cref="ShouldProcess(string, string)"/>
    protected new bool ShouldProcess(string description, string warning, string caption, out ShouldProcessReason reason)
    {
        var why = ShouldProcessReason.None;
        var isToBeDone = Question.Ask(() => base.ShouldProcess(description, warning, caption, out why), NobodyToConfirm);
        reason = why;
        return isToBeDone;
    }

    /// <summary>The engine's context for the home that the parameters name.</summary>
    protected EngineContext OpenHome() => HomeOperations.Open(new HomeOptions(ResolvePath(HomePath), ResolvePath(CodexPath)));

    /// <summary>Takes a path as it is written, wildcards included, and as PowerShell's drives and current location mean it.</summary>
    protected string? ResolvePath(string? path)
    {
        if (path is null)
        {
            return null;
        }

        var resolved = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
        return provider.Name == "FileSystem"
            ? resolved
            : throw new CodexportException(
                ErrorCode.InvalidUsage, $"'{path}' belongs to the provider {provider.Name}, not to the file system.", "Give a folder of the file system.", path);
    }

    /// <summary>Does the engine's work, with its progress shown meanwhile; only this thread may write to the pipeline.</summary>
    protected T Run<T>(Func<EngineContext, Task<T>> work)
    {
        using var messages = new BlockingCollection<Action>();
        var context = OpenHome() with
        {
            Progress = new QueuedProgress(update => Post(messages, () => ShowProgress(update))),
            Trace = line => Post(messages, () => WriteVerbose(ForeignText.Line(line))),
            WireTrace = line => Post(messages, () => WriteDebug(line)),
        };
        WriteDebug($"Codex home '{context.Home.CodexFolder}', state in '{context.Home.StateFolder}'.");
        var task = Task.Run(
            async () =>
            {
                try
                {
                    return await work(context).ConfigureAwait(false);
                }
                finally
                {
                    messages.CompleteAdding();
                }
            },
            CancellationToken.None);
        foreach (var message in messages.GetConsumingEnumerable())
        {
            message();
        }

        CompleteProgress();
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Writes a result with the names of the program's <c>--json</c>; every cmdlet writes through this.</summary>
    protected new void WriteObject(object? result) => WriteObject(result, enumerateCollection: false);

    /// <summary>Writes a result, or each of several, as <see cref="WriteObject(object?)"/> does.</summary>
    protected new void WriteObject(object? result, bool enumerateCollection)
    {
        var written = ResultObject.From(result);
        if (written is PSObject or object?[] { Length: > 0 })
        {
            SessionData.Load(this);
        }

        base.WriteObject(written, enumerateCollection);
    }

    /// <summary>Writes warnings to the warning stream.</summary>
    protected void WriteWarnings(IEnumerable<string> warnings)
    {
        foreach (var warning in warnings)
        {
            WriteWarning(ForeignText.Line(warning));
        }
    }

    /// <summary>Tells of each change on the verbose stream, as what is done and why.</summary>
    protected void WriteChanges(IEnumerable<ChangeInfo> changes)
    {
        foreach (var change in changes)
        {
            WriteVerbose(ForeignText.Line($"{change.Action} {change.Path}{(change.Key is null ? string.Empty : $": {change.Key}")} ({change.Reason})"));
        }
    }

    /// <summary>Frees the token.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Dispose();
        }
    }

    private static CodexportException NobodyToConfirm(Exception inner) => new(
        ErrorCode.InvalidUsage, "Nobody can be asked whether to go on.", "Run it with -Confirm:$false to go on without being asked.", inner: inner);

    private static void Post(BlockingCollection<Action> messages, Action message)
    {
        try
        {
            messages.Add(message);
        }
        catch (InvalidOperationException)
        {
            // The work is over; a late report has nobody left to read it.
            return;
        }
    }

    /// <summary>One bad item of several does not keep the others from their turn.</summary>
    private void Report(ErrorRecord record)
    {
        if (MyInvocation.ExpectingInput)
        {
            WriteError(record);
        }
        else
        {
            ThrowTerminatingError(record);
        }
    }

    private void ShowProgress(ProgressUpdate update)
    {
        _progress ??= new ProgressRecord(ProgressActivity, "Codexport", update.Activity);
        _progress.StatusDescription = update.Total > 0 ? $"{update.Activity}: {update.Done}/{update.Total} {update.Unit}" : update.Activity;
        _progress.PercentComplete = update.Total > 0 ? (int)Math.Min(100, update.Done * 100 / update.Total) : -1;
        WriteProgress(_progress);
    }

    private void CompleteProgress()
    {
        if (_progress is not null)
        {
            _progress.RecordType = ProgressRecordType.Completed;
            WriteProgress(_progress);
            _progress = null;
        }
    }

    private sealed class QueuedProgress(Action<ProgressUpdate> report) : IProgress<ProgressUpdate>
    {
        public void Report(ProgressUpdate value) => report(value);
    }
}
