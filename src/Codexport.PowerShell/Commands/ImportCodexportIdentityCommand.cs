using System.Management.Automation;
using System.Security;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Makes this home the master that was exported.</summary>
[Cmdlet(VerbsData.Import, "CodexportIdentity", SupportsShouldProcess = true)]
[OutputType(typeof(IdentityImportResult))]
public sealed class ImportCodexportIdentityCommand : CodexportChangeCommand
{
    /// <summary>The file that was exported.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "File")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>What protects it; asked for when it is not given.</summary>
    [Parameter]
    [ValidateNotNull]
    public SecureString? Passphrase { get; set; }

    /// <inheritdoc/>
    protected override void Execute()
    {
        var file = ResolvePath(Path)!;
        if (ShouldProcess(OpenHome().Home.StateFolder, $"Make this home the master of '{file}'"))
        {
            using var passphrase = SecurePassphrase.Read(this, Passphrase, isNew: false);
            var result = Run(context => new MasterOperations(context).ImportIdentityAsync(file, passphrase.Value, StopToken));
            WriteWarnings(result.Warnings);
            WriteResult(result);
        }
    }
}
