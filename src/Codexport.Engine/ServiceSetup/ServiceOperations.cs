using System.Globalization;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Results;

namespace Codexport.Engine.ServiceSetup;

/// <summary>
/// Installs, removes and looks at what the machine's service manager runs for a home: the master's server, or a follower's sync by the clock.
/// </summary>
/// <param name="context">The home, the disk and the programs.</param>
/// <param name="program">The program that a service shall run.</param>
public sealed class ServiceOperations(EngineContext context, ServiceProgram program)
{
    /// <summary>The service manager; tests replace it.</summary>
    internal IServiceManager? Manager { get; init; }

    /// <summary>Installs the master's service, switches it to this program, and starts it. One that is already as wanted and runs is left alone.</summary>
    /// <exception cref="CodexportException">
    /// <see cref="ErrorCode.NotMaster"/>, <see cref="ErrorCode.InvalidUsage"/>, <see cref="ErrorCode.SettingsInvalid"/> for a range,
    /// <see cref="ErrorCode.ServiceManagerMissing"/>, <see cref="ErrorCode.ServiceFailed"/>.
    /// </exception>
    public Task<ServiceChangeResult> InstallMasterAsync(MasterServiceOptions options, bool dryRun, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        using (MasterIdentity.Load(context))
        {
            RecordedHome.Check(context);
        }

        var install = Installation(MasterUnit);
        return install.InstallAsync(install.Define("Codexport: the master's server", ["master", "serve", .. Words(options)]), dryRun, cancellationToken);
    }

    /// <summary>Stops the master's service and takes it away.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.ServiceManagerMissing"/>, <see cref="ErrorCode.ServiceFailed"/>.</exception>
    public Task<ServiceChangeResult> UninstallMasterAsync(bool dryRun, CancellationToken cancellationToken)
        => Installation(MasterUnit).UninstallAsync(dryRun, cancellationToken);

    /// <summary>How the master's service stands.</summary>
    public async Task<ServiceStatusResult> GetMasterStatusAsync(CancellationToken cancellationToken)
    {
        var (unit, installation) = (MasterUnit, Installation(MasterUnit));
        var found = await installation.InspectAsync(cancellationToken).ConfigureAwait(false);
        return new ServiceStatusResult
        {
            Name = unit.Name,
            Manager = installation.Manager.Name,
            Installed = found.File is not null,
            Running = found.State.Running,
            Enabled = found.State.Enabled,
            Current = found.IsCurrent,
            File = found.File,
            Command = found.Installed.Command,
            ProcessId = found.State.ProcessId,
            Restarts = found.State.Restarts,
            Since = found.State.Running ? found.State.Since?.LocalDateTime : null,
            Status = found.State.Text,
            Log = found.File is null ? null : installation.Manager.LogHint(unit),
            Problems = found.Problems,
        };
    }

    /// <summary>Installs the follower's timer, or switches it to this program and interval. One that is already as wanted is left alone.</summary>
    /// <exception cref="CodexportException">
    /// <see cref="ErrorCode.NotFollower"/>, <see cref="ErrorCode.InvalidUsage"/> for the interval, <see cref="ErrorCode.ServiceManagerMissing"/>,
    /// <see cref="ErrorCode.ServiceFailed"/>.
    /// </exception>
    public Task<ServiceChangeResult> InstallTimerAsync(TimeSpan every, bool dryRun, CancellationToken cancellationToken)
    {
        TimerInterval.Check(every);
        if (EnrollmentRecord.TryRead(context) is null)
        {
            throw new CodexportException(
                ErrorCode.NotFollower,
                $"The home '{context.Home.UserHome}' follows no master.",
                "Join one first: codexport follower join LINK (the master prints the link with 'codexport master link').",
                context.Home.UserHome);
        }

        RecordedHome.Check(context);
        var install = Installation(TimerUnit);
        return install.InstallAsync(install.DefineSync(every), dryRun, cancellationToken);
    }

    /// <summary>Stops the follower's timer and takes it away.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.ServiceManagerMissing"/>, <see cref="ErrorCode.ServiceFailed"/>.</exception>
    public Task<ServiceChangeResult> UninstallTimerAsync(bool dryRun, CancellationToken cancellationToken)
        => Installation(TimerUnit).UninstallAsync(dryRun, cancellationToken);

    /// <summary>How the follower's timer stands.</summary>
    public async Task<TimerStatusResult> GetTimerStatusAsync(CancellationToken cancellationToken)
    {
        var (unit, installation) = (TimerUnit, Installation(TimerUnit));
        var found = await installation.InspectAsync(cancellationToken).ConfigureAwait(false);
        return new TimerStatusResult
        {
            Name = unit.Name,
            Manager = installation.Manager.Name,
            Installed = found.File is not null,
            Waiting = found.State.Running,
            Enabled = found.State.Enabled,
            Current = found.IsCurrent,
            Every = found.Installed.Every,
            LastRun = found.State.Since?.LocalDateTime,
            NextRun = found.State.Running ? (await installation.Manager.FindNextRunAsync(unit, cancellationToken).ConfigureAwait(false))?.LocalDateTime : null,
            File = found.File,
            Command = found.Installed.Command,
            Log = found.File is null ? null : installation.Manager.LogHint(unit),
            Problems = found.Problems,
        };
    }

    private ServiceUnit MasterUnit => ServiceUnits.Master(context);

    private ServiceUnit TimerUnit => ServiceUnits.Timer(context);

    private static IEnumerable<string> Words(MasterServiceOptions options)
    {
        // Refused now, not by the service later, where nobody looks.
        _ = new PeerFilter(options.Allow);
        if (options.Port is < 1 or > 65535)
        {
            throw new CodexportException(ErrorCode.InvalidUsage, $"{options.Port} is not a port.", "Give a number from 1 to 65535.");
        }

        if (options.Host is not null && (options.Host.Length == 0 || options.Host.StartsWith('-') || options.Host.Any(char.IsWhiteSpace)))
        {
            throw new CodexportException(ErrorCode.InvalidUsage, $"'{options.Host}' is not an address.", "Give an address or name of this machine.", options.Host);
        }

        return
        [
            .. options.Host is null ? [] : (string[])["--host", options.Host],
            .. options.Port is not { } port ? [] : (string[])["--port", port.ToString(CultureInfo.InvariantCulture)],
            .. options.Allow.SelectMany(range => (string[])["--allow", range]),
        ];
    }

    private ServiceInstallation Installation(ServiceUnit unit)
    {
        var home = HomeArguments.Of(context);
        var own = program with { IsCopied = program.IsCopied && !(unit.IsTimer && program.PowerShell is not null) };
        return new ServiceInstallation(context, own, unit, home, Manager ?? ServiceManagers.ForThisMachine(context, home.UserHome));
    }
}
