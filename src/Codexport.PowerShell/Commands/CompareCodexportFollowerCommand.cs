using System.Management.Automation;
using Codexport.Engine.Codex;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Shows what an apply would change and what was changed locally: one object a change.</summary>
[Cmdlet(VerbsData.Compare, "CodexportFollower")]
[OutputType(typeof(ChangeInfo))]
public sealed class CompareCodexportFollowerCommand : CodexportCommand
{
    /// <summary>Only what concerns these MCP servers; wildcards are allowed.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(McpServerCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] McpServer { get; set; } = [];

    /// <inheritdoc/>
    protected override void Execute()
    {
        var result = Run(context => new FollowerOperations(context).CompareAsync(StopToken));
        WriteWarnings(result.Warnings);
        foreach (var hook in result.NewlyTrustedHooks)
        {
            WriteWarning($"Codex would run this hook from then on: {hook}");
        }

        var patterns = McpServer.Select(name => new WildcardPattern(name, WildcardOptions.None)).ToList();
        WriteEach(result.Changes.Where(change => patterns.Count == 0 || Concerns(change, patterns)));
    }

    private static bool Concerns(ChangeInfo change, List<WildcardPattern> servers)
        => McpServers.NameIn(change.Key) is { } name && servers.Exists(server => server.IsMatch(name));
}
