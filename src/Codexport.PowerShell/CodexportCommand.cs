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
    private readonly CancellationTokenSource _stop = new();

    /// <summary>What stands for the user's home: state in its <c>.codexport</c>, Codex home its <c>.codex</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? HomePath { get; set; }

    /// <summary>The Codex home; without it <c>CODEX_HOME</c>, the settings, or <c>~/.codex</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
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
        var progress = new ProgressDisplay(TimeProvider.System, WriteProgress);
        var context = OpenHome() with
        {
            Progress = new QueuedProgress(update => Post(messages, () => progress.Show(update))),
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

        progress.Complete();
        return task.GetAwaiter().GetResult();
    }

    /// <summary>
    /// Does what may stop at the first apply because files are there already; then asks whether to back them up and replace them, where a
    /// person sits at a terminal, and goes on if so.
    /// </summary>
    protected SyncResult AskToAdopt(bool isAdopting, Func<bool, SyncResult> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        try
        {
            return work(isAdopting);
        }
        catch (CodexportException error) when (error.Code == ErrorCode.AdoptionRequired && !isAdopting && Question.CanBeAsked(Host))
        {
            var files = string.Concat(error.Details.Select(detail => $"{Environment.NewLine}  {detail.Value}"));
            if (!Question.Ask(() => ShouldContinue($"{error.Message}{files}{Environment.NewLine}Back them up and replace them with the master's?", "Codexport"), _ => error))
            {
                throw;
            }
        }

        return work(true);
    }

    /// <summary>Writes a result, which brings the views of results with it; every cmdlet writes through this.</summary>
    protected new void WriteObject(object? result)
    {
        if (result is not (null or string or bool))
        {
            SessionData.Load(this);
        }

        base.WriteObject(Wording.Of(result));
    }

    /// <summary>Writes each of several results, as <see cref="WriteObject(object?)"/> does.</summary>
    protected void WriteEach(IEnumerable<object> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        foreach (var result in results)
        {
            WriteObject(result);
        }
    }

    /// <summary>Writes the error of one item of several; the others have their turn.</summary>
    protected void WriteError(CodexportException error) => WriteError(ErrorRecords.From(error));

    /// <summary>Writes warnings to the warning stream.</summary>
    protected void WriteWarnings(IEnumerable<string> warnings)
    {
        foreach (var warning in warnings)
        {
            WriteWarning(OperationNames.ForCmdlets(ForeignText.Line(warning)));
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

    /// <summary>One bad item, or one that is not there, does not end the pipeline; a script may say that it does not mind.</summary>
    private void Report(ErrorRecord record)
    {
        if (MyInvocation.ExpectingInput || record.Exception is CodexportException { Code: var code } && ErrorRecords.IsItemMissing(code))
        {
            WriteError(record);
        }
        else
        {
            ThrowTerminatingError(record);
        }
    }

    private sealed class QueuedProgress(Action<ProgressUpdate> report) : IProgress<ProgressUpdate>
    {
        public void Report(ProgressUpdate value) => report(value);
    }
}
