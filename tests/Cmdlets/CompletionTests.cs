using System.Management.Automation;

namespace Codexport.Tests.Cmdlets;

/// <summary>What the Tab key offers.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly CmdletSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void CmdletAndParameterNames_AreOffered()
    {
        Assert.Equal(["Sync-CodexportFollower"], Complete("Sync-Codexp"));
        Assert.Contains("-HomePath", Complete("Sync-CodexportFollower -Ho"));
    }

    [Fact]
    public void Shells_AreOfferedByName() => Assert.Equal(["Bash"], Complete("Install-CodexportShellIntegration Ba"), StringComparer.OrdinalIgnoreCase);

    [Fact]
    public void Revisions_ThatAreKept_AreOffered()
    {
        using var master = new ServingMaster(_session);
        var follower = master.NewFollower("follower");
        var revision = $"{_session.Run("Get-CodexportStatus", ("HomePath", follower)).Single.Properties["Revision"].Value}";
        Assert.Equal([revision], Complete($"Install-CodexportRevision -HomePath '{follower}' {revision[..6]}"));
    }

    [Fact]
    public void Names_OfAHomeWithoutAny_AreOfferedNone_AndNoError()
    {
        var home = _session.NewHome("home");
        Assert.Empty(Complete($"Restore-CodexportBackup -HomePath '{home}' zzz"));
        Assert.Empty(Complete($"Revoke-CodexportFollower -HomePath '{home}' zzz"));
    }

    private List<string> Complete(string line)
    {
        using var shell = System.Management.Automation.PowerShell.Create(_session.Runspace);
        return [.. CommandCompletion.CompleteInput(line, line.Length, null, shell).CompletionMatches.Select(match => match.CompletionText)];
    }
}
