using System.Text.RegularExpressions;
using System.Xml.Linq;
using Codexport.Tests.Cli;

namespace Codexport.Tests.Acceptance;

/// <summary>
/// The module under a real pwsh: tests/Pester, where pwsh and Pester are on the machine. Each of its tests is reported as one of ours: what
/// it came to is known only when it has run, so the data of this theory is made by running them.
/// </summary>
public sealed partial class PesterTests
{
    private static string Folder => Path.Combine(Repository.Root, "tests", "Pester");

    /// <summary>One row a Pester test: its name, and how it failed.</summary>
    public static async Task<IReadOnlyList<TheoryDataRow<string, string?>>> RunAsync()
    {
        if (!await HasPesterAsync())
        {
            return [.. Written().Select(name => Row(name, null, "pwsh 7.6 or its module Pester is not on this machine."))];
        }

        var report = Path.Combine(Path.GetTempPath(), $"codexport-pester-{Environment.ProcessId}.xml");
        try
        {
            var run = await ProgramRun.RunAsync(
                "pwsh", "-NoProfile", "-NonInteractive", "-File", Path.Combine(Folder, "Invoke-Tests.ps1"),
                "-PackagePath", Path.Combine(Repository.Root, "artifacts", "package", $"Codexport.{Repository.Version}.nupkg"),
                "-ProgramPath", Repository.Program, "-ReportPath", report);
            return File.Exists(report)
                ? [.. XDocument.Load(report).Descendants("testcase").Select(Row)]
                : [Row("Invoke-Tests.ps1", run.Output + run.Error, null)];
        }
        finally
        {
            File.Delete(report);
        }
    }

    [Theory]
    [MemberData(nameof(RunAsync), DisableDiscoveryEnumeration = true)]
    public void Module_UnderPwsh_PassesItsPesterTests(string name, string? failure) => Assert.True(failure is null, $"{name}: {failure}");

    private static TheoryDataRow<string, string?> Row(XElement test) => Row(
        $"{(string?)test.Parent!.Attribute("name")}: {(string?)test.Attribute("name")}",
        (test.Element("failure") ?? test.Element("error")) is { } failure ? $"{(string?)failure.Attribute("message")}{Environment.NewLine}{failure.Value}" : null,
        test.Element("skipped") is { } skipped ? (string?)skipped.Attribute("message") is { Length: > 0 } reason ? reason : "The test says why." : null);

    private static TheoryDataRow<string, string?> Row(string name, string? failure, string? skip)
        => new(name, failure) { TestDisplayName = $"Pester: {name}", Skip = skip };

    /// <summary>The tests as they are written, each once, however many cases it has.</summary>
    private static IEnumerable<string> Written() => Directory.EnumerateFiles(Folder, "*.Tests.ps1").Order(StringComparer.Ordinal).SelectMany(
        file => It().Matches(File.ReadAllText(file)).Select(match => $"{Path.GetFileName(file)[..^".Tests.ps1".Length]}: {match.Groups[1].Value}"));

    private static async Task<bool> HasPesterAsync()
    {
        try
        {
            var run = await ProgramRun.RunAsync(
                "pwsh", "-NoProfile", "-NonInteractive", "-Command",
                "exit [int]!($PSVersionTable.PSVersion -ge [version]'7.6' -and (Get-Module -ListAvailable Pester))");
            return run.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^ *It '((?:[^']|'')+)'", RegexOptions.Multiline)]
    private static partial Regex It();
}
