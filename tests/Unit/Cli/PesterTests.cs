using System.Xml.Linq;

namespace Codexport.Tests.Cli;

/// <summary>The module under a real pwsh: tests/Pester, where pwsh and Pester are on the machine.</summary>
public sealed class PesterTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Module_UnderPwsh_PassesItsPesterTests()
    {
        var report = Path.Combine(Path.GetTempPath(), $"codexport-pester-{Environment.ProcessId}.xml");
        Assert.SkipUnless(await HasPesterAsync(), "pwsh 7.6 or its module Pester is not on this machine.");
        try
        {
            var run = await ProgramRun.RunAsync(
                "pwsh", "-NoProfile", "-NonInteractive", "-File", Path.Combine(Repository.Root, "tests", "Pester", "Invoke-Tests.ps1"),
                "-ModulePath", Repository.ModuleFolder, "-ProgramPath", Repository.Program, "-ReportPath", report);

            output.WriteLine(run.Output);
            Assert.True(File.Exists(report), run.Output + run.Error);
            var cases = XDocument.Load(report).Descendants("testcase").ToList();
            var failed = cases.Where(test => test.Element("failure") is not null).Select(test => (string?)test.Attribute("name")).ToList();
            output.WriteLine($"Pester: {cases.Count - failed.Count} of {cases.Count} passed");
            Assert.NotEmpty(cases);
            Assert.True(failed.Count == 0 && run.ExitCode == 0, $"{string.Join(Environment.NewLine, failed)}{Environment.NewLine}{run.Output}");
        }
        finally
        {
            File.Delete(report);
        }
    }

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
}
