using System.Management.Automation;
using System.Security;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Trusts a master, registers with it, fetches its setup and applies it.</summary>
[Cmdlet(VerbsCommon.Join, "CodexportFollower", SupportsShouldProcess = true, DefaultParameterSetName = LinkSet)]
[OutputType(typeof(SyncResult))]
public sealed class JoinCodexportFollowerCommand : CodexportCommand
{
    private const string LinkSet = "Link";
    private const string MasterSet = "Master";
    private const string SecureLinkSet = "SecureLink";

    /// <summary>The link that the master made.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LinkSet)]
    [Alias("JoinLink")]
    [ValidateNotNullOrEmpty]
    public string Link { get; set; } = string.Empty;

    /// <summary>The link as a secure string: no transcript, log or history holds it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SecureLinkSet)]
    [ValidateNotNull]
    public SecureString SecureLink { get; set; } = new();

    /// <summary>Instead of a link: where the master is; several addresses, best first.</summary>
    [Parameter(Mandatory = true, ParameterSetName = MasterSet)]
    [ValidateNotNullOrEmpty]
    public string[] Master { get; set; } = [];

    /// <summary>The master's fingerprint.</summary>
    [Parameter(Mandatory = true, ParameterSetName = MasterSet)]
    [ValidateNotNullOrEmpty]
    public string Fingerprint { get; set; } = string.Empty;

    /// <summary>The invite; without one the follower waits until it is approved.</summary>
    [Parameter(ParameterSetName = MasterSet)]
    [ValidateNotNullOrEmpty]
    public string? Invite { get; set; }

    /// <summary>What this follower is called in the master's book; without it the name of the machine.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>Back up and replace files that are already there and differ.</summary>
    [Parameter]
    public SwitchParameter Adopt { get; set; }

    /// <summary>Fetch and verify only.</summary>
    [Parameter]
    public SwitchParameter StageOnly { get; set; }

    /// <inheritdoc/>
    protected override void Execute()
    {
        var link = ParameterSetName switch
        {
            LinkSet => JoinLink.Parse(Link),
            SecureLinkSet => JoinLink.Parse(SecurePassphrase.Read(SecureLink)),
            _ => JoinLink.FromUrls(Master, Fingerprint, Invite),
        };
        if (ShouldProcess($"{link.Host}:{link.Port}", StageOnly ? "Join the master and fetch its setup" : "Join the master and apply its setup"))
        {
            var result = AskToAdopt(Adopt, adopt => Run(context => new FollowerOperations(context).JoinAsync(
                new JoinOptions(link, !StageOnly, adopt) { Name = Name }, StopToken)));
            WriteWarnings(result.Warnings);
            WriteChanges(result.Changes);
            WriteObject(result);
        }
    }
}
