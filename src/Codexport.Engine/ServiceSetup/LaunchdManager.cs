using System.Globalization;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Processes;

namespace Codexport.Engine.ServiceSetup;

/// <summary>macOS's launchd, for the session of one user at the screen.</summary>
internal sealed class LaunchdManager(EngineContext context, string userHome) : IServiceManager
{
    /// <inheritdoc/>
    public string Name => "launchd";

    /// <inheritdoc/>
    public IReadOnlyList<string> UsualPath => ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];

    /// <inheritdoc/>
    public bool HasEnvironment => true;

    /// <summary>The program that speaks with launchd; tests replace it.</summary>
    internal string Program { get; init; } = "/bin/launchctl";

    /// <summary>The user's number; tests replace it.</summary>
    internal uint UserId { get; init; } = OperatingSystem.IsWindows() ? 0 : UnixCalls.UserId();

    private string Domain => string.Create(CultureInfo.InvariantCulture, $"gui/{UserId}");

    /// <inheritdoc/>
    public async Task<string?> FindObstacleAsync(CancellationToken cancellationToken)
    {
        if (context.Files.TryGetEntry(Program) is null)
        {
            return $"There is no launchd on this machine ('{Program}' was not found).";
        }

        var outcome = await context.Processes.RunAsync(Launchctl("print", Domain), cancellationToken).ConfigureAwait(false);
        return outcome.ExitCode == 0 ? null : $"You are not logged in at the screen of this Mac, so launchd runs no agents of yours: {CommandText.SaidBy(outcome)}";
    }

    /// <inheritdoc/>
    public async Task<ServiceState> QueryAsync(ServiceUnit unit, CancellationToken cancellationToken)
    {
        var outcome = await context.Processes.RunAsync(Launchctl("print", Target(unit)), cancellationToken).ConfigureAwait(false);
        if (outcome.ExitCode != 0)
        {
            return ServiceState.Absent;
        }

        var lines = outcome.Output.Split('\n').Select(line => line.Trim()).ToList();
        var process = int.TryParse(After(lines, "pid = "), CultureInfo.InvariantCulture, out var number) ? number : (int?)null;
        var exit = After(lines, "last exit code = ");
        return new ServiceState
        {
            Loaded = true,
            Enabled = true,
            Running = unit.IsTimer || process is not null,
            ProcessId = process,
            Problems = exit is null or "0" || exit.StartsWith('(') ? [] : [$"The last run of {unit.Name} ended with exit code {exit}. Look: {LogHint(unit)}"],
        };
    }

    /// <inheritdoc/>
    public Task<DateTimeOffset?> FindNextRunAsync(ServiceUnit unit, CancellationToken cancellationToken)
    {
        // launchctl prints the interval and how often it ran, but no time.
        return Task.FromResult<DateTimeOffset?>(null);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> FilesOf(ServiceUnit unit) => [Path.Join(userHome, "Library", "LaunchAgents", unit.Name + ".plist")];

    /// <inheritdoc/>
    public IReadOnlyList<ServiceFileContent> Render(ServiceDefinition definition)
    {
        var adapted = definition.Unit.IsTimer ? definition : definition with
        {
            Arguments = [.. definition.Arguments, "--log-file", LogHint(definition.Unit)],
        };
        foreach (var text in adapted.Arguments.Prepend(adapted.Program).Concat(adapted.Environment.Values))
        {
            if (text.Any(char.IsControl))
            {
                throw new CodexportException(
                    ErrorCode.PathInvalid, $"A property list cannot hold the control characters of '{text}'.", "Use a folder whose name holds none.", text);
            }
        }

        return [new(FilesOf(definition.Unit)[0], LaunchdPlist.Write(adapted))];
    }

    /// <inheritdoc/>
    public InstalledService Read(IReadOnlyList<string> texts) => texts is [var text, ..] ? LaunchdPlist.Read(text) : new InstalledService(null, null);

    /// <inheritdoc/>
    public IEnumerable<ServiceStep> Install(ServiceDefinition definition, ServiceState state)
    {
        var file = Render(definition)[0];
        if (state.Loaded)
        {
            yield return new CommandStep(Launchctl("bootout", Target(definition.Unit)), MayFail: true);
            yield return WaitUntilGone(definition.Unit);
        }

        // launchd starts nothing whose log it cannot open.
        yield return new CreateFolderStep(definition.LogFolder);
        yield return new WriteFileStep(file);

        // If the person disabled it once, it would stay disabled, and bootstrap would fail.
        yield return new CommandStep(Launchctl("enable", Target(definition.Unit)));
        yield return new CommandStep(Launchctl("bootstrap", Domain, file.Path));
    }

    /// <inheritdoc/>
    public IEnumerable<ServiceStep> Uninstall(ServiceUnit unit, ServiceState state)
    {
        if (state.Loaded)
        {
            yield return new CommandStep(Launchctl("bootout", Target(unit)), MayFail: true);
            yield return WaitUntilGone(unit);
        }

        yield return new DeleteFileStep(FilesOf(unit)[0]);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> GetHintsAsync(ServiceUnit unit, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>(
        unit.IsTimer ? [] : ["The service runs while you are logged in."]);

    /// <inheritdoc/>
    public string LogHint(ServiceUnit unit) => Path.Join(context.Home.LogFolder, unit.Name + (unit.IsTimer ? ".err.log" : ".log"));

    private static string? After(List<string> lines, string start)
        => lines.Find(line => line.StartsWith(start, StringComparison.Ordinal))?[start.Length..];

    private ProcessRequest Launchctl(params ReadOnlySpan<string> arguments) => new(Program, [.. arguments]);

    private string Target(ServiceUnit unit) => $"{Domain}/{unit.Name}";

    // launchd unloads it in the background, and cannot load it again before that has ended.
    private WaitStep WaitUntilGone(ServiceUnit unit) => new(
        "launchd has let the old service go",
        async token => (await context.Processes.RunAsync(Launchctl("print", Target(unit)), token).ConfigureAwait(false)).ExitCode != 0);
}
