using Codexport.Engine.Apply;
using Codexport.Engine.Codex;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Compose;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Processes;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.HookSetup;

/// <summary>How to install the hook.</summary>
public sealed record HookInstallOptions
{
    /// <summary>What the hook runs.</summary>
    public HookRunner Runner { get; init; }

    /// <summary>For the native runner: absolute path of <c>codexport</c>.</summary>
    public string? Program { get; init; }

    /// <summary>Whether it is trusted in the same step.</summary>
    public bool Trust { get; init; } = true;

    /// <summary>When Codex gives it up, in seconds.</summary>
    public int Timeout { get; init; } = CodexportHook.DefaultTimeout;

    /// <summary>Whether only to say what would be done.</summary>
    public bool DryRun { get; init; }
}

/// <summary>Installs, removes and looks at the hook that syncs when a session of Codex starts.</summary>
/// <param name="context">The home, the disk and the programs.</param>
public sealed class HookOperations(EngineContext context)
{
    private const int MaxTimeout = 600;

    /// <summary>Adds the hook in front of all others of its event and trusts it. What is as wanted already is not written again.</summary>
    /// <exception cref="CodexportException">
    /// <see cref="ErrorCode.TomlInvalid"/>, <see cref="ErrorCode.JsonInvalid"/> for files that cannot be read; <see cref="ErrorCode.Busy"/>.
    /// </exception>
    public async Task<HookChangeResult> InstallAsync(HookInstallOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var handler = new HookHandler(CodexportHook.Event, 0, 0, CodexportHook.Matcher)
        {
            Command = CommandFor(options),
            Timeout = Checked(options.Timeout),
        };
        RecordedHome.Check(context);
        using var hold = FileLock.Acquire(context.Files, context.Home.FollowerLockFile);
        await RecoverAsync(cancellationToken).ConfigureAwait(false);
        var installer = new HookInstaller(context);
        var before = HookFiles.Read(context);
        var without = installer.Remove(before, HookRecord.TryRead(context));
        var isDone = installer.IsAsWanted(before, handler, options.Trust);
        var after = isDone ? before : installer.Insert(without, handler, options.Trust);
        if (!isDone && !options.DryRun)
        {
            var record = new HookRecord(Patches(without, after));
            await WriteAsync(before, after, record, "hook install", cancellationToken).ConfigureAwait(false);
        }

        var file = Path.Join(context.Home.CodexFolder, HookInstaller.Find(after).First().File);
        var torn = Path.GetFileName(file) == CodexLayout.HooksFile ? after.ProblemOfHooksJson() : null;
        return new HookChangeResult(!isDone, file, handler.Command, options.Trust, [.. Warnings(options, handler, torn)]);
    }

    /// <summary>Takes the hook out and leaves both files as they were before it came.</summary>
    public async Task<HookChangeResult> UninstallAsync(bool dryRun, CancellationToken cancellationToken)
    {
        // A home without state and without the hook is not touched, not even by a lock.
        using var hold = HasState() || IsThere() ? FileLock.Acquire(context.Files, context.Home.FollowerLockFile) : null;
        if (hold is not null)
        {
            await RecoverAsync(cancellationToken).ConfigureAwait(false);
        }

        var before = HookFiles.Read(context);
        var after = new HookInstaller(context).Remove(before, HookRecord.TryRead(context));
        var found = HookInstaller.Find(before).Select(item => item.File).FirstOrDefault();
        var changed = !ReferenceEquals(before, after);
        if (!dryRun && hold is not null)
        {
            if (changed)
            {
                await WriteAsync(before, after, record: null, "hook uninstall", cancellationToken).ConfigureAwait(false);
            }

            context.Files.DeleteFile(HookRecord.FileOf(context.Home));
        }

        var shared = HookInstaller.Find(after).Any()
            ? new[] { "The hook stands in a group together with others, so it was left there. Take it out by hand." }
            : [];
        return new HookChangeResult(changed, found is null ? null : Path.Join(context.Home.CodexFolder, found), null, Trusted: false, shared);
    }

    /// <summary>How the hook stands; asks Codex too when there is one on this machine.</summary>
    public Task<HookStatusResult> GetStatusAsync(CancellationToken cancellationToken)
        => new HookInspector(context).InspectAsync(cancellationToken);

    private bool HasState() => context.Files.TryGetEntry(context.Home.MachineStateFolder) is not null;

    private bool IsThere()
    {
        var files = HookFiles.Read(context);
        return !ReferenceEquals(files, new HookInstaller(context).Remove(files, record: null));
    }

