using System.Text;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Processes;
using Codexport.Engine.Results;

namespace Codexport.Engine.ServiceSetup;

/// <summary>One service of one home, with whichever manager: a dry run and a real one make the same plan, and one of them takes its steps.</summary>
internal sealed class ServiceInstallation(
    EngineContext context, ServiceProgram program, ServiceUnit unit, HomeArguments home, IServiceManager manager)
{
    private const string SyncCmdlet = "Sync-CodexportFollower -Quick";

    // What a configuration is checked with, and what often runs that.
    private static readonly string[] Helpers = ["codex", "node"];

    public IServiceManager Manager => manager;

    private string CopiesFolder => Path.Join(context.Home.StateFolder, "service", "program");

    /// <summary>What to run with which arguments: the program, the home, and what it needs to find.</summary>
    public ServiceDefinition Define(string description, IReadOnlyList<string> arguments)
    {
        var stamp = program.Stamp(context.Files);
        var (path, first, variables) = program.Start(program.IsCopied ? Path.Join(CopiesFolder, stamp) : program.Folder, manager.HasEnvironment);
        return new ServiceDefinition(unit, description, path, [.. first, .. arguments, .. home.ToCommandLine()])
        {
            Environment = WithSearchPath(variables),
            Stamp = stamp,
            LogFolder = context.Home.LogFolder,
        };
    }

    /// <summary>The sync by the clock: the program, or the cmdlet in a PowerShell, which takes the newest version of the module each time.</summary>
    public ServiceDefinition DefineSync(TimeSpan every)
    {
        const string Description = "Codexport: the follower's sync";
        if (program is not { PowerShell: { } shell, ModuleFolder: { } module })
        {
            return Define(Description, ["sync", "--quick"]) with { Every = every };
        }

        var command = $"Import-Module {CodexportHook.Literal(module)}; {SyncCmdlet}"
            + (home.Home is null ? string.Empty : $" -HomePath {CodexportHook.Literal(home.Home)}")
            + (home.CodexFolder is null ? string.Empty : $" -CodexPath {CodexportHook.Literal(home.CodexFolder)}");
        return new ServiceDefinition(unit, Description, shell, ["-NoProfile", "-NonInteractive", "-Command", command])
        {
            Every = every,
            Environment = WithSearchPath(new Dictionary<string, string>()),
            Stamp = "newest",
            LogFolder = context.Home.LogFolder,
        };
    }

    /// <summary>Installs it, unless it is already there as wanted.</summary>
    public async Task<ServiceChangeResult> InstallAsync(ServiceDefinition definition, bool dryRun, CancellationToken cancellationToken)
    {
        var command = CommandText.Format(definition.Program, definition.Arguments);
        var obstacle = await manager.FindObstacleAsync(cancellationToken).ConfigureAwait(false);
        if (obstacle is not null && !dryRun)
        {
            throw NoManager(obstacle, command);
        }

        var state = obstacle is null ? await manager.QueryAsync(unit, cancellationToken).ConfigureAwait(false) : ServiceState.Absent;
        List<ServiceStep> steps = IsAsWanted(definition, state)
            ? []
            : [.. CopySteps(definition).Concat(manager.Install(definition, state)).Concat(TidySteps(definition)).Where(IsNeeded)];
        var changes = OptionChanges(definition);
        if (!dryRun && steps.Count > 0)
        {
            await RunAsync(steps, cancellationToken).ConfigureAwait(false);
        }

        var hints = obstacle is null ? await manager.GetHintsAsync(unit, cancellationToken).ConfigureAwait(false) : [obstacle];
        return Result(steps, dryRun) with
        {
            Installed = !dryRun || steps.Count == 0,
            Command = command,
            Every = unit.IsTimer ? definition.Every : null,
            Warnings = [.. changes, .. hints],
        };
    }

    /// <summary>Takes it away.</summary>
    public async Task<ServiceChangeResult> UninstallAsync(bool dryRun, CancellationToken cancellationToken)
    {
        var isThere = manager.FilesOf(unit).Any(path => context.Files.TryGetEntry(path) is not null);
        var obstacle = await manager.FindObstacleAsync(cancellationToken).ConfigureAwait(false);
        if (obstacle is not null)
        {
            return isThere && !dryRun ? throw NoManager(obstacle, command: null) : Result([], dryRun) with { Installed = isThere, Warnings = [obstacle] };
        }

        var state = await manager.QueryAsync(unit, cancellationToken).ConfigureAwait(false);
        var steps = isThere || state.Loaded
            ? manager.Uninstall(unit, state).Append(new DeleteFolderStep(CopiesFolder)).Where(IsNeeded).ToList()
            : [];
        if (!dryRun)
        {
            await new ServiceStepRunner(context).RunAsync(steps, cancellationToken).ConfigureAwait(false);
        }

        return Result(steps, dryRun) with { Installed = dryRun && steps.Count > 0 };
    }

    /// <summary>How it stands.</summary>
    public async Task<(string? File, InstalledService Installed, ServiceState State, bool IsCurrent, IReadOnlyList<string> Problems)> InspectAsync(
        CancellationToken cancellationToken)
    {
        var texts = manager.FilesOf(unit).Select(Read).OfType<string>().ToList();
        var file = texts.Count > 0 ? manager.FilesOf(unit)[0] : null;
        var obstacle = await manager.FindObstacleAsync(cancellationToken).ConfigureAwait(false);
        var state = obstacle is null ? await manager.QueryAsync(unit, cancellationToken).ConfigureAwait(false) : ServiceState.Absent;
        var installed = manager.Read(texts);
        var isCurrent = installed.Command?.Contains(SyncCmdlet, StringComparison.Ordinal) == true
            || texts.Any(text => text.Contains(program.Stamp(context.Files), StringComparison.Ordinal));
        return (file, installed, state, isCurrent, [.. Problems(file is not null, obstacle, state, isCurrent)]);
    }

    private IEnumerable<string> Problems(bool isInstalled, string? obstacle, ServiceState state, bool isCurrent)
    {
        if (obstacle is not null)
        {
            yield return obstacle;
        }
        else if (isInstalled && !state.Running)
        {
            yield return $"It does not run. Look: {manager.LogHint(unit)}";
        }

        if (isInstalled && !isCurrent)
        {
            yield return "It runs another version of the program than this one; installing it again switches it.";
        }

        foreach (var problem in isInstalled ? state.Problems : [])
        {
            yield return problem;
        }
    }

    // Options are those of this install alone. One that goes back to its default unnoticed could shut followers out.
    private string[] OptionChanges(ServiceDefinition definition)
    {
        var before = OptionsIn(manager.Read([.. manager.FilesOf(unit).Select(Read).OfType<string>()]).Command);
        var after = OptionsIn(manager.Read([.. manager.Render(definition).Select(file => file.Text)]).Command);
        return before is null || after is null || before == after
            ? []
            : [$"The options of the service change from '{before}' to '{after}'."];
    }

    private static string? OptionsIn(string? command)
    {
        const string Serve = " master serve";
        return command?.IndexOf(Serve, StringComparison.Ordinal) is >= 0 and var start ? command[(start + Serve.Length)..].Trim() : null;
    }

    private bool IsAsWanted(ServiceDefinition definition, ServiceState state)
        => state is { Running: true, Enabled: true }
            && !CopySteps(definition).Any()
            && manager.Render(definition).All(file => AtomicFile.TryReadAllBytes(context.Files, file.Path) is { } present && present.AsSpan().SequenceEqual(file.ToBytes()));

    private IEnumerable<ServiceStep> CopySteps(ServiceDefinition definition)
    {
        var target = Path.Join(CopiesFolder, definition.Stamp);
        return program.IsCopied && !IsCopyWhole(target) ? [new CopyFolderStep(program.Folder, target)] : [];
    }

    // The folder's name is a hash of what was copied; only a copy that was broken off is made again. A program that runs cannot be written to.
    private bool IsCopyWhole(string target)
    {
        var sizes = context.Files.Enumerate(target).ToDictionary(entry => Path.GetFileName(entry.Path), entry => entry.Size, StringComparer.Ordinal);
        return context.Files.Enumerate(program.Folder).Where(entry => entry.Kind == EntryKind.File)
            .All(entry => sizes.TryGetValue(Path.GetFileName(entry.Path), out var size) && size == entry.Size);
    }

    // The old copies go when the new one runs.
    private List<DeleteFolderStep> TidySteps(ServiceDefinition definition)
        => [.. context.Files.Enumerate(CopiesFolder).Where(entry => !program.IsCopied || Path.GetFileName(entry.Path) != definition.Stamp)
            .Select(entry => new DeleteFolderStep(entry.Path))];

    private async Task RunAsync(List<ServiceStep> steps, CancellationToken cancellationToken)
    {
        var runner = new ServiceStepRunner(context);
        var tidying = steps.OfType<DeleteFolderStep>().ToList();
        await runner.RunAsync(steps.Except(tidying), cancellationToken).ConfigureAwait(false);
        await runner.WaitAsync(
            $"{unit.Name} runs ({manager.LogHint(unit)})",
            async token => (await manager.QueryAsync(unit, token).ConfigureAwait(false)).Running,
            cancellationToken).ConfigureAwait(false);
        await runner.RunAsync(tidying, cancellationToken).ConfigureAwait(false);
    }

    // What is not there needs no deletion, and a dry run need not tell of it.
    private bool IsNeeded(ServiceStep step) => step switch
    {
        DeleteFileStep file => context.Files.TryGetEntry(file.Path) is not null,
        DeleteFolderStep folder => context.Files.TryGetEntry(folder.Path) is not null,
        _ => true,
    };

    private ServiceChangeResult Result(List<ServiceStep> steps, bool dryRun) => new()
    {
        Changed = steps.Count > 0,
        DryRun = dryRun,
        Name = unit.Name,
        Manager = manager.Name,
        Files = [.. steps.Select(Info).OfType<ServiceFileInfo>()],
        Commands = [.. steps.OfType<CommandStep>().Select(step => CommandText.Format(Path.GetFileName(step.Request.Program), step.Request.Arguments))],
    };

    private static ServiceFileInfo? Info(ServiceStep step) => step switch
    {
        WriteFileStep write => new ServiceFileInfo(ServiceFileAction.Write, write.File.Path, write.File.Text),
        CopyFolderStep copy => new ServiceFileInfo(ServiceFileAction.Copy, copy.Target, copy.Source),
        DeleteFileStep delete => new ServiceFileInfo(ServiceFileAction.Delete, delete.Path, null),
        DeleteFolderStep delete => new ServiceFileInfo(ServiceFileAction.Delete, delete.Path, null),
        _ => null,
    };

    private static CodexportException NoManager(string obstacle, string? command) => new(
        ErrorCode.ServiceManagerMissing,
        obstacle,
        command is null
            ? "Run the command again where the service manager answers; it removes what is left."
            : $"Run it by hand, or have whatever starts programs here run it: {command}",
        command)
    {
        Details = command is null ? [] : [new("command", command)],
    };

    private string? Read(string path)
        => AtomicFile.TryReadAllBytes(context.Files, path) is { } content
            ? (content is [0xFF, 0xFE, ..] ? Encoding.Unicode.GetString(content.AsSpan(2)) : Encoding.UTF8.GetString(content))
            : null;

    // The program asks the person's codex whether it takes a configuration, and a service's PATH is shorter than the person's.
    private Dictionary<string, string> WithSearchPath(IReadOnlyDictionary<string, string> variables)
    {
        var all = variables.ToDictionary();
        var found = Helpers.Select(name => ProgramFinder.Find(context.Files, context.Environment, name)).OfType<string>()
            .Select(path => Path.GetDirectoryName(path)!).Where(folder => !manager.UsualPath.Contains(folder)).Distinct(StringComparer.Ordinal).ToList();
        if (manager.UsualPath.Count > 0 && found.Count > 0)
        {
            all["PATH"] = string.Join(Path.PathSeparator, found.Concat(manager.UsualPath));
        }

        return all;
    }
}
