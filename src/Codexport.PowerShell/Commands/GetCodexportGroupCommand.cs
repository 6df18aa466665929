using System.Management.Automation;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Lists the groups of followers.</summary>
[Cmdlet(VerbsCommon.Get, "CodexportGroup")]
[OutputType(typeof(GroupInfo))]
public sealed class GetCodexportGroupCommand : CodexportCommand
{
    /// <inheritdoc/>
    protected override void Execute() => WriteEach(Run(context => new MasterOperations(context).GetGroupsAsync(StopToken)));
}
