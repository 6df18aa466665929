using System.Management.Automation;

namespace Codexport.Tests.Cmdlets;

/// <summary>Parameters: which there are, what they take, and what is refused before anything is done.</summary>
public sealed class BindingTests : IDisposable
{
    private readonly CmdletSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void EveryCmdlet_TakesTheHomeAndTheCodexHome()
    {
        var commands = Commands();
        Assert.True(commands.Count > 30, $"{commands.Count} cmdlets");
        Assert.All(commands, command => Assert.Superset(new HashSet<string> { "HomePath", "CodexPath" }, command.Parameters.Keys.ToHashSet()));
    }

    // Show- opens a page and changes nothing that is kept.
    [Fact]
    public void EveryCmdletThatChangesSomething_SupportsShouldProcess()
        => Assert.All(Commands().Where(command => command.Verb is not ("Get" or "Compare" or "Test" or "Show")), command => Assert.Contains("WhatIf", command.Parameters.Keys));

    [Fact]
    public void Join_TakesTheLinkFromThePipeline_AsTextAndAsProperty()
    {
        var home = _session.NewHome("follower");
        var link = "codexport://join?host=192.0.2.1&port=9&fingerprint=" + new string('a', 64) + "&version=1";
        foreach (var input in new[] { $"'{link}'", $"[pscustomobject]@{{ JoinLink = '{link}' }}" })
        {
            _session.Host.Lines.Clear();
            var run = _session.RunLine($"{input} | Join-CodexportFollower -WhatIf -HomePath '{home}'");
            Assert.Null(run.Ending);
            Assert.Empty(run.Errors);
            Assert.Contains("192.0.2.1:9", Assert.Single(_session.Host.Lines), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Join-CodexportFollower -Link x -Master https://localhost", "AmbiguousParameterSet")]
    [InlineData("Join-CodexportFollower -Link ''", "ParameterArgumentValidationError")]
    [InlineData("Initialize-CodexportMaster -Port 70000", "ParameterArgumentValidationError")]
    [InlineData("Sync-CodexportFollower -Nothing", "NamedParameterNotFound")]
    [InlineData("Get-CodexportStatus -HomePath ''", "ParameterArgumentValidationError")]
    [InlineData("Install-CodexportShellIntegration csh", "CannotConvertArgument")]
    public void Line_ThatNoParameterSetTakes_IsRefusedByPowerShellItself(string line, string id)
    {
        var error = _session.RunLine(line).Error;
        Assert.IsAssignableFrom<ParameterBindingException>(error.Exception);
        Assert.StartsWith(id, error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void HomePath_IsTakenLiterallyAndFromTheCurrentLocation()
    {
        var home = _session.NewHome("a[b] c");
        var run = _session.RunLine($"Set-Location -LiteralPath '{_session.Folder}'; Get-CodexportStatus -HomePath './a[b] c'");
        Assert.Equal(Path.Combine(home, ".codex"), run.Single.Properties["CodexFolder"].Value);
    }

    private List<CmdletInfo> Commands() => [.. _session.RunLine("Get-Command -Module Codexport").Output.Select(item => (CmdletInfo)item.BaseObject)];
}
