using Codexport.Engine.Codex;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Platform.Processes;
using Codexport.Tests.Follower;
using Codexport.Tests.Shared;

namespace Codexport.Tests.Acceptance;

/// <summary>What was carried over is what a session of the real Codex on the follower works with.</summary>
public sealed class CarriedSetupTests : IAsyncDisposable
{
    private const string Canonical = "prefix_rule(pattern=[\"git\", \"status\"], decision=\"allow\")\n";
    private const string Appended = "prefix_rule(pattern=[\"npm\", \"test\"], decision=\"forbidden\")\n";

    private readonly SimulatedMaster _master = new();
    private readonly FollowerHome _home = new();
    private readonly ModelServer _model = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(RealCodex.Versions), MemberType = typeof(RealCodex))]
    public async Task Session_OnTheFollower_KnowsTheSkillOfTheSecondPlace(string version)
    {
        var codex = RealCodex.Require(version);
        _master.Publish(
            ("config.toml", _model.Configuration),
            ("~/.agents/skills/carried/SKILL.md", "---\nname: carried\ndescription: what the skill that was carried over does\n---\nwords\n"));
        await new FollowerOperations(_home.Context, _home.Services).JoinAsync(new JoinOptions(_master.Link, Apply: true, Adopt: false), Token);

        await RunAsync(codex, "exec", "--skip-git-repo-check", "say hi");

        Assert.Contains("what the skill that was carried over does", Assert.Single(_model.Requests), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(RealCodex.Versions), MemberType = typeof(RealCodex))]
    public async Task Rules_ThatWereAppendedOnTheFollower_CountBesideTheMasters(string version)
    {
        var codex = RealCodex.Require(version);
        var follower = new FollowerOperations(_home.Context, _home.Services);
        _master.Publish(("config.toml", _model.Configuration), ("rules/default.rules", Canonical));
        await follower.JoinAsync(new JoinOptions(_master.Link, Apply: true, Adopt: false), Token);
        var file = Path.Combine(_home.Context.Home.CodexFolder, "rules", "default.rules");
        await File.AppendAllTextAsync(file, Appended, Token);
        _master.Publish(("config.toml", _model.Configuration), ("rules/default.rules", Canonical + "prefix_rule(pattern=[\"ls\"], decision=\"allow\")\n"));

        var synced = await follower.SyncAsync(new SyncOptions(Apply: true), Token);

        Assert.Empty(synced.Drift);
        Assert.Contains("allow", await RunAsync(codex, "execpolicy", "check", "--rules", file, "git", "status"), StringComparison.Ordinal);
        Assert.Contains("allow", await RunAsync(codex, "execpolicy", "check", "--rules", file, "ls"), StringComparison.Ordinal);
        Assert.Contains("forbidden", await RunAsync(codex, "execpolicy", "check", "--rules", file, "npm", "test"), StringComparison.Ordinal);
        await RunAsync(codex, "exec", "--skip-git-repo-check", "say hi");
    }

    public async ValueTask DisposeAsync()
    {
        await _master.DisposeAsync();
        await _model.DisposeAsync();
        _home.Dispose();
    }

    private async Task<string> RunAsync(CodexProgram codex, params string[] arguments)
    {
        var home = _home.Context.Home;
        var request = new ProcessRequest(codex.Path, arguments)
        {
            WorkingFolder = Directory.CreateDirectory(Path.Combine(home.UserHome, "work")).FullName,
            Environment = new Dictionary<string, string?> { ["CODEX_HOME"] = home.CodexFolder, ["HOME"] = home.UserHome },
        };
        var outcome = await ProcessLauncher.Default.RunAsync(request, Token);
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
        return outcome.Output;
    }
}
