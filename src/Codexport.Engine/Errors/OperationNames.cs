using System.Text;
using System.Text.RegularExpressions;

namespace Codexport.Engine.Errors;

/// <summary>
/// How each operation is called by the two heads, in one table. The engine's texts name an operation as the program does, such as
/// <c>'codexport sync --apply'</c>, and the PowerShell module shows them by its cmdlets: what was said by the hook's program yesterday and is
/// read from a file today included.
/// </summary>
public static partial class OperationNames
{
    // The longer words first where others begin with the same ones.
    private static readonly (string Program, string Cmdlet)[] Operations =
    [
        ("master init", "Initialize-CodexportMaster"),
        ("master serve", "Start-CodexportMaster"),
        ("master link", "New-CodexportJoinLink"),
        ("master rebuild --publish", "Publish-CodexportBundle"),
        ("master rebuild", "Update-CodexportBundle"),
        ("master diff", "Compare-CodexportBundle"),
        ("master rollback", "Restore-CodexportBundle"),
        ("master revisions", "Get-CodexportBundle"),
        ("master service install", "Install-CodexportService"),
        ("master service uninstall", "Uninstall-CodexportService"),
        ("master service status", "Get-CodexportService"),
        ("master followers list", "Get-CodexportFollower"),
        ("master followers show", "Get-CodexportFollower"),
        ("master followers set", "Set-CodexportFollower"),
        ("master followers approve", "Approve-CodexportFollower"),
        ("master followers revoke", "Revoke-CodexportFollower"),
        ("master followers", "Get-CodexportFollower"),
        ("master groups", "Get-CodexportGroup"),
        ("master rollout promote", "Step-CodexportRollout"),
        ("master rollout stop", "Stop-CodexportRollout"),
        ("master rollout status", "Get-CodexportRollout"),
        ("master rollout", "Get-CodexportRollout"),
        ("master dashboard", "Show-CodexportDashboard"),
        ("master identity export", "Export-CodexportIdentity"),
        ("master identity import", "Import-CodexportIdentity"),
        ("master publish", "Publish-CodexportRevision"),
        ("master identity delegate", "Set-CodexportIdentity"),
        ("master identity rotate", "Update-CodexportIdentity"),
        ("follower join", "Join-CodexportFollower"),
        ("follower leave", "Remove-CodexportFollower"),
        ("follower trust", "Reset-CodexportTrust"),
        ("follower timer install", "Install-CodexportTimer"),
        ("follower timer uninstall", "Uninstall-CodexportTimer"),
        ("follower timer status", "Get-CodexportTimer"),
        ("sync --apply", "Sync-CodexportFollower"),
        ("sync --quick", "Sync-CodexportFollower -Quick"),
        ("sync", "Sync-CodexportFollower -StageOnly"),
        ("apply", "Install-CodexportRevision"),
        ("diff", "Compare-CodexportFollower"),
        ("status", "Get-CodexportStatus"),
        ("doctor", "Test-CodexportInstallation"),
        ("revision list", "Get-CodexportRevision"),
        ("backup list", "Get-CodexportBackup"),
        ("backup restore", "Restore-CodexportBackup"),
        ("hook install", "Install-CodexportHook"),
        ("hook uninstall", "Uninstall-CodexportHook"),
        ("hook status", "Get-CodexportHook"),
        ("shell install", "Install-CodexportShellIntegration"),
        ("shell uninstall", "Uninstall-CodexportShellIntegration"),
        ("shell status", "Get-CodexportShellIntegration"),
        ("--version", "Get-Module Codexport"),
    ];

    // An option with nothing in its place is what the cmdlet does anyway.
    private static readonly Dictionary<string, string> Options = new(StringComparer.Ordinal)
    {
        ["--apply"] = string.Empty,
        ["--accept-deletions"] = "-AcceptDeletions",
        ["--accept-findings"] = "-AcceptFindings",
        ["--adopt"] = "-Adopt",
        ["--allow"] = "-Allow",
        ["--codex-dir"] = "-CodexPath",
        ["--fingerprint"] = "-Fingerprint",
        ["--follow"] = "-Follow",
        ["--force"] = "-Force",
        ["--group"] = "-Group",
        ["--home"] = "-HomePath",
        ["--host"] = "-HostName",
        ["--invite"] = "-Invite",
        ["--master"] = "-Master",
        ["--name"] = "-Name",
        ["--no-follow"] = "-NoFollow",
        ["--no-open"] = "-NoOpen",
        ["--port"] = "-Port",
        ["--renew"] = "-Renew",
        ["--ring"] = "-Ring",
        ["--revision"] = "-Revision",
        ["--take-over"] = "-TakeOver",
        ["--identity"] = "-Path",
        ["--withdraw"] = "-Withdraw",
    };

    /// <summary>The text with cmdlets and parameters in place of the program's commands and options.</summary>
    public static string ForCmdlets(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.Contains("codexport ", StringComparison.Ordinal) && !text.Contains("--", StringComparison.Ordinal))
        {
            return text;
        }

        // A program that is called by its path is to be run as it stands, with its own options.
        if (ByPath().Match(text) is { Success: true } path)
        {
            return ForCmdlets(text[..path.Index]) + text[path.Index..];
        }

        var shown = new StringBuilder();
        var rest = 0;
        foreach (Match start in Command().Matches(text))
        {
            var words = text[(start.Index + start.Length)..];
            if (Find(words) is var (program, cmdlet))
            {
                shown.Append(Parameters(text[rest..start.Index])).Append(cmdlet);
                rest = start.Index + start.Length + program.Length;
            }
        }

        return shown.Append(Parameters(text[rest..])).ToString();
    }

    private static (string Program, string Cmdlet)? Find(string words)
    {
        foreach (var operation in Operations)
        {
            if (words.StartsWith(operation.Program, StringComparison.Ordinal)
                && (words.Length == operation.Program.Length || !(char.IsLetterOrDigit(words[operation.Program.Length]) || words[operation.Program.Length] == '-')))
            {
                return operation;
            }
        }

        return null;
    }

    private static string Parameters(string text) => Option().Replace(text, option => !Options.TryGetValue(option.Groups[2].Value, out var parameter)
        ? option.Value
        : parameter.Length == 0 ? string.Empty : option.Groups[1].Value + parameter);

    [GeneratedRegex(@"(?<![\w./\\-])codexport (?=[a-z-])")]
    private static partial Regex Command();

    [GeneratedRegex(@"[/\\]codexport(?:\.dll|\.exe)?['""]? (?=[a-z-])")]
    private static partial Regex ByPath();

    [GeneratedRegex(@"( |^|(?<=['(]))(--[a-z]+(?:-[a-z]+)*)(?![\w-])")]
    private static partial Regex Option();
}
