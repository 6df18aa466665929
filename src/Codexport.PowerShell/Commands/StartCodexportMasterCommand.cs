using System.Globalization;
using System.Management.Automation;
using Codexport.Engine.Errors;
using Codexport.PowerShell.Serving;

namespace Codexport.PowerShell.Commands;

/// <summary>Serves the published setup and writes what happens, until it is stopped.</summary>
[Cmdlet(VerbsLifecycle.Start, "CodexportMaster", SupportsShouldProcess = true)]
[OutputType(typeof(MasterEvent), typeof(Job))]
public sealed class StartCodexportMasterCommand : CodexportCommand
{
    private HostProcess? _host;

    /// <summary>The address to listen on.</summary>
    [Parameter(Position = 0)]
    [Alias("Address")]
    [ArgumentCompleter(typeof(ListenAddressCompleter))]
    [ValidateNotNullOrEmpty]
    public string HostName { get; set; } = "0.0.0.0";

    /// <summary>The port; without it the one in local.toml, else 17342. 0 lets the system choose.</summary>
    [Parameter]
    [ValidateRange(0, 65535)]
    public int? Port { get; set; }

    /// <summary>Further peers as CIDR ranges.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RangeCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Allow { get; set; } = [];

    /// <summary>Do not look for changes; serve what was published.</summary>
    [Parameter]
    public SwitchParameter NoWatch { get; set; }

    /// <summary>Serve in the background: give a job at once, whose events Receive-Job gives and which Stop-Job ends.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <inheritdoc/>
    protected override void Execute()
    {
        var home = OpenHome().Home;
        if (!ShouldProcess(home.CodexFolder, "Serve the published setup"))
        {
            return;
        }

        if (AsJob)
        {
            var job = MasterJob.Start(HostProcess.Start(Arguments()), MyInvocation.Line.Trim());
            JobRepository.Add(job);
            SessionData.Load(this);
            WriteObject(job);
            return;
        }

        _host = HostProcess.Start(Arguments());
        try
        {
            Exception? failure = null;
            foreach (var line in _host.ReadLines(StopToken))
            {
                WriteDebug(line);
                failure ??= Pass(line);
            }

            if (failure is not null)
            {
                throw failure;
            }

            _host.ThrowIfFailed();
        }
        finally
        {
            _host.Dispose();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _host?.Dispose();
        }

        base.Dispose(disposing);
    }

    private CodexportException? Pass(string line)
    {
        MasterEvent? happening;
        try
        {
            happening = MasterEventReader.Read(line);
        }
        catch (CodexportException error)
        {
            return error;
        }

        if (happening is not null)
        {
            WriteObject(happening);
        }

        return null;
    }

    private List<string> Arguments()
    {
        List<string> arguments = ["master", "serve", "--json", "--stdin-lifeline", "--host", HostName];
        if (Port is { } port)
        {
            arguments.AddRange(["--port", port.ToString(CultureInfo.InvariantCulture)]);
        }

        foreach (var range in Allow)
        {
            arguments.AddRange(["--allow", range]);
        }

        if (NoWatch)
        {
            arguments.Add("--no-watch");
        }

        if (ResolvePath(HomePath) is { } home)
        {
            arguments.AddRange(["--home", home]);
        }

        if (ResolvePath(CodexPath) is { } codex)
        {
            arguments.AddRange(["--codex-dir", codex]);
        }

        return arguments;
    }
}
