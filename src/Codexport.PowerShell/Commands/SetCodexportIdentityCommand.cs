using System.Management.Automation;
using System.Security;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Lets another key act for the master's identity, renews that, or takes it back.</summary>
[Cmdlet(VerbsCommon.Set, "CodexportIdentity", SupportsShouldProcess = true)]
[OutputType(typeof(DelegationResult))]
public sealed class SetCodexportIdentityCommand : CodexportChangeCommand
{
    /// <summary>An exported identity, where its key is kept away from this machine.</summary>
    [Parameter(Position = 0)]
    [Alias("File")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>What protects it; asked for when it is not given.</summary>
    [Parameter]
    [ValidateNotNull]
    public SecureString? Passphrase { get; set; }

    /// <summary>For how many days the other key may act.</summary>
    [Parameter]
    [ValidateRange(1, 366)]
    public int Days { get; set; } = 30;

    /// <summary>Take the identity's own key away from this machine; needs the exported one.</summary>
    [Parameter]
    public SwitchParameter RemoveKey { get; set; }

    /// <summary>Let the identity act for itself again.</summary>
    [Parameter]
    public SwitchParameter Withdraw { get; set; }

    /// <inheritdoc/>
    protected override void Execute()
    {
        var file = ResolvePath(Path);
        var what = Withdraw ? "Let the identity act for itself again" : "Let another key act for the identity";
        if (!ShouldProcess(OpenHome().Home.StateFolder, what))
        {
            return;
        }

        using var passphrase = file is null ? null : SecurePassphrase.Read(this, Passphrase, isNew: false);
        var options = new DelegationOptions { Lifetime = TimeSpan.FromDays(Days), RemoveKey = RemoveKey, Withdraw = Withdraw };
        WriteResult(Run(context => new MasterOperations(context).DelegateIdentityAsync(options, file, passphrase?.Value ?? default, StopToken)));
    }
}
