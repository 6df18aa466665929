using System.Management.Automation;
using Codexport.Engine.Follower;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Forgets the master's key, after the master was really set up anew.</summary>
[Cmdlet(VerbsCommon.Reset, "CodexportTrust", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(TrustResult))]
public sealed class ResetCodexportTrustCommand : CodexportChangeCommand
{
    /// <summary>The fingerprint to trust from now on.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Fingerprint { get; set; }

    /// <inheritdoc/>
    protected override void Execute()
    {
        if (ShouldProcess(OpenHome().Home.StateFolder, Fingerprint is null ? "Forget the trusted master" : $"Trust the master {Fingerprint}"))
        {
            WriteResult(Run(context => new FollowerOperations(context).ResetTrustAsync(Fingerprint, StopToken)));
        }
    }
}
