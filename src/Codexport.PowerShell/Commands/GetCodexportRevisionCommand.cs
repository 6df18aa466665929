using System.Management.Automation;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Lists the revisions that are kept here and can be applied, newest first.</summary>
[Cmdlet(VerbsCommon.Get, "CodexportRevision")]
[OutputType(typeof(RevisionInfo))]
public sealed class GetCodexportRevisionCommand : CodexportCommand
{
    /// <summary>Which ones, by hash; wildcards are allowed.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RevisionCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Revision { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void Execute()
    {
        var kept = Run(context => Task.FromResult(new FollowerOperations(context).GetRevisions()));
        foreach (var wanted in Revision)
        {
            // A beginning is as good as the whole hash, as it is where one is applied.
            var isPattern = WildcardPattern.ContainsWildcardCharacters(wanted);
            var pattern = new WildcardPattern(isPattern ? wanted : $"{wanted}*", WildcardOptions.IgnoreCase);
            var found = kept.Where(revision => pattern.IsMatch(revision.Revision)).ToList();
            if (found.Count == 0 && !isPattern)
            {
                WriteError(new CodexportException(
                    ErrorCode.RevisionNotFound, $"No revision that begins with '{wanted}' is kept here.", "List the kept ones with Get-CodexportRevision.", wanted));
            }

            WriteEach(found);
        }
    }
}
