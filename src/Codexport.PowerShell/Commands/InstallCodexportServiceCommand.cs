using System.Management.Automation;
using Codexport.Engine.Results;
using Codexport.Engine.ServiceSetup;

namespace Codexport.PowerShell.Commands;

/// <summary>Has the machine run the master's server: systemd, the Windows Task Scheduler or launchd.</summary>
[Cmdlet(VerbsLifecycle.Install, "CodexportService", SupportsShouldProcess = true)]
[OutputType(typeof(ServiceChangeResult))]
public sealed class InstallCodexportServiceCommand : ServiceCommand
{
    /// <summary>The address to listen on; without it all.</summary>
    [Parameter(Position = 0)]
    [Alias("Address")]
    [ArgumentCompleter(typeof(ListenAddressCompleter))]
    [ValidateNotNullOrEmpty]
    public string? HostName { get; set; }

    /// <summary>The port; without it the one in local.toml, else 17342.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int? Port { get; set; }

    /// <summary>Further peers as CIDR ranges.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RangeCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Allow { get; set; } = [];

    /// <inheritdoc/>
    protected override void Execute()
    {
        var options = new MasterServiceOptions { Host = HostName, Port = Port, Allow = Allow };
        Change("Install the master's service", (services, dryRun) => services.InstallMasterAsync(options, dryRun, StopToken));
    }
}
