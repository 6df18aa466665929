using Codexport.Engine.Platform;
using Codexport.Tests.Apply;

namespace Codexport.Tests.Platform;

public sealed class DryRunFileSystemTests
{
    [Fact]
    public async Task Apply_OverADryRun_ShowsTheNewRevisionAndLeavesTheDiskAlone()
    {
        var scenario = new ApplyScenario();
        var disk = scenario.MakeDisk();
        var before = disk.Snapshot("/home");
        var dry = new DryRunFileSystem(disk);
        var plan = scenario.Plan(disk);
        await scenario.ApplyAsync(dry, plan);
        Assert.Equal(before, disk.Snapshot("/home"));
        Assert.Equal("now a file", Read(dry, ApplyScenario.CodexFolder + "/rules/tree"));
        Assert.Equal("inside", Read(dry, ApplyScenario.CodexFolder + "/prompts/shape/inner.md"));
        Assert.Equal("model = \"new\"", Read(dry, ApplyScenario.LinkedConfiguration));
        Assert.Null(dry.TryGetEntry(ApplyScenario.CodexFolder + "/skills/gone-0/sub/file-0.md"));
        Assert.Null(dry.TryGetEntry(ApplyScenario.CodexFolder + "/skills/gone-0"));
        Assert.Contains(ApplyScenario.LinkedConfiguration, dry.ChangedPaths);
        Assert.DoesNotContain(dry.ChangedPaths, path => AtomicFile.IsTemporaryName(Path.GetFileName(path)));
    }

    [Fact]
    public void Reads_SeeWritesOverTheDisk()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a"], "disk");
        Directory.CreateDirectory(folder["sub"]);
        File.WriteAllText(folder["sub/b"], "disk");
        var dry = new DryRunFileSystem(new PhysicalFileSystem());
        AtomicFile.Write(dry, folder["a"], "dry"u8);
        dry.CreateDirectory(folder["new/deep"], FilePermission.Normal);
        AtomicFile.Write(dry, folder["new/deep/c"], "dry"u8);
        dry.DeleteFile(folder["sub/b"]);
        dry.DeleteEmptyDirectory(folder["sub"]);
        Assert.Equal("dry", Read(dry, folder["a"]));
        Assert.Equal([folder["a"], folder["new"]], dry.Enumerate(folder.Path).Select(entry => entry.Path).Order());
        Assert.Equal([folder["a"], folder["new"], folder["new/deep"], folder["new/deep/c"], folder["sub"], folder["sub/b"]], dry.ChangedPaths);
        Assert.Equal("disk", File.ReadAllText(folder["a"]));
        Assert.True(File.Exists(folder["sub/b"]));
        Assert.False(Directory.Exists(folder["new"]));
    }

    private static string Read(DryRunFileSystem files, string path) => System.Text.Encoding.UTF8.GetString(AtomicFile.ReadAllBytes(files, path));
}
