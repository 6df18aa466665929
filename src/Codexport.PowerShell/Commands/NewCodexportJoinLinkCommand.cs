using System.Management.Automation;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Makes the link that followers join with.</summary>
[Cmdlet(VerbsCommon.New, "CodexportJoinLink", SupportsShouldProcess = true)]
[OutputType(typeof(JoinLinkResult))]
public sealed class NewCodexportJoinLinkCommand : CodexportCommand
{
    /// <summary>The names or addresses under which followers reach the master, best first.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(OwnNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] HostName { get; set; } = [];

    /// <summary>The port, where it is another than the master's own.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int? Port { get; set; }

    /// <summary>Make a new invite; older links admit nobody from then on.</summary>
    [Parameter]
    public SwitchParameter Renew { get; set; }

    /// <summary>Make a link of its own that ends after this time, such as <c>1h</c> or a time span. The durable link stays as it is.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? ExpiresIn { get; set; }

    /// <summary>Make a link of its own that lets in so many followers.</summary>
    [Parameter]
    [ValidateRange(1, 10_000)]
    public int? Uses { get; set; }

    /// <summary>Make a link of its own whose followers come into this group.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(GroupCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Group { get; set; }

    /// <inheritdoc/>
    protected override void Execute()
    {
        if (ShouldProcess(string.Join(", ", HostName), Renew ? "Make a join link with a new invite, which ends the old one" : "Make a join link"))
        {
            WriteObject(Run(context => new MasterOperations(context).CreateJoinLinkAsync(HostName, Port, Renew, new InviteLimits(ExpiresIn, Uses) { Group = Group }, StopToken)));
        }
    }
}
