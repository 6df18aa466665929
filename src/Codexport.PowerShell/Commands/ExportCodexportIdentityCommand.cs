using System.Management.Automation;
using System.Security;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Writes the master's key and what belongs to it into one file that a passphrase protects.</summary>
[Cmdlet(VerbsData.Export, "CodexportIdentity", SupportsShouldProcess = true)]
[OutputType(typeof(IdentityExportResult))]
public sealed class ExportCodexportIdentityCommand : CodexportChangeCommand
{
    /// <summary>The file to write.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>What protects it; asked for twice when it is not given.</summary>
    [Parameter]
    [ValidateNotNull]
    public SecureString? Passphrase { get; set; }

    /// <summary>Replace the file if it is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void Execute()
    {
        var file = ResolvePath(Path)!;
        if (!ShouldProcess(file, "Export the master's identity"))
        {
            return;
        }

        // An overwrite is a loss, so it is asked about unless that was said.
        var isThere = OpenHome().Files.TryGetEntry(file) is not null;
        if (isThere && !Force && !Question.Ask(() => ShouldContinue($"'{file}' is there already. Replace it?", "Replace the file"), IsThere))
        {
            return;
        }

        using var passphrase = SecurePassphrase.Read(this, Passphrase, isNew: true);
        WriteResult(Run(context => new MasterOperations(context).ExportIdentityAsync(file, passphrase.Value, Force || isThere, StopToken)));

        CodexportException IsThere(Exception inner) => new(
            ErrorCode.FileExists, $"'{file}' is there already.", "Choose another name, or replace it with -Force.", file, inner);
    }
}
