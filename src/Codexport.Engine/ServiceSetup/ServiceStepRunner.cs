using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.ServiceSetup;

/// <summary>Takes the steps of a plan, one after the other.</summary>
internal sealed class ServiceStepRunner(EngineContext context)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Takes them.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.ServiceFailed"/> when the manager refuses, or what the disk refuses.</exception>
    public async Task RunAsync(IEnumerable<ServiceStep> steps, CancellationToken cancellationToken)
    {
        foreach (var step in steps)
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (step)
            {
                case WriteFileStep write: Write(write.File); break;
                case CreateFolderStep create: context.Files.CreateDirectory(create.Path, FilePermission.Private); break;
                case CopyFolderStep copy: await CopyAsync(copy, cancellationToken).ConfigureAwait(false); break;
                case DeleteFileStep delete: context.Files.DeleteFile(delete.Path); break;
                case DeleteFolderStep delete: FolderRemoval.Remove(context.Files, delete.Path); break;
                case CommandStep command: await RunAsync(command, cancellationToken).ConfigureAwait(false); break;
                case WaitStep wait: await WaitAsync(wait.What, wait.IsSo, cancellationToken).ConfigureAwait(false); break;
            }
        }
    }

    /// <summary>Asks again and again until the answer is yes.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.ServiceFailed"/> when it does not come in 30 s.</exception>
    public async Task WaitAsync(string what, Func<CancellationToken, Task<bool>> isSo, CancellationToken cancellationToken)
    {
        var start = context.Time.GetTimestamp();
        while (!await isSo(cancellationToken).ConfigureAwait(false))
        {
            if (context.Time.GetElapsedTime(start) > Patience)
            {
                throw new CodexportException(
                    ErrorCode.ServiceFailed, $"It was waited {Patience.TotalSeconds:0} s in vain: {what}.", "Look at the service's log, then run the command again.");
            }

            await Task.Delay(Pause, context.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private void Write(ServiceFileContent file)
    {
        // Many keep these files elsewhere and link to them.
        var target = context.Files.ResolveLinks(file.Path) ?? file.Path;
        context.Files.CreateDirectory(Path.GetDirectoryName(target)!, FilePermission.Private);
        AtomicFile.Write(context.Files, target, file.ToBytes(), FilePermission.Private);
    }

    private async Task CopyAsync(CopyFolderStep copy, CancellationToken cancellationToken)
    {
        context.Files.CreateDirectory(copy.Target, FilePermission.Private);
        foreach (var entry in context.Files.Enumerate(copy.Source).Where(entry => entry.Kind == EntryKind.File).ToList())
        {
            var content = context.Files.OpenRead(entry.Path);
            await using (content.ConfigureAwait(false))
            {
                var permission = entry.IsExecutable ? FilePermission.Executable : FilePermission.Private;
                await AtomicFile.WriteAsync(
                    context.Files, Path.Join(copy.Target, Path.GetFileName(entry.Path)), content, permission, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task RunAsync(CommandStep command, CancellationToken cancellationToken)
    {
        context.Trace?.Invoke(CommandText.Format(command.Request.Program, command.Request.Arguments));
        var outcome = await context.Processes.RunAsync(command.Request, cancellationToken).ConfigureAwait(false);
        if (outcome.ExitCode != 0 && !command.MayFail)
        {
            var text = CommandText.Format(command.Request.Program, command.Request.Arguments);
            throw new CodexportException(
                ErrorCode.ServiceFailed,
                $"'{text}' failed with exit code {outcome.ExitCode}: {CommandText.SaidBy(outcome)}",
                "Look at the service's log, correct what it names, then run the command again.",
                text);
        }
    }
}
