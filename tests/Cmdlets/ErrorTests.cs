using System.Management.Automation;

namespace Codexport.Tests.Cmdlets;

/// <summary>Errors: stable id, fitting category, what to do, and the person's preference about them.</summary>
public sealed class ErrorTests : IDisposable
{
    private readonly CmdletSession _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("Update-CodexportBundle", "NotMaster", "Codexport.PowerShell.Commands.UpdateCodexportBundleCommand")]
    [InlineData("Sync-CodexportFollower", "NotFollower", "Codexport.PowerShell.Commands.SyncCodexportFollowerCommand")]
    [InlineData("Join-CodexportFollower nonsense", "JoinLinkInvalid", "Codexport.PowerShell.Commands.JoinCodexportFollowerCommand")]
    public void Error_HasItsIdACategoryAndWhatToDo(string line, string id, string type)
    {
        var error = _session.RunLine($"{line} -HomePath '{_session.NewHome("home")}'").Error;
        Assert.Equal($"{id},{type}", error.FullyQualifiedErrorId);
        Assert.NotEqual(ErrorCategory.NotSpecified, error.CategoryInfo.Category);
        Assert.Contains(' ', error.ErrorDetails.RecommendedAction);
        Assert.Equal("CodexportException", error.Exception.GetType().Name);
    }

    [Fact]
    public void Error_WithErrorActionStop_EndsThePipeline_AndCanBeCaught()
    {
        var home = _session.NewHome("home");
        var run = _session.RunLine($"try {{ Sync-CodexportFollower -HomePath '{home}' -ErrorAction Stop }} catch {{ 'caught ' + $_.FullyQualifiedErrorId }}");
        Assert.Equal("caught NotFollower,Codexport.PowerShell.Commands.SyncCodexportFollowerCommand", run.Single.BaseObject);
    }

    [Fact]
    public void Items_OneByOne_GoOnBehindOneThatFails()
    {
        var home = _session.NewHome("home");
        var link = "codexport://join?host=192.0.2.1&port=9&fingerprint=" + new string('a', 64) + "&version=1";
        var run = _session.RunLine($"'nonsense', '{link}' | Join-CodexportFollower -WhatIf -HomePath '{home}'");
        Assert.StartsWith("JoinLinkInvalid,", Assert.Single(run.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("192.0.2.1:9", Assert.Single(_session.Host.Lines), StringComparison.Ordinal);
    }
}
