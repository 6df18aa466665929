using System.Management.Automation;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Forgets the master's key, after the master was really set up anew.</summary>
[Cmdlet(VerbsCommon.Reset, "CodexportTrust", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = PinSet)]
[OutputType(typeof(TrustResult))]
public sealed class ResetCodexportTrustCommand : CodexportChangeCommand
{
    private const string PinSet = "Pin";
    private const string FollowSet = "Follow";
    private const string NoFollowSet = "NoFollow";

    /// <summary>The fingerprint to trust from now on.</summary>
    [Parameter(Position = 0, ParameterSetName = PinSet)]
    [ValidateNotNullOrEmpty]
    public string? Fingerprint { get; set; }

    /// <summary>Keep the pinned key, and trust a new key of the master when the old one vouches for it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FollowSet)]
    public SwitchParameter Follow { get; set; }

    /// <summary>Take that back: a new key is refused.</summary>
    [Parameter(Mandatory = true, ParameterSetName = NoFollowSet)]
    public SwitchParameter NoFollow { get; set; }

    /// <inheritdoc/>
    protected override void Execute()
    {
        if (ParameterSetName != PinSet)
        {
            var follows = ParameterSetName == FollowSet ? Follow.IsPresent : !NoFollow.IsPresent;
            if (ShouldProcess(OpenHome().Home.StateFolder, follows ? "Trust new keys that the trusted key vouches for" : "Refuse new keys of the master"))
            {
                WriteResult(Run(context => new FollowerOperations(context).SetFollowAsync(follows, StopToken)));
            }

            return;
        }

        if (ShouldProcess(OpenHome().Home.StateFolder, Fingerprint is null ? "Forget the trusted master" : $"Trust the master {Fingerprint}"))
        {
            WriteResult(Run(context => new FollowerOperations(context).ResetTrustAsync(Fingerprint, StopToken)));
        }
    }
}