    private static long Checked(int timeout) => timeout is >= 1 and <= MaxTimeout ? timeout : throw new CodexportException(
        ErrorCode.InvalidUsage, $"{timeout} is no timeout for the hook.", $"Give a number of seconds from 1 to {MaxTimeout}.");

    private static Dictionary<string, TextPatch> Patches(HookFiles before, HookFiles after)
    {
        var patches = new Dictionary<string, TextPatch>();
        foreach (var file in (string[])[CodexLayout.HooksFile, CodexLayout.ConfigFile])
        {
            if (after.ContentOf(file) is { } content && !content.AsSpan().SequenceEqual(before.ContentOf(file)))
            {
                patches[file] = TextPatch.Between(before.ContentOf(file), content);
            }
        }

        return patches;
    }

    private string CommandFor(HookInstallOptions options)
    {
        // What the hook would find by itself is not spelled out, so that the usual command stays short and the same everywhere.
        var byDefault = HomeResolver.Resolve(
            HomeOptions.None, name => name == "CODEX_HOME" ? null : context.Environment(name), _ => null);
        var home = context.Home.UserHome == byDefault.UserHome ? null : context.Home.UserHome;
        var codexFolder = context.Home.CodexFolder == Path.Combine(context.Home.UserHome, ".codex") ? null : context.Home.CodexFolder;
        if (options.Runner == HookRunner.Pwsh)
        {
            return CodexportHook.CmdletCommand(home, codexFolder, PathStyle.Current);
        }

        return options.Program is { } program && Path.IsPathFullyQualified(program)
            ? CodexportHook.ProgramCommand(program, home, codexFolder, PathStyle.Current)
            : throw new CodexportException(
                ErrorCode.InvalidUsage,
                "The native runner needs the path of the program 'codexport', and it is not known.",
                "Install the program, or use the runner 'pwsh'.");
    }

    private IEnumerable<string> Warnings(HookInstallOptions options, HookHandler handler, string? torn)
    {
        if (torn is not null)
        {
            yield return $"Codex reads no hook of 'hooks.json', and so will not run this one: {torn}. Correct it or take it out.";
        }

        if (!options.Trust)
        {
            yield return "The hook does not run until you trust it: start Codex, enter /hooks and confirm it there.";
        }

        var quick = SettingsFile.Read(context.Files, context.Home.SettingsFile).QuickTimeout;
        if (handler.Timeout <= quick.TotalSeconds)
        {
            yield return $"Codex gives the hook up after {handler.Timeout} s, and a quick sync may take {quick.TotalSeconds:0.#} s: "
                + "raise the timeout, or lower 'quick' in [timeouts] of local.toml.";
        }

        if (options.Runner == HookRunner.Pwsh && ProgramFinder.Find(context.Files, context.Environment, "pwsh") is null)
        {
            yield return "There is no 'pwsh' on the path of this machine: install PowerShell 7.6, or use the runner 'native'.";
        }
    }

    private Task RecoverAsync(CancellationToken cancellationToken) => ApplyRecovery.IsNeeded(context)
        ? ApplyRecovery.RecoverAsync(context, new ObjectStore(context.Files, context.Home.ObjectsFolder, context.Time, context.Trace), cancellationToken)
        : Task.CompletedTask;

    private async Task WriteAsync(HookFiles before, HookFiles after, HookRecord? record, string label, CancellationToken cancellationToken)
    {
        context.Files.CreateDirectory(context.Home.CodexFolder, FilePermission.Private);
        var contents = new LayeredContents(new ObjectStore(context.Files, context.Home.ObjectsFolder, context.Time, context.Trace), context);
        var changes = new List<PlannedChange>();
        AddChange(changes, contents, CodexLayout.HooksFile, before.HooksJson, after.HooksJson);
        AddChange(changes, contents, CodexLayout.ConfigFile, before.Config, after.Config);
        var plan = new ApplyPlan(changes, HookRecord.FileOf(context.Home), record?.ToBytes(), label);
        await ApplyTransaction.RunAsync(context, contents, plan, cancellationToken).ConfigureAwait(false);
    }

    private void AddChange(List<PlannedChange> changes, LayeredContents contents, string file, byte[]? before, byte[]? after)
    {
        if (before is null ? after is null : before.AsSpan().SequenceEqual(after))
        {
            return;
        }

        var path = Path.Join(context.Home.CodexFolder, file);
        var isExecutable = context.Files.ResolveLinks(path) is { } target && context.Files.TryGetEntry(target) is { IsExecutable: true };
        changes.Add(PlannedChanges.Of(
            file,
            before is null ? TargetState.Absent : new TargetState(Sha256Hash.Of(before), isExecutable),
            after is null ? TargetState.Absent : new TargetState(contents.Add(after), isExecutable),
            after?.Length ?? 0));
    }
}
