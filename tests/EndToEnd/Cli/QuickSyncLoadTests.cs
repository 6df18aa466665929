namespace Codexport.Tests.Cli;

/// <summary>A quick sync without news parses no TOML: it does not even load the parser, which costs more than the rest of it.</summary>
public sealed class QuickSyncLoadTests
{
    [Fact]
    public async Task QuickSync_WithoutNews_LoadsNoTomlyn()
    {
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync();
        await fixture.JoinAsync();
        Assert.Equal(0, (await fixture.OnFollowerAsync("sync", "--quick")).ExitCode);
        var program = CopyWithBrokenTomlyn(Path.Combine(fixture.Follower, "program"));

        var quick = await ProgramRun.RunAsync(program, "sync", "--quick", "--home", fixture.Follower);
        Assert.Equal((0, string.Empty, string.Empty), (quick.ExitCode, quick.Output, quick.Error));

        // And loading it would have been seen.
        var whole = await ProgramRun.RunAsync(program, "sync", "--home", fixture.Follower);
        Assert.NotEqual(0, whole.ExitCode);
        Assert.Contains("Tomlyn", whole.Output + whole.Error, StringComparison.Ordinal);
    }

    private static string CopyWithBrokenTomlyn(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(Repository.Program)!))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        Assert.True(File.Exists(Path.Combine(folder, "Tomlyn.dll")));
        File.WriteAllBytes(Path.Combine(folder, "Tomlyn.dll"), [0]);
        return Path.Combine(folder, Path.GetFileName(Repository.Program));
    }
}
