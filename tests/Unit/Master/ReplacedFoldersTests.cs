namespace Codexport.Tests.Master;

/// <summary>Folders that become links and links that become folders, under the real watcher: what comes after must be noticed too.</summary>
public sealed class ReplacedFoldersTests
{
    [Fact]
    public async Task TopLevelFolder_ReplacedByALinkAndBack_IsFollowed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making links needs a privilege on Windows.");
        await using var home = new WatchedHome();
        home.Home.Settings("[export]\nroots = [\"~\"]\n");
        home.Home.Write("AGENTS.md");
        home.Home.Write("skills/a/SKILL.md", "folder");
        var dotfiles = Directory.CreateDirectory(Path.Combine(home.Home.Path, "dotfiles", "a")).Parent!.FullName;
        Write(Path.Combine(dotfiles, "a", "SKILL.md"), "link");
        await home.StartAsync();

        await ReplaceAndPutBackAsync(home, home.Home["skills"], dotfiles, Path.Combine(dotfiles, "a", "SKILL.md"));
    }

    [Fact]
    public async Task DeeperFolder_ReplacedByALinkAndBack_IsFollowed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making links needs a privilege on Windows.");
        await using var home = new WatchedHome();
        home.Home.Write("AGENTS.md");
        home.Home.Write("skills/a/SKILL.md", "folder");
        home.Home.Write("prompts/kept/SKILL.md", "link");
        await home.StartAsync();

        await ReplaceAndPutBackAsync(home, home.Home["skills/a"], home.Home["prompts/kept"], home.Home["prompts/kept/SKILL.md"]);
    }

    [Fact]
    public async Task WhatALinkLeadsTo_WhenReplacedByAnotherFolder_IsWatchedOn()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making links needs a privilege on Windows.");
        await using var home = new WatchedHome();
        var target = Path.Combine(home.Home.Path, "dotfiles", "skills");
        Write(Path.Combine(target, "a", "SKILL.md"), "first");
        Directory.CreateSymbolicLink(home.Home["skills"], target);
        home.Home.Settings("[export]\nroots = [\"~/dotfiles\"]\n");
        await home.StartAsync();

        Write(Path.Combine(home.Home.Path, "next", "a", "SKILL.md"), "second");
        Directory.Move(target, target + ".old");
        Directory.Move(Path.Combine(home.Home.Path, "next"), target);
        await home.UntilAsync("skills/a/SKILL.md", "second");
        Write(Path.Combine(target, "a", "SKILL.md"), "third");
        await home.UntilAsync("skills/a/SKILL.md", "third");
    }

    [Fact]
    public async Task Folders_RenamedAndMadeAnew_AreWatchedOn()
    {
        await using var home = new WatchedHome();
        home.Home.Write("AGENTS.md");
        home.Home.Write("skills/a/deep/one.md", "1");
        for (var index = 0; index < 10; index++)
        {
            // Enough that losing one is no loss to be asked about.
            home.Home.Write($"prompts/{index}.md");
        }

        await home.StartAsync();
        Directory.Move(home.Home["skills/a"], home.Home["skills/b"]);
        await home.UntilAsync("skills/b/deep/one.md", "1");
        Write(home.Home["skills/b/deep/one.md"], "2");
        await home.UntilAsync("skills/b/deep/one.md", "2");
        Write(home.Home["skills/a/deep/one.md"], "3");
        await home.UntilAsync("skills/a/deep/one.md", "3");
        Write(home.Home["skills/a/deep/deeper/two.md"], "4");
        await home.UntilAsync("skills/a/deep/deeper/two.md", "4");
    }

    /// <summary>Puts a link in the place of the folder that holds <c>skills/a/SKILL.md</c>, then the folder back, with a change after each.</summary>
    private static async Task ReplaceAndPutBackAsync(WatchedHome home, string folder, string target, string fileInTarget)
    {
        var aside = Path.Combine(home.Home.Path, "aside");
        Directory.Move(folder, aside);
        Directory.CreateSymbolicLink(folder, target);
        await home.UntilAsync("skills/a/SKILL.md", "link");
        Write(fileInTarget, "link, changed");
        await home.UntilAsync("skills/a/SKILL.md", "link, changed");

        File.Delete(folder);
        Directory.Move(aside, folder);
        await home.UntilAsync("skills/a/SKILL.md", "folder");
        Write(home.Home["skills/a/SKILL.md"], "folder, changed");
        await home.UntilAsync("skills/a/SKILL.md", "folder, changed");
    }

    private static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
