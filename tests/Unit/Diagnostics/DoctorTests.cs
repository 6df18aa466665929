using Codexport.Engine.Diagnostics;
using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Tests.Acceptance;
using Codexport.Tests.Follower;

namespace Codexport.Tests.Diagnostics;

public sealed class DoctorTests : IDisposable
{
    private readonly CodexHome _home = new();

    [Fact]
    public async Task Run_OnAnEmptyHome_FindsNoErrorAndChangesNothing()
    {
        var report = await RunAsync();

        Assert.NotEqual(DiagnosticLevel.Error, report.Worst);
        Assert.Equal(DiagnosticLevel.Warning, Level(report, "codex"));
        Assert.Equal(DiagnosticLevel.Skipped, Level(report, "hook"));
        Assert.Equal([_home.Codex], Directory.GetFileSystemEntries(_home.User, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Run_WhenThingsAreWrong_NamesEachWithARemedy()
    {
        File.WriteAllText(_home.ConfigFile, "[mcp_servers.docs]\ncommand = \"no-such-program\"\n\n[mcp_servers.off]\ncommand = \"neither\"\nenabled = false\n");
        File.WriteAllText(_home.HooksFile, """{"hooks":{"SessionStart":[{"hooks":[{"type":"command","command":"/no/codexport sync --apply --quick"}]}]}}""");
        File.WriteAllText(Path.Combine(_home.Codex, "auth.json"), "{\"tokens\":{\"refresh_token\":\"SECRET-TOKEN\"}}");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.Combine(_home.Codex, "auth.json"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        }

        var report = await RunAsync();

        Assert.Contains(report.Findings, finding => finding is { Name: "mcp servers", Level: DiagnosticLevel.Warning } && finding.Message.Contains("no-such-program", StringComparison.Ordinal));
        Assert.DoesNotContain(report.Findings, finding => finding.Message.Contains("neither'", StringComparison.Ordinal));
        Assert.Equal(DiagnosticLevel.Error, Level(report, "hook"));
        Assert.Contains(report.Findings, finding => finding.Name == "hook" && finding.Message.Contains("not trusted", StringComparison.Ordinal));
        Assert.Equal(OperatingSystem.IsWindows() ? DiagnosticLevel.Skipped : DiagnosticLevel.Warning, Level(report, "secrets"));
        Assert.All(report.Findings, finding => Assert.DoesNotContain("SECRET-TOKEN", finding.ToString(), StringComparison.Ordinal));
        Assert.All(report.Findings.Where(finding => finding.Level >= DiagnosticLevel.Warning), finding => Assert.NotNull(finding.Remedy));
    }

    [Fact]
    public async Task Run_WhenNothingCanBeRead_StillRunsEveryCheck()
    {
        Directory.CreateDirectory(_home.Context.Home.StateFolder);
        File.WriteAllText(_home.Context.Home.SettingsFile, "role = [\n");
        File.WriteAllText(_home.ConfigFile, "a = \n");
        File.WriteAllText(_home.HooksFile, "{");

        var report = await RunAsync();

        Assert.Equal(DiagnosticLevel.Error, Level(report, "role"));
        Assert.Equal(DiagnosticLevel.Error, Level(report, "configuration"));
        Assert.Equal(DiagnosticLevel.Error, Level(report, "hook"));
        Assert.Contains(report.Findings, finding => finding.Name == "disk space");
    }

    [Fact]
    public async Task Run_WhenAnApplyWouldBeRefused_DoesNotSayThatTheRevisionFits()
    {
        await using var master = new SimulatedMaster();
        using var home = new FollowerHome();
        master.Publish(("prompts/p.md", "first"));
        await home.JoinAsync(master);
        master.Publish(("prompts/p.md", "second"));
        File.Delete(Path.Combine(home.Context.Home.CodexFolder, "prompts", "p.md"));
        Directory.CreateDirectory(Path.Combine(home.Context.Home.CodexFolder, "prompts", "p.md"));
        File.WriteAllText(Path.Combine(home.Context.Home.CodexFolder, "prompts", "p.md", "own"), "own");
        await Assert.ThrowsAsync<CodexportException>(() => home.SyncAsync());

        var report = await new Doctor(home.Context, home.Services).RunAsync(null, TestContext.Current.CancellationToken);

        var finding = Assert.Single(report.Findings, finding => finding.Name == "composition");
        Assert.Equal(DiagnosticLevel.Error, finding.Level);
        Assert.Contains("files of your own", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WhenNothingWasFetched_DoesNotSayThatTheRevisionFits()
    {
        await using var master = new SimulatedMaster();
        using var home = new FollowerHome();
        master.Script = request => request.Path == ProtocolConstants.HeadPath ? HostileAnswer.Error(404, "RevisionNotFound") : null;
        await Assert.ThrowsAsync<CodexportException>(() => home.JoinAsync(master));

        var report = await new Doctor(home.Context, home.Services).RunAsync(null, TestContext.Current.CancellationToken);

        Assert.Equal(DiagnosticLevel.Skipped, Level(report, "composition"));
    }

    public void Dispose() => _home.Dispose();

    private static DiagnosticLevel Level(DiagnosticReport report, string name) => report.Findings.Where(finding => finding.Name == name).Max(finding => finding.Level);

    private Task<DiagnosticReport> RunAsync() => new Doctor(_home.Context).RunAsync(null, TestContext.Current.CancellationToken);
}
