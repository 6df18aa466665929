using System.Xml.Linq;
using Codexport.Tests.Cli;

namespace Codexport.Tests.Acceptance;

/// <summary>
/// The module under a real pwsh: tests/Pester, under the PowerShell that the build fetches and under the one on PATH where that is another
/// version. Each Pester test is reported as one of ours: what it came to is known only when it has run, so the data of the theories is made
/// by running them. CODEXPORT_TEST_PESTER holds a pattern for the names of the test files, to run a part of them.
/// </summary>
public sealed class PesterTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Pester");

    /// <summary>One row a Pester test: its name, and how it failed.</summary>
    public static Task<IReadOnlyList<TheoryDataRow<string, string?>>> RunAsync() => RunAsync(PowerShellTool.Program, "Pester");

    /// <summary>The same under the other PowerShell, or one row that says why there is nothing to run.</summary>
    public static async Task<IReadOnlyList<TheoryDataRow<string, string?>>> RunOnPathAsync()
    {
        if (PowerShellTool.OnPath is not { } other)
        {
            return [Row("Pester on PATH", null, "There is no pwsh on PATH beside the one of the build.")];
        }

        var answer = await ProgramRun.RunAsync(other, "-NoProfile", "-NonInteractive", "-Command", "$PSVersionTable.PSVersion.ToString()");
        var version = answer.Output.Trim();
        if (version == PowerShellTool.Version)
        {
            return [Row("Pester on PATH", null, $"The pwsh on PATH is {version}, as the one of the build.")];
        }

        return Version.TryParse(version.Split('-')[0], out var number) && number < new Version(7, 6)
            ? [Row("Pester on PATH", null, $"The pwsh on PATH is {version}, and the module needs 7.6.")]
            : await RunAsync(other, $"Pester on {version}");
    }

    [Theory]
    [MemberData(nameof(RunAsync), DisableDiscoveryEnumeration = true)]
    public void Module_UnderPwsh_PassesItsPesterTests(string name, string? failure) => Assert.True(failure is null, $"{name}: {failure}");

    [Theory]
    [MemberData(nameof(RunOnPathAsync), DisableDiscoveryEnumeration = true)]
    public void Module_UnderPwshOnPath_PassesItsPesterTests(string name, string? failure) => Assert.True(failure is null, $"{name}: {failure}");

    private static async Task<IReadOnlyList<TheoryDataRow<string, string?>>> RunAsync(string pwsh, string label)
    {
        var report = Path.Combine(Path.GetTempPath(), $"codexport-pester-{Environment.ProcessId}.xml");
        try
        {
            var run = await ProgramRun.RunAsync(
                pwsh, "-NoProfile", "-NonInteractive", "-File", Path.Combine(Folder, "Invoke-Tests.ps1"),
                "-Name", Environment.GetEnvironmentVariable("CODEXPORT_TEST_PESTER") is { Length: > 0 } part ? part : "*",
                "-PackagePath", Repository.GalleryPackage,
                "-ProgramPath", Repository.Program, "-PesterPath", PowerShellTool.Pester, "-PwshPath", pwsh, "-ReportPath", report);
            List<XElement> tests = File.Exists(report) ? [.. XDocument.Load(report).Descendants("testcase")] : [];
            return tests.Count > 0
                ? [.. tests.Select(test => Row(label, test))]
                : [Row($"{label}: Invoke-Tests.ps1", $"It ended with {run.ExitCode} and reported no test. {run.Output}{run.Error}", null)];
        }
        finally
        {
            File.Delete(report);
        }
    }

    private static TheoryDataRow<string, string?> Row(string label, XElement test) => Row(
        $"{label}: {(string?)test.Parent!.Attribute("name")}: {(string?)test.Attribute("name")}",
        (test.Element("failure") ?? test.Element("error")) is { } failure ? $"{(string?)failure.Attribute("message")}{Environment.NewLine}{failure.Value}" : null,
        test.Element("skipped") is { } skipped ? (string?)skipped.Attribute("message") is { Length: > 0 } reason ? reason : "The test says why." : null);

    private static TheoryDataRow<string, string?> Row(string name, string? failure, string? skip)
        => new(name, failure) { TestDisplayName = name, Skip = skip };
}
