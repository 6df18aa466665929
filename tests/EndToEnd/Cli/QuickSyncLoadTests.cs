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

    [Fact]
    public async Task QuickSyncAndPlainText_LoadNothingForTerminals()
    {
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync();
        await fixture.JoinAsync();
        var program = CopyWithBroken("Spectre.Console.dll", Path.Combine(fixture.Follower, "program"));
        var quick = await ProgramRun.RunAsync(program, "sync", "--quick", "--home", fixture.Follower);
        Assert.Equal((0, string.Empty, string.Empty), (quick.ExitCode, quick.Output, quick.Error));
        Assert.Equal(0, (await ProgramRun.RunAsync(program, "sync", "--apply", "--home", fixture.Follower)).ExitCode);
        var plain = await ProgramRun.RunAsync(program, "status", "--home", fixture.Follower);
        Assert.Contains("Next:            nothing to do", plain.Output, StringComparison.Ordinal);

        // And loading it would have been seen.
        var rich = await ProgramRun.RunAsync("/usr/bin/env", "CLICOLOR_FORCE=1", program, "status", "--home", fixture.Follower);
        Assert.NotEqual(0, rich.ExitCode);
        Assert.DoesNotContain("Next:", rich.Output, StringComparison.Ordinal);
    }

    private static string CopyWithBrokenTomlyn(string folder) => CopyWithBroken("Tomlyn.dll", folder);

    private static string CopyWithBroken(string name, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(Repository.Assembly)!))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        Assert.True(File.Exists(Path.Combine(folder, name)));
        File.WriteAllBytes(Path.Combine(folder, name), [0]);
        return Path.Combine(folder, Path.ChangeExtension(Path.GetFileName(Repository.Assembly), OperatingSystem.IsWindows() ? ".exe" : null));
    }
}
