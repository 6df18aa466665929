using System.Management.Automation;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Platform.Processes;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Fetches the master's newest revision, verifies it and applies it.</summary>
[Cmdlet(VerbsData.Sync, "CodexportFollower", SupportsShouldProcess = true, DefaultParameterSetName = FullSet)]
[OutputType(typeof(SyncResult), ParameterSetName = [FullSet])]
[OutputType(typeof(string), ParameterSetName = [QuickSet])]
public sealed class SyncCodexportFollowerCommand : CodexportCommand
{
    private const string FullSet = "Full";
    private const string QuickSet = "Quick";

    /// <summary>Fetch and verify only.</summary>
    [Parameter(ParameterSetName = FullSet)]
    public SwitchParameter StageOnly { get; set; }

    /// <summary>Back up and replace files that are already there and differ, at the first apply.</summary>
    [Parameter(ParameterSetName = FullSet)]
    public SwitchParameter Adopt { get; set; }

    /// <summary>For hooks: silent when nothing changed or the master is away, ends within seconds, never fails.</summary>
    [Parameter(Mandatory = true, ParameterSetName = QuickSet)]
    public SwitchParameter Quick { get; set; }

    /// <summary>For shells that start Codex afterwards: what is to be told comes as plain text.</summary>
    [Parameter(ParameterSetName = QuickSet)]
    public SwitchParameter Plain { get; set; }

    /// <inheritdoc/>
    protected override void Execute()
    {
        if (Quick)
        {
            ExecuteQuick();
            return;
        }

        if (!ShouldProcess(OpenHome().Home.CodexFolder, StageOnly ? "Fetch the master's newest revision" : "Apply the master's newest revision"))
        {
            return;
        }

        var result = AskToAdopt(Adopt, adopt => Run(context => new FollowerOperations(context).SyncAsync(new SyncOptions(!StageOnly, adopt), StopToken)));
        WriteWarnings(result.Warnings);
        WriteChanges(result.Changes);
        WriteObject(result);
    }

    private void ExecuteQuick()
    {
        string? line;
        try
        {
            var target = OpenHome();
            line = ShouldProcess(target.Home.CodexFolder, "Apply the master's newest revision")
                ? new FollowerOperations(target).QuickSync(ProcessAge.Read(), beforeStart: Plain, StopToken)
                : null;
        }
        catch (CodexportException error) when (!StopToken.IsCancellationRequested)
        {
            // Broken settings must not fail a session of Codex: the person is told, the hook succeeds.
            line = QuickSyncLine.For($"{error.Message} {error.Remedy}");
        }
        catch (SessionStateException error)
        {
            // A home on a drive that PowerShell does not know is no different.
            line = QuickSyncLine.For(error.Message);
        }

        if (line is not null)
        {
            WriteObject(Plain ? QuickSyncLine.TextOf(line) : line);
        }
    }
}
