namespace Codexport.Tests.Cmdlets;

/// <summary>
/// The module as a follower of a master on another system: <c>.ci/windows</c> runs this under Wine, where no master can serve, and gives the link of
/// one on Linux.
/// </summary>
public sealed class ElsewhereTests : IDisposable
{
    private readonly CmdletSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Module_FollowsAMasterOnAnotherSystem()
    {
        var link = Environment.GetEnvironmentVariable("CODEXPORT_TEST_LINK");
        Assert.SkipWhen(string.IsNullOrEmpty(link), "CODEXPORT_TEST_LINK holds no link of a master elsewhere.");
        var home = Path.Combine(_session.Folder, "follower");
        Directory.CreateDirectory(home);

        Assert.Equal("Applied", Field("Join-CodexportFollower", "Status", ("Link", link), ("HomePath", home), ("WarningAction", "Ignore")));
        Assert.True(File.Exists(Path.Combine(home, ".codex", "AGENTS.md")));
        Assert.Equal("Current", Field("Sync-CodexportFollower", "Status", ("HomePath", home)));
        Assert.Empty(Done("Sync-CodexportFollower", ("HomePath", home), ("Quick", true)).Output);
        Assert.Equal("Follower", Field("Get-CodexportStatus", "Role", ("HomePath", home)));

        File.WriteAllText(Path.Combine(home, ".codex", "AGENTS.md"), "changed here\n");
        Assert.Contains("AGENTS.md", Field("Compare-CodexportFollower", "Changes", ("HomePath", home)), StringComparison.Ordinal);
        Assert.Equal("Applied", Field("Sync-CodexportFollower", "Status", ("HomePath", home), ("WarningAction", "Ignore")));
        Assert.NotEqual("changed here\n", File.ReadAllText(Path.Combine(home, ".codex", "AGENTS.md")));

        Done("Install-CodexportHook", ("HomePath", home), ("WarningAction", "Ignore"));
        Assert.Equal("True", Field("Get-CodexportHook", "Installed", ("HomePath", home)));
    }

    private string Field(string name, string field, params (string, object?)[] parameters)
        => string.Join(' ', Done(name, parameters).Output.Select(item => Text(item.Properties[field].Value)));

    private static string Text(object? value) => value is System.Collections.IEnumerable and not string
        ? string.Join(' ', ((System.Collections.IEnumerable)value).Cast<object>().Select(item => $"{item}"))
        : $"{value}";

    private CmdletRun Done(string name, params (string, object?)[] parameters)
    {
        var run = _session.Run(name, parameters);
        Assert.Null(run.Ending);
        Assert.Empty(run.Errors);
        return run;
    }
}
