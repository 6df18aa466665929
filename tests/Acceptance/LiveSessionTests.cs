using Codexport.Engine.Platform.Processes;
using Codexport.Tests.Cli;
using Codexport.Tests.Shared;

namespace Codexport.Tests.Acceptance;

/// <summary>The whole of it in the real Codex: a served master, a follower with the hook, sessions that bring a change in.</summary>
public sealed class LiveSessionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Runners => [.. RealCodex.Versions.SelectMany(version => new[] { (version.Data, "native"), (version.Data, "pwsh") })];

    [Theory]
    [MemberData(nameof(Runners))]
    public async Task Session_AfterAChangeOnTheMaster_BringsItInForTheNextOne(string version, string runner)
    {
        var codex = RealCodex.Require(version);
        Assert.SkipWhen(runner == "pwsh" && ProgramFinder.Find(RealCodex.Surroundings.Files, RealCodex.Surroundings.Environment, "pwsh") is null, "No 'pwsh' is on PATH.");
        await using var model = new ModelServer();
        await using var fixture = new CommandLineFixture();
        CommandLineFixture.Write(fixture.Follower, ".codex/config.toml", model.Configuration);
        await fixture.StartMasterAsync();
        await fixture.JoinAsync();

        // A loaded machine is no reason to give up here; that the deadline holds is tested elsewhere.
        File.AppendAllText(Path.Combine(fixture.Follower, ".codexport", "local.toml"), "\n[timeouts]\nquick = 50\n");
        var installed = await fixture.OnFollowerAsync("hook", "install", "--runner", runner, "--timeout", "60");
        Assert.True(installed.ExitCode == 0, installed.Output + installed.Error);

        CommandLineFixture.Write(fixture.Master, ".codex/AGENTS.md", "# The second edition of the rules\n");
        CommandLineFixture.Write(
            fixture.Master, ".codex/hooks.json", """{"hooks":{"SessionStart":[{"hooks":[{"type":"command","command":"true"}]}]}}""");
        await fixture.RebuildAsync();
        await SessionAsync(codex.Path, fixture.Follower);
        Assert.Equal("# The second edition of the rules\n", CommandLineFixture.Read(fixture.Follower, ".codex/AGENTS.md"));
        await SessionAsync(codex.Path, fixture.Follower);

        var requests = model.Requests;
        Assert.Equal(2, requests.Count);
        Assert.DoesNotContain("The second edition", requests[0], StringComparison.Ordinal);
        Assert.Contains("The second edition", requests[1], StringComparison.Ordinal);
        Assert.All(requests, request => Assert.DoesNotContain("systemMessage", request, StringComparison.Ordinal));
        var status = (await fixture.OnFollowerAsync("hook", "status", "--json")).Json;
        Assert.Equal("trusted", status["codexTrust"]!.GetValue<string>());
        Assert.True(status["first"]!.GetValue<bool>());
    }

    private static async Task SessionAsync(string codex, string home)
    {
        var request = new ProcessRequest(codex, ["exec", "--skip-git-repo-check", "say hi"])
        {
            WorkingFolder = Directory.CreateDirectory(Path.Combine(home, "work")).FullName,
            Environment = new Dictionary<string, string?>
            {
                ["CODEX_HOME"] = Path.Combine(home, ".codex"),
                ["HOME"] = home,
                ["PSModulePath"] = Path.GetDirectoryName(Repository.ModuleFolder),
            },
        };
        var outcome = await ProcessLauncher.Default.RunAsync(request, Token);
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
    }
}
