using Codexport.Engine.Errors;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Master.Publishing;

namespace Codexport.PowerShell;

/// <summary>The base of the cmdlets that publish what the master's Codex home holds.</summary>
public abstract class RebuildCommand : CodexportChangeCommand
{
    /// <summary>Rebuilds, and tells of each file on the verbose stream.</summary>
    protected void WriteRebuild(RebuildOptions options)
    {
        var result = Run(context => new MasterOperations(context).RebuildAsync(options, StopToken));
        WriteWarnings(result.Warnings);
        WriteVerboseEach("Add", result.Added);
        WriteVerboseEach("Update", result.Changed);
        WriteVerboseEach("Remove", result.Removed);
        WriteResult(result);
    }

    private void WriteVerboseEach(string action, IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            WriteVerbose($"{action} {ForeignText.Name(path)}");
        }
    }
}
