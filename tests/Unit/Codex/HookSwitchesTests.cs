using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.HookSetup;
using Codexport.Engine.Results;
using Codexport.Tests.Acceptance;

namespace Codexport.Tests.Codex;

/// <summary>Hooks that are switched off without a word, each case as the real Codex 0.171 was seen to treat it.</summary>
public sealed class HookSwitchesTests : IDisposable
{
    private const string Off = "[features]\nhooks = false\n";
    private const string On = "[features]\nhooks = true\n";

    private readonly CodexHome _home = new();

    private string System => Directory.CreateDirectory(Path.Combine(_home.Root, "etc")).FullName;

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData(null, null, null, null, null)]
    [InlineData(On, null, null, null, null)]
    [InlineData(Off, null, null, null, "config.toml")]
    [InlineData("features = { codex_hooks = false }\n", null, null, null, "config.toml")]
    [InlineData(null, "allow_managed_hooks_only = true\n", null, null, "requirements.toml")]
    [InlineData(On, "allow_managed_hooks_only = true\n", null, null, "requirements.toml")]
    [InlineData(null, "allow_managed_hooks_only = false\n", null, null, null)]
    [InlineData(On, Off, null, null, "requirements.toml")]
    [InlineData(On, null, Off, null, "managed_config.toml")]
    [InlineData(Off, null, On, null, null)]
    [InlineData(null, null, null, Off, "config.toml")]
    [InlineData(On, null, null, Off, null)]
    [InlineData("features = 3\n", null, null, null, null)]
    [InlineData("not toml [", null, null, null, null)]
    public async Task Reason_NamesTheFileThatDecides(string? own, string? requirements, string? managed, string? system, string? named)
    {
        await WriteAsync(_home.ConfigFile, own);
        await WriteAsync(Path.Combine(System, "requirements.toml"), requirements);
        await WriteAsync(Path.Combine(System, "managed_config.toml"), managed);
        await WriteAsync(Path.Combine(System, "config.toml"), system);

        var reason = new HookSwitches(_home.Context, System).Reason();

        Assert.Equal(named is null, reason is null);
        Assert.EndsWith(named is null ? "" : named + "'.", reason ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_WhenHooksAreSwitchedOff_SaysSoAndThatItDoesNotWork()
    {
        var program = Path.Combine(_home.Root, OperatingSystem.IsWindows() ? "codexport.exe" : "codexport");
        File.Copy(Environment.ProcessPath!, program);
        await new HookOperations(_home.Context).InstallAsync(
            new HookInstallOptions { Runner = HookRunner.Native, Program = program }, TestContext.Current.CancellationToken);
        Assert.True((await InspectAsync()).Working);
        await WriteAsync(Path.Combine(System, "requirements.toml"), "allow_managed_hooks_only = true\n");
        var status = await InspectAsync();
        Assert.False(status.Working);
        Assert.Contains("allow_managed_hooks_only", Assert.Single(status.Problems), StringComparison.Ordinal);
    }

    private Task<HookStatusResult> InspectAsync()
        => new HookInspector(_home.Context) { SystemFolder = System }.InspectAsync(TestContext.Current.CancellationToken);

    private static Task WriteAsync(string file, string? text) => text is null ? Task.CompletedTask : File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
}
