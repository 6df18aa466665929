using Codexport.Engine.Diagnostics;
using Codexport.Engine.HookSetup;
using Codexport.Engine.Results;

namespace Codexport.Tests.Acceptance;

/// <summary>What <c>hook status</c> and <c>doctor</c> see with the eyes of the real Codex: the same, and without a trace in the home.</summary>
public sealed class HookSightTests : IDisposable
{
    private readonly CodexHome _home = new(withCodex: RealCodex.Find() is not null);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string?> Cases => [.. RealCodex.Versions.SelectMany(version => new (string, string, string?)[]
    {
        (version.Data, "", null),
        (version.Data, "[features]\nhooks = true\n", null),
        (version.Data, "[features]\nhooks = false\n", "features.hooks = false"),
        (version.Data, "[features]\ncodex_hooks = false\n", "features.hooks = false"),
    })];

    public void Dispose() => _home.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task StatusAndDoctor_SayTheSame(string version, string configuration, string? problem)
    {
        _home.Program = RealCodex.Require(version);
        var program = Path.Combine(_home.Root, OperatingSystem.IsWindows() ? "codexport.exe" : "codexport");
        File.Copy(Environment.ProcessPath!, program);
        await File.WriteAllTextAsync(_home.ConfigFile, configuration, Token);
        await new HookOperations(_home.Context).InstallAsync(new HookInstallOptions { Runner = HookRunner.Native, Program = program }, Token);
        var before = _home.Snapshot();

        var status = await new HookOperations(_home.Context).GetStatusAsync(Token);
        var report = await new Doctor(_home.Context).RunAsync(null, Token);

        Assert.NotNull(status.CodexVersion);
        Assert.Equal(problem is null, status.Working);
        Assert.Equal(problem is null ? "trusted" : null, status.CodexTrust);
        Assert.Equal(problem is null ? 0 : 1, status.Problems.Count);
        Assert.All(status.Problems, told => Assert.Contains(problem!, told, StringComparison.Ordinal));
        var finding = Assert.Single(report.Findings, finding => finding.Name == "hook");
        Assert.Equal(problem is null ? DiagnosticLevel.Ok : DiagnosticLevel.Error, finding.Level);
        Assert.True(problem is null || finding.Message == status.Problems[0], finding.Message);
        Assert.Equal(before, _home.Snapshot());
    }
}
