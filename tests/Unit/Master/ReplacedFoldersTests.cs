namespace Codexport.Tests.Master;

/// <summary>Folders that become links and links that become folders, under the real watcher: what comes after must be noticed too.</summary>
public sealed class ReplacedFoldersTests
{
    [Fact]
    public async Task TopLevelFolder_ReplacedByALinkAndBack_IsFollowed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making links needs a privilege on Windows.");
        await using var home = new WatchedHome();
        home.Home.Write("AGENTS.md");
        home.Home.Write("skills/a/SKILL.md", "folder");
        var dotfiles = Directory.CreateDirectory(Path.Combine(home.Home.Path, "dotfiles", "a")).Parent!.FullName;
        Write(Path.Combine(dotfiles, "a", "SKILL.md"), "link");
        await home.StartAsync();

        Directory.Move(home.Home["skills"], Path.Combine(home.Home.Path, "aside"));
        Directory.CreateSymbolicLink(home.Home["skills"], dotfiles);
        await home.UntilAsync("skills/a/SKILL.md", "link");
        Write(Path.Combine(dotfiles, "a", "SKILL.md"), "link, changed");
        await home.UntilAsync("skills/a/SKILL.md", "link, changed");

        File.Delete(home.Home["skills"]);
        Directory.Move(Path.Combine(home.Home.Path, "aside"), home.Home["skills"]);
        await home.UntilAsync("skills/a/SKILL.md", "folder");
        Write(home.Home["skills/a/SKILL.md"], "folder, changed");
        await home.UntilAsync("skills/a/SKILL.md", "folder, changed");
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

        Directory.Move(home.Home["skills/a"], Path.Combine(home.Home.Path, "aside"));
        Directory.CreateSymbolicLink(home.Home["skills/a"], home.Home["prompts/kept"]);
        await home.UntilAsync("skills/a/SKILL.md", "link");
        Write(home.Home["prompts/kept/SKILL.md"], "link, changed");
        await home.UntilAsync("skills/a/SKILL.md", "link, changed");

        File.Delete(home.Home["skills/a"]);
        Directory.Move(Path.Combine(home.Home.Path, "aside"), home.Home["skills/a"]);
        await home.UntilAsync("skills/a/SKILL.md", "folder");
        Write(home.Home["skills/a/SKILL.md"], "folder, changed");
        await home.UntilAsync("skills/a/SKILL.md", "folder, changed");
    }

    [Fact]
    public async Task WhatALinkLeadsTo_WhenReplacedByAnotherFolder_IsWatchedOn()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making links needs a privilege on Windows.");
        await using var home = new WatchedHome();
        var target = Path.Combine(home.Home.Path, "dotfiles", "skills");
        Write(Path.Combine(target, "a", "SKILL.md"), "first");
        Directory.CreateSymbolicLink(home.Home["skills"], target);
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

    private static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
