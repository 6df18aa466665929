using System.Diagnostics;
using System.IO.Compression;
using System.Text.RegularExpressions;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Cli;

/// <summary>The .NET tool of a release, installed from a feed that is a folder.</summary>
public sealed partial class ToolPackageTests : IDisposable
{
    private const string NewVersion = "99.0.0";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Hook_OfAnInstalledTool_StartsAProgramThatIsThereAfterAnUpdate()
    {
        Directory.CreateDirectory(_folder["home/.codex"]);
        var tool = Path.Combine(_folder["tools"], OperatingSystem.IsWindows() ? "codexport.exe" : "codexport");
        await DotnetAsync("tool", "install", "codexport", "--tool-path", _folder["tools"], "--source", Release.Tools, "--version", Repository.Version);
        Assert.Equal(Repository.Version, (await ProgramRun.RunAsync(tool, "--version")).Output.Trim());

        var hook = await ProgramRun.RunAsync(tool, "hook", "install", "--runner", "native", "--json", "--home", _folder["home"]);
        Assert.True(hook.ExitCode == 0, hook.Output + hook.Error);
        var command = hook.Json["command"]!.GetValue<string>();
        Assert.StartsWith($"{tool} ", command, StringComparison.Ordinal);
        var shell = await ProgramRun.RunAsync(tool, "shell", "install", "bash", "--home", _folder["home"]);
        Assert.True(shell.ExitCode == 0, shell.Output + shell.Error);

        MakeNewVersion(_folder["feed"]);
        await DotnetAsync("tool", "update", "codexport", "--tool-path", _folder["tools"], "--source", _folder["feed"], "--version", NewVersion);

        Assert.False(Directory.Exists(_folder[$"tools/.store/codexport/{Repository.Version}"]));
        Assert.True(Directory.Exists(_folder[$"tools/.store/codexport/{NewVersion}"]));
        Assert.Equal(0, (await ProgramRun.RunAsync(command.Split(' ')[0], "sync", "--quick", "--home", _folder["home"])).ExitCode);
        Assert.DoesNotContain(
            Directory.EnumerateFiles(_folder["home"], "*", SearchOption.AllDirectories),
            file => File.ReadAllText(file).Contains("/.store/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Demo_OfTheOneShotRunner_Holds()
    {
        var run = await DotnetAsync("dnx", $"codexport@{Repository.Version}", "--source", Release.Tools, "--yes", "demo");
        Assert.Contains("It all held", run.Output, StringComparison.Ordinal);
    }

    /// <summary>The same packages under a higher version.</summary>
    private static void MakeNewVersion(string feed)
    {
        Directory.CreateDirectory(feed);
        foreach (var file in Directory.EnumerateFiles(Release.Tools, "*.nupkg"))
        {
            var target = Path.Combine(feed, Path.GetFileName(file).Replace(Repository.Version, NewVersion, StringComparison.Ordinal));
            File.Copy(file, target);
            using var package = ZipFile.Open(target, ZipArchiveMode.Update);
            foreach (var entry in package.Entries.Where(entry => entry.Name is "DotnetToolSettings.xml" || entry.Name.EndsWith(".nuspec", StringComparison.Ordinal)).ToList())
            {
                string text;
                using (var reader = new StreamReader(entry.Open()))
                {
                    text = reader.ReadToEnd();
                }

                using var writer = new StreamWriter(package.CreateEntry(Replace(entry)).Open());
                writer.Write(PackageVersion().Replace(text, match => match.Value.Replace(Repository.Version, NewVersion, StringComparison.Ordinal)));
            }
        }
    }

    private static string Replace(ZipArchiveEntry entry)
    {
        var name = entry.FullName;
        entry.Delete();
        return name;
    }

    // A home of its own: what the SDK keeps of tools and packages is not the person's.
    private async Task<ProgramRun> DotnetAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["NUGET_PACKAGES"] = _folder["packages"];
        start.Environment["DOTNET_CLI_HOME"] = _folder["sdk"];
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment.Remove("MSBuildSDKsPath");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        var run = new ProgramRun(process.ExitCode, await output, await error);
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        return run;
    }

    [GeneratedRegex("<version>[^<]*</version>|Version=\"[^\"]*\"|version=\"[^\"]*\"")]
    private static partial Regex PackageVersion();
}
