using System.Management.Automation;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Lists the revisions that this master has published and keeps.</summary>
[Cmdlet(VerbsCommon.Get, "CodexportBundle")]
[OutputType(typeof(BundleInfo))]
public sealed class GetCodexportBundleCommand : CodexportCommand
{
    /// <inheritdoc/>
    protected override void Execute() => WriteEach(Run(context => new MasterOperations(context).GetBundlesAsync(StopToken)));
}
