namespace Codexport.Tests.Cmdlets;

/// <summary>-WhatIf, -Confirm and the person's answers.</summary>
public sealed class ShouldProcessTests : IDisposable
{
    private readonly CmdletSession _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("Initialize-CodexportMaster")]
    [InlineData("Install-CodexportShellIntegration Bash")]
    [InlineData("Install-CodexportHook")]
    public void WhatIf_SaysWhatWouldBeDone_AndDoesNothing(string line)
    {
        var home = _session.NewHome("home");
        var before = CmdletSession.Snapshot(_session.Folder);
        var run = _session.RunLine($"{line} -HomePath '{home}' -WhatIf");
        Assert.Null(run.Ending);
        Assert.Empty(run.Errors);
        Assert.Empty(run.Output);
        Assert.NotEmpty(_session.Host.Lines);
        Assert.Equal(before, CmdletSession.Snapshot(_session.Folder));
    }

    [Fact]
    public void Confirm_AnsweredNo_DoesNothing_AndAnsweredYes_DoesIt()
    {
        var home = _session.NewHome("home");
        var before = CmdletSession.Snapshot(_session.Folder);

        // Yes, yes to all, no.
        _session.Host.Answer = 2;
        Assert.Empty(_session.Run("Initialize-CodexportMaster", ("HomePath", home), ("Confirm", true), ("PassThru", true)).Output);
        Assert.Contains(Path.Combine(home, ".codex"), Assert.Single(_session.Host.Questions), StringComparison.Ordinal);
        Assert.Equal(before, CmdletSession.Snapshot(_session.Folder));

        _session.Host.Answer = 0;
        Assert.Single(_session.Run("Initialize-CodexportMaster", ("HomePath", home), ("Confirm", true), ("PassThru", true)).Output);
        Assert.NotEqual(before, CmdletSession.Snapshot(_session.Folder));
    }

    [Fact]
    public void CmdletThatLosesSomething_AsksByItself_AndConfirmFalseKeepsItFromAsking()
    {
        var home = _session.NewMaster("master");
        var fingerprint = Fingerprint();
        _session.Host.Answer = 2;
        _session.Run("Update-CodexportIdentity", ("HomePath", home));
        Assert.Single(_session.Host.Questions);
        Assert.Equal(fingerprint, Fingerprint());

        _session.Run("Update-CodexportIdentity", ("HomePath", home), ("Confirm", false));
        Assert.Single(_session.Host.Questions);
        Assert.NotEqual(fingerprint, Fingerprint());

        string Fingerprint() => $"{_session.Run("Get-CodexportStatus", ("HomePath", home)).Single.Properties["Fingerprint"].Value}";
    }
}
