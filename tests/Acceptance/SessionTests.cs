using Codexport.Engine.HookSetup;
using Codexport.Engine.Platform.Processes;
using Codexport.Engine.Results;
using Codexport.Tests.Shared;

namespace Codexport.Tests.Acceptance;

/// <summary>Whole sessions of the real Codex with the hook in them.</summary>
public sealed class SessionTests : IAsyncDisposable
{
    private const string Mark = "what-the-hook-says-to-the-person";

    private readonly CodexHome _home = new(withCodex: RealCodex.Find() is not null);
    private readonly ModelServer _model = new();

    private string RunsFile => Path.Combine(_home.Root, "runs");

    private string Runner => Path.Combine(_home.Root, "a folder", "codexport");

    [Theory]
    [MemberData(nameof(RealCodex.Versions), MemberType = typeof(RealCodex))]
    public async Task Sessions_WithTheHookInstalled_RunItEachTimeAndKeepItFromTheModel(string codex)
    {
        Arrange(codex);
        await File.WriteAllTextAsync(_home.HooksFile, """{"hooks":{"SessionStart":[{"hooks":[{"type":"command","command":"true"}]}]}}""", Token);
        var result = await new HookOperations(_home.Context).InstallAsync(
            new HookInstallOptions { Runner = HookRunner.Native, Program = Runner }, Token);

        const int Sessions = 3;
        for (var session = 0; session < Sessions; session++)
        {
            await RunSessionAsync();
        }

        var status = await new HookOperations(_home.Context).GetStatusAsync(Token);
        var runs = await File.ReadAllLinesAsync(RunsFile, Token);
        Assert.True(result.Trusted);
        Assert.Equal(Enumerable.Repeat("sync --apply --quick", Sessions), runs);
        Assert.Equal("trusted", status.CodexTrust);
        Assert.True(status.Working, string.Join(' ', status.Problems));
        Assert.Equal(Sessions, _model.Requests.Count);
        Assert.All(_model.Requests, request =>
        {
            Assert.DoesNotContain(Mark, request, StringComparison.Ordinal);
            Assert.DoesNotContain("systemMessage", request, StringComparison.Ordinal);
            Assert.DoesNotContain("sync --apply", request, StringComparison.Ordinal);
        });
    }

    [Theory]
    [MemberData(nameof(RealCodex.Versions), MemberType = typeof(RealCodex))]
    public async Task Sessions_WithoutTrustOrAfterUninstalling_DoNotRunIt(string codex)
    {
        Arrange(codex);
        var hooks = new HookOperations(_home.Context);
        await hooks.InstallAsync(new HookInstallOptions { Runner = HookRunner.Native, Program = Runner, Trust = false }, Token);
        await RunSessionAsync();
        var untrusted = await hooks.GetStatusAsync(Token);
        await hooks.UninstallAsync(dryRun: false, Token);
        await RunSessionAsync();

        Assert.Equal("untrusted", untrusted.CodexTrust);
        Assert.False(untrusted.Working);
        Assert.False(File.Exists(RunsFile));
        Assert.Equal(2, _model.Requests.Count);
    }

    [Theory]
    [MemberData(nameof(RealCodex.Versions), MemberType = typeof(RealCodex))]
    public async Task Sessions_WhenTheHomeIsBehindALink_RunItWithAndWithoutTheVariable(string codex)
    {
        Arrange(codex);
        var real = Path.Combine(_home.Root, "real");
        Directory.Move(_home.Codex, real);
        Directory.CreateSymbolicLink(_home.Codex, real);
        await new HookOperations(_home.Context).InstallAsync(new HookInstallOptions { Runner = HookRunner.Native, Program = Runner }, Token);

        await RunSessionAsync();
        await RunSessionAsync(codexHome: null);

        Assert.Equal(2, (await File.ReadAllLinesAsync(RunsFile, Token)).Length);
    }

    public async ValueTask DisposeAsync()
    {
        await _model.DisposeAsync();
        _home.Dispose();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private void Arrange(string codex)
    {
        _home.Program = RealCodex.Require(codex);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The stand-in for the runner is a shell script.");
        File.WriteAllText(_home.ConfigFile, _model.Configuration);
        Directory.CreateDirectory(Path.GetDirectoryName(Runner)!);
        File.WriteAllText(Runner, $"#!/bin/sh\necho \"$*\" >>'{RunsFile}'\necho '{{\"systemMessage\":\"{Mark}\"}}'\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Runner, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    private Task RunSessionAsync() => RunSessionAsync(_home.Codex);

    private async Task RunSessionAsync(string? codexHome)
    {
        var work = Directory.CreateDirectory(Path.Combine(_home.Root, "work")).FullName;
        var request = new ProcessRequest(_home.Program!.Path, ["exec", "--skip-git-repo-check", "say hi"])
        {
            WorkingFolder = work,
            Environment = new Dictionary<string, string?> { ["CODEX_HOME"] = codexHome, ["HOME"] = _home.User },
        };
        var outcome = await ProcessLauncher.Default.RunAsync(request, Token);
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
        Assert.Contains("hello", outcome.Output, StringComparison.Ordinal);
    }
}
