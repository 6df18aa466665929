using Codexport.Engine.Codex.Checking;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Processes;

namespace Codexport.Tests.Acceptance;

public sealed class StartupCheckTests : IDisposable
{
    private readonly CodexHome _home = new(withCodex: RealCodex.Find() is not null);

    [Fact]
    public async Task Check_WhenCodexAccepts_IsRememberedAndLeavesNothing()
    {
        RealCodex.Require();
        var launcher = new CountingLauncher();
        var check = new CodexStartupCheck(_home.Context with { Processes = launcher });
        var texts = new Dictionary<string, string> { ["config.toml"] = "model = \"x\"\n", ["work.config.toml"] = "model = \"y\"\n" };

        var first = await check.CheckAsync(texts, TestContext.Current.CancellationToken);
        var runs = launcher.Runs;
        var second = await check.CheckAsync(texts, TestContext.Current.CancellationToken);

        Assert.True(first is { IsAccepted: true, IsByCodex: true });
        Assert.Equal(first, second);
        Assert.Equal(2, runs);
        Assert.Equal(runs, launcher.Runs);
        Assert.Empty(Directory.GetDirectories(_home.Context.Home.MachineStateFolder));
        Assert.Empty(_home.Snapshot());
    }

    [Theory]
    [InlineData("[mcp_servers.a]\ncommand = \"x\"\nenv = \"sk-secret\"\n", 3, 7, "mcp_servers.a.env")]
    [InlineData("model = \"x\"\napproval_policy = \"sk-secret\"\n", 2, 19, "approval_policy")]
    [InlineData("model = 3\n", 1, 9, "model")]
    public async Task Check_WhenCodexRefuses_NamesThePlaceAndNeverTheValue(string config, int line, int column, string key)
    {
        RealCodex.Require();

        var verdict = await new CodexStartupCheck(_home.Context).CheckAsync(
            new Dictionary<string, string> { ["config.toml"] = config }, TestContext.Current.CancellationToken);

        var problem = verdict.Problem!;
        Assert.True(verdict.IsByCodex);
        Assert.Equal("config.toml", problem.File);
        Assert.Equal(line, problem.Line);
        Assert.InRange(problem.Column!.Value, 1, column);
        Assert.Equal(key, problem.Key);
        Assert.DoesNotContain("sk-secret", problem.ToError("x").Message, StringComparison.Ordinal);
        Assert.Contains(key, problem.ToError("x").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_WhenAFileThatIsReferredToIsInTheHome_Accepts()
    {
        RealCodex.Require();
        await File.WriteAllTextAsync(Path.Combine(_home.Codex, "words.md"), "be brief", TestContext.Current.CancellationToken);
        var check = new CodexStartupCheck(_home.Context);

        var present = await check.CheckAsync(
            new Dictionary<string, string> { ["config.toml"] = "model_instructions_file = \"words.md\"\n" }, TestContext.Current.CancellationToken);
        var absent = await check.CheckAsync(
            new Dictionary<string, string> { ["config.toml"] = "model_instructions_file = \"other.md\"\n" }, TestContext.Current.CancellationToken);

        Assert.True(present is { IsAccepted: true, IsByCodex: true });
        Assert.Contains(Path.Combine(_home.Codex, "other.md"), absent.Problem!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_WhenThereIsNoCodex_ParsesAlone()
    {
        using var home = new CodexHome();
        var check = new CodexStartupCheck(home.Context);

        var good = await check.CheckAsync(new Dictionary<string, string> { ["config.toml"] = "model = 3\n" }, TestContext.Current.CancellationToken);
        var bad = await check.CheckAsync(new Dictionary<string, string> { ["config.toml"] = "a = 1\nb = [\n" }, TestContext.Current.CancellationToken);

        Assert.Equal(new ConfigurationVerdict(IsByCodex: false, null), good);
        Assert.NotNull(bad.Problem?.Line);
    }

    [Theory]
    [InlineData(2, "")]
    [InlineData(1, "no json")]
    [InlineData(127, "")]
    public async Task Check_WhenCodexGivesNoVerdict_ParsesAloneAndDoesNotRemember(int exitCode, string output)
    {
        var launcher = new CountingLauncher { Answer = new ProcessOutcome(exitCode, output, "") };
        var context = FakeCodex(launcher);

        var verdict = await new CodexStartupCheck(context).CheckAsync(
            new Dictionary<string, string> { ["config.toml"] = "a = 1\n" }, TestContext.Current.CancellationToken);
        await new CodexStartupCheck(context).CheckAsync(
            new Dictionary<string, string> { ["config.toml"] = "a = 1\n" }, TestContext.Current.CancellationToken);

        Assert.True(verdict is { IsAccepted: true, IsByCodex: false });
        Assert.Equal(2, launcher.Runs);
    }

    [Fact]
    public async Task Check_WhenCodexHangs_GivesUpAndParsesAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The stand-in for Codex is a shell script.");
        var context = FakeCodex(ProcessLauncher.Default, "#!/bin/sh\nsleep 3600 & wait\n");

        var verdict = await new CodexStartupCheck(context).CheckAsync(
            new Dictionary<string, string> { ["config.toml"] = "a = 1\n" }, TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);

        Assert.True(verdict is { IsAccepted: true, IsByCodex: false });
        Assert.Empty(Directory.GetDirectories(context.Home.MachineStateFolder));
    }

    public void Dispose() => _home.Dispose();

    private EngineContext FakeCodex(IProcessLauncher launcher, string script = "")
    {
        var folder = Directory.CreateDirectory(Path.Combine(_home.Root, "bin")).FullName;
        var program = Path.Combine(folder, OperatingSystem.IsWindows() ? "codex.cmd" : "codex");
        File.WriteAllText(program, script);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        return _home.Context with { Processes = launcher, Environment = name => name == "PATH" ? folder : null };
    }

    private sealed class CountingLauncher : IProcessLauncher
    {
        public int Runs { get; private set; }

        public ProcessOutcome? Answer { get; init; }

        public Task<ProcessOutcome> RunAsync(ProcessRequest request, CancellationToken cancellationToken)
        {
            Runs++;
            return Answer is null ? ProcessLauncher.Default.RunAsync(request, cancellationToken) : Task.FromResult(Answer);
        }

        public IRunningProcess Start(ProcessRequest request) => ProcessLauncher.Default.Start(request);
    }
}
