using System.Management.Automation;

namespace Codexport.Tests.Cmdlets;

/// <summary>What goes to which stream.</summary>
public sealed class StreamTests : IDisposable
{
    private readonly CmdletSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void ChangingCmdlet_IsSilentUnlessAskedForItsResult()
    {
        Assert.Empty(_session.Run("Initialize-CodexportMaster", ("HomePath", _session.NewHome("silent"))).Output);
        var result = _session.Run("Initialize-CodexportMaster", ("HomePath", _session.NewHome("asked")), ("PassThru", true)).Single;
        Assert.Equal("master", $"{result.Properties["Role"].Value}", ignoreCase: true);
        Assert.Matches("^[0-9a-f]{64}$", $"{result.Properties["Fingerprint"].Value}");
    }

    [Fact]
    public void Result_IsOfTheTypeThatTheCmdletNames()
    {
        var named = Assert.Single(((CmdletInfo)_session.RunLine("Get-Command Get-CodexportStatus").Single.BaseObject).OutputType).Name;
        Assert.Equal(named, _session.Run("Get-CodexportStatus", ("HomePath", _session.NewHome("home"))).Single.TypeNames[0]);
    }

    [Fact]
    public void VerboseStream_NamesEachFile_AndTheDebugStreamTheHome()
    {
        var home = _session.NewMaster("master");
        File.WriteAllText(Path.Combine(home, ".codex", "AGENTS.md"), "of the team");
        var run = _session.Run("Update-CodexportBundle", ("HomePath", home), ("Verbose", true), ("Debug", true));
        Assert.Contains(run.Verbose, line => line.Contains("AGENTS.md", StringComparison.Ordinal));
        Assert.Contains(run.Debug, line => line.Contains(Path.Combine(home, ".codex"), StringComparison.Ordinal));
    }

    [Fact]
    public void VerboseAndDebugStreams_AreSilentUnlessAsked()
    {
        var run = _session.Run("Initialize-CodexportMaster", ("HomePath", _session.NewHome("master")));
        Assert.Empty(run.Verbose);
        Assert.Empty(run.Debug);
    }

    [Fact]
    public void Progress_IsClosedBehindTheWork()
    {
        var home = _session.NewHome("big");
        for (var index = 0; index < 300; index++)
        {
            File.WriteAllText(Path.Combine(home, ".codex", "skills", "one", $"file{index}.md"), new string('x', 100));
        }

        // Short work may show nothing at all; what was shown must not stay.
        var progress = _session.Run("Initialize-CodexportMaster", ("HomePath", home)).Progress;
        Assert.True(progress.Count == 0 || progress[^1].RecordType == ProgressRecordType.Completed);
        Assert.DoesNotContain(progress, record => record.PercentComplete > 100);
    }

    [Fact]
    public void Warning_IsAWarning_AndCanBeKeptFromTheScreen()
    {
        var home = _session.NewHome("master");
        File.WriteAllText(Path.Combine(home, ".codex", "skills", "one", "con"), "Windows cannot hold this name.");
        var run = _session.Run("Initialize-CodexportMaster", ("HomePath", home), ("WarningAction", "SilentlyContinue"), ("WarningVariable", "told"));
        Assert.Empty(run.Warnings);
        Assert.Contains(_session.RunLine("$told").Output, line => $"{line}".Contains("skills/one/con", StringComparison.Ordinal));
    }
}
