using System.Diagnostics;
using Codexport.Tests.Master;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Cli;

/// <summary>The version of everything is that of the tag, where there is one.</summary>
public sealed class VersionTests : IDisposable
{
    // What the version is made by, without the sources.
    private static readonly string[] Rules =
    [
        "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json", ".gitattributes", "build/archive-version",
        "src/Directory.Build.props", "src/Directory.Build.targets",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Version_IsThatOfTheTag_InACloneAndInASourceArchive()
    {
        Assert.SkipUnless(Git.IsHere, "There is no git.");
        var tree = _folder["tree"];
        foreach (var rule in Rules)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(tree, rule))!);
            File.Copy(Path.Combine(Repository.Root, rule), Path.Combine(tree, rule));
        }

        Directory.CreateDirectory(Path.Combine(tree, "src/One"));
        await File.WriteAllTextAsync(Path.Combine(tree, "src/One/One.csproj"), "<Project Sdk=\"Microsoft.NET.Sdk\" />", TestContext.Current.CancellationToken);
        await GitAsync(tree, "init", "-q");
        await GitAsync(tree, "add", ".");
        await CommitAsync(tree);

        // Each row: the tag that comes next, null for a commit without one, and the version from there on.
        (string? Tag, string Version)[] history =
        [
            (null, "0.1.0-dev"), ("v0.2.0-rc1", "0.2.0-rc1"), (null, "0.2.0-dev"), ("v0.2.0", "0.2.0"), (null, "0.2.1-dev"), ("not-a-version", "0.2.1-dev"),
        ];
        List<string> versions = [];
        foreach (var (tag, _) in history)
        {
            await (tag is null ? CommitAsync(tree) : GitAsync(tree, "tag", tag));
            versions.Add(await ReadAsync(tree, "clone"));
        }

        Assert.Equal(history.Select(row => row.Version), versions);
        Assert.Equal("0.2.0", await ReadAsync(await ArchiveAsync(tree, "v0.2.0"), "archive of a tag"));
        Assert.Equal("0.2.0-rc1", await ReadAsync(await ArchiveAsync(tree, "v0.2.0-rc1"), "archive of a candidate"));
        Assert.Equal("0.1.0-dev", await ReadAsync(await ArchiveAsync(tree, "HEAD"), "archive of a commit"));
    }

    [Fact]
    public void Version_IsOneForEverythingThatIsBuilt()
    {
        var assemblies = Directory.EnumerateFiles(Repository.Module, "*.dll", SearchOption.AllDirectories)
            .Append(Repository.Assembly)
            .Where(file => Path.GetFileName(file).StartsWith("codexport", StringComparison.OrdinalIgnoreCase)).ToList();
        Assert.True(assemblies.Count >= 8, string.Join(", ", assemblies));
        Assert.All(assemblies, file => Assert.Equal((Repository.Version, file), (FileVersionInfo.GetVersionInfo(file).ProductVersion!, file)));
        var word = Repository.Version.Contains('-', StringComparison.Ordinal) ? Repository.Version[(Repository.ModuleVersion.Length + 1)..] : string.Empty;
        var manifest = File.ReadAllText(Path.Combine(Repository.Module, "Codexport.psd1"));
        Assert.Contains($"ModuleVersion        = '{Repository.ModuleVersion}'", manifest, StringComparison.Ordinal);
        Assert.Contains($"Prerelease   = '{word}'", manifest, StringComparison.Ordinal);
        Assert.True(File.Exists(Repository.GalleryPackage), Repository.GalleryPackage);
    }

    // What MSBuild and NuGet leave of one state must not speak for the next.
    private static async Task<string> ReadAsync(string tree, string name)
    {
        var project = Path.Combine(tree, "src/One");
        var restore = await ProgramRun.RunAsync("dotnet", "restore", project, "-v", "q");
        Assert.True(restore.ExitCode == 0, $"{name}: {restore.Output}{restore.Error}");
        var run = await ProgramRun.RunAsync("dotnet", "msbuild", project, "-t:TellVersion", "-getProperty:Version", "-nodeReuse:false", "-warnaserror");
        Assert.True(run.ExitCode == 0, $"{name}: {run.Output}{run.Error}");
        return run.Output.Trim();
    }

    private async Task<string> ArchiveAsync(string tree, string commit)
    {
        var target = _folder[$"archive-{commit}"];
        Directory.CreateDirectory(target);
        await GitAsync(tree, "archive", "--format=tar", "-o", target + ".tar", commit);
        await System.Formats.Tar.TarFile.ExtractToDirectoryAsync(target + ".tar", target, overwriteFiles: true, TestContext.Current.CancellationToken);
        return target;
    }

    private static Task CommitAsync(string tree)
        => GitAsync(tree, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "--allow-empty", "-m", "one more");

    private static Task GitAsync(string tree, params string[] arguments) => Git.RunAsync(tree, TestContext.Current.CancellationToken, arguments);
}
