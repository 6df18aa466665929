using Codexport.Engine.Errors;
using Codexport.Engine.Results;

namespace Codexport.PowerShell;

/// <summary>Results as this head shows them: what a person is told to do is said by the names of cmdlets.</summary>
internal static class Wording
{
    /// <summary>The result with its texts for people worded so; results without such texts as they are.</summary>
    public static object? Of(object? result) => result switch
    {
        DiagnosticFinding finding => finding with { Message = OperationNames.ForCmdlets(finding.Message), Remedy = Text(finding.Remedy) },
        StatusResult status => status with { LastErrorMessage = Text(status.LastErrorMessage), Conflicts = Texts(status.Conflicts), Warnings = Texts(status.Warnings) },
        SyncResult sync => sync with { Changes = Notes(sync.Changes), Warnings = Texts(sync.Warnings) },
        ChangeInfo change => change with { Note = Text(change.Note) },
        HookStatusResult hook => hook with { Problems = Texts(hook.Problems) },
        HookChangeResult hook => hook with { Warnings = Texts(hook.Warnings) },
        ServiceStatusResult service => service with { Problems = Texts(service.Problems) },
        TimerStatusResult timer => timer with { Problems = Texts(timer.Problems) },
        ServiceChangeResult change => change with { Warnings = Texts(change.Warnings) },
        JoinLinkResult link => link with { Command = OperationNames.ForCmdlets(link.Command) },
        InitResult init => init with { Warnings = Texts(init.Warnings) },
        RebuildResult rebuild => rebuild with { Warnings = Texts(rebuild.Warnings) },
        IdentityImportResult import => import with { Warnings = Texts(import.Warnings) },
        RestoreResult restore => restore with { Warnings = Texts(restore.Warnings) },
        LeaveResult leave => leave with { Warnings = Texts(leave.Warnings) },
        string line => OperationNames.ForCmdlets(line),
        _ => result,
    };

    private static string? Text(string? text) => text is null ? null : OperationNames.ForCmdlets(text);

    private static IReadOnlyList<string> Texts(IReadOnlyList<string> texts) => texts.Count == 0 ? texts : [.. texts.Select(OperationNames.ForCmdlets)];

    private static IReadOnlyList<ChangeInfo> Notes(IReadOnlyList<ChangeInfo> changes)
        => changes.Any(change => change.Note is not null) ? [.. changes.Select(change => change with { Note = Text(change.Note) })] : changes;
}
