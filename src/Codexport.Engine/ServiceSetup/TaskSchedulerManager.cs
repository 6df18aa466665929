using System.Globalization;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Processes;

namespace Codexport.Engine.ServiceSetup;

/// <summary>
/// The Windows Task Scheduler, for one user and without an administrator. It tells in the language of the machine how a task stands and
/// cannot ask one to end, so the server itself holds a lock while it runs and ends when its run file is gone.
/// </summary>
internal sealed class TaskSchedulerManager(EngineContext context) : IServiceManager
{
    /// <inheritdoc/>
    public string Name => "Task Scheduler";

    /// <inheritdoc/>
    public IReadOnlyList<string> UsualPath => [];

    /// <inheritdoc/>
    public bool HasEnvironment => false;

    /// <summary>Whose tasks they are; tests replace it.</summary>
    internal string User { get; init; } = $"{Environment.UserDomainName}\\{Environment.UserName}";

    private string SystemFolder => Path.Join(context.Environment("SystemRoot") is { Length: > 0 } root ? root : @"C:\Windows", "System32");

    private string Folder => Path.Join(context.Home.StateFolder, "service");

    private string Program => Path.Join(SystemFolder, "schtasks.exe");

    /// <inheritdoc/>
    public Task<string?> FindObstacleAsync(CancellationToken cancellationToken) => Task.FromResult(
        context.Files.TryGetEntry(Program) is null ? $"There is no Task Scheduler on this machine ('{Program}' was not found)." : null);

    /// <inheritdoc/>
    public async Task<ServiceState> QueryAsync(ServiceUnit unit, CancellationToken cancellationToken)
    {
        var outcome = await context.Processes.RunAsync(Schtasks("/query", "/tn", unit.Name), cancellationToken).ConfigureAwait(false);
        var isThere = outcome.ExitCode == 0;
        return new ServiceState { Loaded = isThere, Enabled = isThere, Running = isThere && (unit.IsTimer || RunFile.IsHeld(context.Files, RunFileOf(unit))) };
    }

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> FindNextRunAsync(ServiceUnit unit, CancellationToken cancellationToken)
    {
        // schtasks writes times as the machine's region does, and some regions' cannot be told apart.
        var shell = Path.Join(SystemFolder, "WindowsPowerShell", "v1.0", "powershell.exe");
        if (context.Files.TryGetEntry(shell) is null)
        {
            return null;
        }

        var command = $"$next = (Get-ScheduledTaskInfo -TaskName '{unit.Name}').NextRunTime; if ($next) {{ $next.ToUniversalTime().ToString('o') }}";
        var request = new ProcessRequest(shell, ["-NoProfile", "-NonInteractive", "-Command", command])
        {
            // Those of a PowerShell 7 that runs us are not for this one.
            Environment = new Dictionary<string, string?> { ["PSModulePath"] = null },
        };
        try
        {
            var outcome = await context.Processes.RunAsync(request, cancellationToken).ConfigureAwait(false);
            return DateTimeOffset.TryParseExact(outcome.Output.Trim(), "o", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
        }
        catch (CodexportException error)
        {
            // Where that PowerShell may not be used, the rest is told all the same.
            context.Trace?.Invoke(error.Message);
            return null;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> FilesOf(ServiceUnit unit) => [Path.Join(Folder, unit.Name + ".xml")];

    /// <inheritdoc/>
    public IReadOnlyList<ServiceFileContent> Render(ServiceDefinition definition)
    {
        var adapted = definition.Unit.IsTimer ? definition : definition with
        {
            Arguments =
            [
                .. definition.Arguments, "--log-file", Path.Join(definition.LogFolder, definition.Unit.Name + ".log"), "--run-file", RunFileOf(definition.Unit),
            ],
        };
        foreach (var text in adapted.Arguments.Prepend(adapted.Program))
        {
            ThrowIfExpanded(text);
        }

        return [new(FilesOf(definition.Unit)[0], TaskXml.Write(adapted, User, Path.Join(SystemFolder, "conhost.exe")), IsUtf16: true)];
    }

    /// <inheritdoc/>
    public InstalledService Read(IReadOnlyList<string> texts) => texts is [var text, ..] ? TaskXml.Read(text) : new InstalledService(null, null);

    /// <inheritdoc/>
    public IEnumerable<ServiceStep> Install(ServiceDefinition definition, ServiceState state)
    {
        var file = Render(definition)[0];
        foreach (var step in Stop(definition.Unit, state))
        {
            yield return step;
        }

        yield return new WriteFileStep(file);
        if (!definition.Unit.IsTimer)
        {
            yield return new WriteFileStep(new ServiceFileContent(RunFileOf(definition.Unit), definition.Stamp + "\n"));
        }

        yield return new CommandStep(Schtasks("/create", "/tn", definition.Unit.Name, "/xml", file.Path, "/f"));
        yield return new CommandStep(Schtasks("/run", "/tn", definition.Unit.Name));
    }

    /// <inheritdoc/>
    public IEnumerable<ServiceStep> Uninstall(ServiceUnit unit, ServiceState state)
    {
        foreach (var step in Stop(unit, state))
        {
            yield return step;
        }

        if (state.Loaded)
        {
            yield return new CommandStep(Schtasks("/delete", "/tn", unit.Name, "/f"));
        }

        yield return new DeleteFileStep(FilesOf(unit)[0]);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> GetHintsAsync(ServiceUnit unit, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>(
        unit.IsTimer ? [] : ["The service runs while you are logged in."]);

    /// <inheritdoc/>
    public string LogHint(ServiceUnit unit) => unit.IsTimer
        ? $"schtasks /query /tn {unit.Name} /v /fo list"
        : Path.Join(context.Home.LogFolder, unit.Name + ".log");

    private IEnumerable<ServiceStep> Stop(ServiceUnit unit, ServiceState state)
    {
        if (unit.IsTimer)
        {
            yield break;
        }

        yield return new DeleteFileStep(RunFileOf(unit));
        if (state.Running)
        {
            yield return new WaitStep("the running server ends", _ => Task.FromResult(!RunFile.IsHeld(context.Files, RunFileOf(unit))));
            yield return new CommandStep(Schtasks("/end", "/tn", unit.Name), MayFail: true);
        }
    }

    private string RunFileOf(ServiceUnit unit) => Path.Join(Folder, unit.Name + ".run");

    private ProcessRequest Schtasks(params ReadOnlySpan<string> arguments) => new(Program, [.. arguments]);

    // The scheduler puts values in the place of %NAME% and $(Arg0), and has no way to write them as they are.
    private void ThrowIfExpanded(string text)
    {
        var parts = text.Split('%');
        var isExpanded = text.Contains("$(", StringComparison.Ordinal)
            || Enumerable.Range(1, Math.Max(0, parts.Length - 2)).Any(index => parts[index].Length > 0 && context.Environment(parts[index]) is not null);
        if (isExpanded)
        {
            throw new CodexportException(
                ErrorCode.PathInvalid, $"The Task Scheduler would read '{text}' as something else: it takes %NAME% and $(…) for variables.",
                "Use a folder whose name holds no such thing.", text);
        }
    }
}
