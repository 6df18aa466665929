using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Cli;

/// <summary>The files of a release, as <c>build/release --dry-run</c> leaves them.</summary>
public sealed class ReleaseTests
{
    private const int ModuleLimit = 20 * 1024 * 1024;
    private static readonly string[] Own = ["codexport", "Codexport.Engine", "Codexport.Server", "Codexport.PowerShell", "Codexport.Loader"];

    [Fact]
    public void Checksums_AreThoseOfEveryFileThatShips()
    {
        var folder = Release.Folder;
        var lines = File.ReadAllLines(Path.Combine(folder, "SHA256SUMS")).Select(line => line.Split("  ")).ToDictionary(parts => parts[1], parts => parts[0]);
        Assert.All(lines, line => Assert.Equal(line.Value, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, line.Key))))));
        var shipped = new[] { "*.nupkg", "*.tar.gz", "*.cdx.json" }.SelectMany(pattern => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'));
        Assert.Equal(shipped.Order(StringComparer.Ordinal), lines.Keys.Order(StringComparer.Ordinal));
        Assert.True(lines.Count >= 6, string.Join(", ", lines.Keys));
    }

    [Fact]
    public void Packages_HoldTheNoticesOfEveryAssemblyInThem()
    {
        var packages = Directory.EnumerateFiles(Release.Folder, "*.nupkg", SearchOption.AllDirectories).ToList();
        var programs = 0;
        foreach (var file in packages)
        {
            using var package = ZipFile.OpenRead(file);
            // The tool's package without a platform holds no program; it only names the others.
            if (!package.Entries.Any(entry => entry.Name is "codexport" or "codexport.exe" or "codexport.dll"))
            {
                continue;
            }

            programs++;
            using var reader = new StreamReader(package.Entries.First(entry => entry.Name == "NOTICE").Open());
            var notice = reader.ReadToEnd();
            var foreign = package.Entries.Where(entry => entry.Name.EndsWith(".dll", StringComparison.Ordinal))
                .Select(entry => Path.GetFileNameWithoutExtension(entry.Name)).Distinct(StringComparer.Ordinal).Except(Own);
            Assert.All(foreign, name => Assert.Contains($"Codexport contains {name} (", notice, StringComparison.Ordinal));
            var natives = package.Entries.Count(entry => entry.Name is "codexport" or "codexport.exe" && entry.Length > ModuleLimit / 2);
            Assert.Equal(natives, package.Entries.Count(entry => entry.Name == "THIRD-PARTY-NOTICES.txt"));
        }

        Assert.True(programs >= 3, string.Join(", ", packages));
    }

    [Fact]
    public void ModulePackage_HoldsANativeProgramAndStaysBelowItsLimit()
    {
        var file = Assert.Single(Directory.GetFiles(Path.Combine(Release.Folder, "module")));
        Assert.InRange(new FileInfo(file).Length, 1, ModuleLimit);
        using var package = ZipFile.OpenRead(file);
        var native = Assert.Single(package.Entries, entry => entry.FullName.StartsWith("host/", StringComparison.Ordinal) && entry.Name is "codexport" or "codexport.exe");
        Assert.DoesNotContain(package.Entries, entry => entry.FullName == native.FullName.Replace(native.Name, "codexport.dll", StringComparison.Ordinal));
        Assert.Contains(package.Entries, entry => entry.FullName == "host/codexport.dll");
    }

    [Fact]
    public void Archives_HoldTheNativeProgramReadyToRunAndItsLicences()
    {
        var archives = Directory.GetFiles(Release.Folder, "*.tar.gz");
        Assert.Equal(Directory.GetDirectories(Path.Combine(Release.Folder, "native")).Length, archives.Length);
        foreach (var archive in archives)
        {
            using var stream = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress);
            using var tar = new TarReader(stream);
            var modes = new Dictionary<string, UnixFileMode>();
            while (tar.GetNextEntry() is { } entry)
            {
                modes[entry.Name] = entry.Mode;
            }

            var folder = Path.GetFileName(archive)[..^".tar.gz".Length];
            Assert.Equal(
                [folder + "/", .. new[] { "LICENSE", "NOTICE", "README.md", "THIRD-PARTY-NOTICES.txt", "codexport" }.Select(name => $"{folder}/{name}")],
                modes.Keys.Order(StringComparer.Ordinal).Select(name => name.EndsWith(".exe", StringComparison.Ordinal) ? name[..^4] : name));
            Assert.All(modes.Where(entry => entry.Key.EndsWith("/codexport", StringComparison.Ordinal)), entry => Assert.True(entry.Value.HasFlag(UnixFileMode.OtherExecute), entry.Key));
        }
    }

    [Fact]
    public async Task ModulePackage_Unpacked_ServesWithItsNativeProgramAndNoRuntime()
    {
        var file = Assert.Single(Directory.GetFiles(Path.Combine(Release.Folder, "module")));
        using var folder = new TemporaryFolder();
        var module = folder[$"Codexport/{Repository.ModuleVersion}"];
        await ZipFile.ExtractToDirectoryAsync(file, module, TestContext.Current.CancellationToken);
        Directory.CreateDirectory(folder["home/.codex"]);
        await File.WriteAllTextAsync(folder["home/.codex/AGENTS.md"], "# Rules\n", TestContext.Current.CancellationToken);

        var run = await ProgramRun.RunAsync(PowerShellTool.Program, "-NoProfile", "-NonInteractive", "-Command", $$"""
            $ErrorActionPreference = 'Stop'
            Import-Module '{{module}}/Codexport.psd1'
            $own = @{ HomePath = '{{folder["home"]}}' }
            Initialize-CodexportMaster @own
            $job = Start-CodexportMaster -HostName 127.0.0.1 -Port 0 -AsJob @own
            while (-not ($started = $job | Receive-Job -Keep | Where-Object Event -EQ started) -and $job.State -eq 'Running') { Start-Sleep -Milliseconds 50 }
            (Get-ChildItem '{{module}}/host' -Recurse -File | Where-Object Name -In codexport, codexport.exe).FullName
            Get-Process codexport* | ForEach-Object Path
            $job | Stop-Job
            """);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Contains(lines[0], lines.Skip(1));
    }

    [Fact]
    public void BillOfMaterials_NamesWhatNoticeNames()
    {
        var file = Assert.Single(Directory.GetFiles(Release.Folder, "*.cdx.json"));
        var components = JsonNode.Parse(File.ReadAllText(file))!["components"]!.AsArray().Select(component => component!["name"]!.GetValue<string>());
        Assert.Superset(new HashSet<string> { "System.CommandLine", "Tomlyn" }, components.ToHashSet());
    }
}
