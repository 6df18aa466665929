using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;
using Codexport.Engine.Settings;
using Codexport.Tests.Platform;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Codexport.Tests.Master;

public sealed class HomeScannerTests
{
    [Fact]
    public void Scan_TakesPortableItemsAlone_SortedByOrdinal()
    {
        using var home = new MasterHome();
        string[] portable = ["AGENTS.md", "agents/readme.md", "agents/x.toml", "agents/y/z.toml", "config.toml", "hooks.json", "skills-x.config.toml", "skills/a-b/f", "skills/a.b", "skills/a/SKILL.md", "themes/dark.tmTheme"];
        string[] local =
        [
            "history.jsonl", "sessions/1", "skills/.system/x", "skills/a/.git/HEAD", "skills/a/node_modules/x", "notes.txt",
            "skills/a/.codexport-ab.tmp", "x.sqlite", "AGENTS.override.md", "skills/a/.env",
        ];
        foreach (var path in portable.Concat(local))
        {
            home.Write(path);
        }

        Assert.Equal(portable.Order(StringComparer.Ordinal), home.ScanPaths());
        Assert.Empty(home.Scan().Warnings);
    }

    [Fact]
    public void Scan_FollowsTheSettings()
    {
        using var home = new MasterHome();
        foreach (var path in new[] { "AGENTS.md", "notes/a.md", "notes/deep/b.md", "notes/c.txt", "skills/a/x.bak", "skills/b/y", "sessions/1.md", "auth.json" })
        {
            home.Write(path);
        }

        var settings = new LocalSettings { ExportInclude = ["notes/**/*.md", "sessions"], ExportExclude = ["*.bak", "skills/b"] };
        Assert.Equal(["AGENTS.md", "auth.json", "notes/a.md", "notes/deep/b.md"], home.ScanPaths(settings));
        Assert.DoesNotContain("auth.json", home.ScanPaths(settings with { Admission = Admission.Open }));
        Assert.Contains("notes/c.txt", home.ScanPaths(new LocalSettings { ExportInclude = ["notes"] }));
    }

    [Fact]
    public void Scan_WhenNamesAreNotPortable_LeavesThemOutWithAWarning()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || OperatingSystem.IsMacOS(), "This file system cannot hold such names.");
        using var home = new MasterHome();
        foreach (var path in new[] { "skills/a/con", "skills/a/x:y", "skills/a/dot.", "skills/a/ok", "skills/a/OK", "skills/u/\u00e9", "skills/u/e\u0301", "skills/a/b\nc" })
        {
            home.Write(path);
        }

        Assert.Equal(["skills/a/OK", "skills/u/\u00e9"], home.ScanPaths());
        Assert.Equal(6, home.Scan().Warnings.Count);
        Assert.All(home.Scan().Warnings, warning => Assert.DoesNotContain("\n", warning, StringComparison.Ordinal));
        var kept = home.ScanPaths(new LocalSettings { PortableNames = false });
        Assert.Equal(["skills/a/OK", "skills/a/con", "skills/a/dot.", "skills/a/ok", "skills/a/x:y", "skills/u/\u00e9"], kept);
    }

    [Fact]
    public void Scan_WhenANameIsNoUtf8_LeavesItOutWithAWarning()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has names that are no text.");
        using var home = new MasterHome();
        home.Write("skills/a/SKILL.md");
        byte[] name = [.. Encoding.UTF8.GetBytes(home["skills/a/bad"]), 0xff];
        LibC.MakeFile(name);
        try
        {
            Assert.Equal(["skills/a/SKILL.md"], home.ScanPaths());
            Assert.Contains("is no valid Unicode", Assert.Single(home.Scan().Warnings), StringComparison.Ordinal);
        }
        finally
        {
            LibC.DeleteFile(name);
        }
    }

    [Fact]
    public void Scan_FollowsLinksIntoListedFolders_AndIntoWhatLeavesByItself()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making links needs a privilege on Windows.");
        using var home = new MasterHome();
        var outside = Path.Combine(home.Path, "dotfiles");
        Directory.CreateDirectory(Path.Combine(outside, "skills", "a"));
        Directory.CreateDirectory(Path.Combine(home.Path, "shared", "s"));
        File.WriteAllText(Path.Combine(outside, "skills", "a", "SKILL.md"), "x");
        File.WriteAllText(Path.Combine(outside, "c.toml"), "x = 1");
        File.WriteAllText(Path.Combine(home.Path, "shared", "s", "f"), "x");
        home.Write("prompts/p.md");
        home.Write("sessions/secret");
        home.Write("auth.json");
        File.CreateSymbolicLink(home["config.toml"], Path.Combine(outside, "c.toml"));
        Directory.CreateSymbolicLink(home["skills"], Path.Combine(outside, "skills"));
        File.CreateSymbolicLink(Path.Combine(outside, "skills", "own"), Path.Combine(outside, "skills", "a"));
        File.CreateSymbolicLink(Path.Combine(outside, "skills", "loop"), Path.Combine(outside, "skills"));
        File.CreateSymbolicLink(Path.Combine(outside, "skills", "p.md"), home["prompts/p.md"]);
        File.CreateSymbolicLink(Path.Combine(outside, "skills", "shared"), Path.Combine(home.Path, "shared", "s"));
        File.CreateSymbolicLink(Path.Combine(outside, "skills", "leak"), home["sessions/secret"]);
        File.CreateSymbolicLink(Path.Combine(outside, "skills", "login"), home["auth.json"]);
        File.CreateSymbolicLink(Path.Combine(outside, "skills", "gone"), Path.Combine(home.Path, "nowhere"));

        string[] expected = ["auth.json", "config.toml", "prompts/p.md", "skills/a/SKILL.md", "skills/own/SKILL.md", "skills/p.md"];
        var listed = new LocalSettings { ExportRoots = ["~/dotfiles"] };
        Assert.Equal(expected, home.ScanPaths(listed));
        Assert.Equal(5, home.Scan(listed).Warnings.Count);
        Assert.Contains("skills/shared/f", home.ScanPaths(new LocalSettings { ExportRoots = ["~/dotfiles", "~/shared"] }));
        Assert.Equal(["auth.json", "prompts/p.md"], home.ScanPaths());
    }

    [Fact]
    public void Scan_WhenTopLevelLinkDangles_IsAnErrorAndNoDeletion()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making links needs a privilege on Windows.");
        using var home = new MasterHome();
        File.CreateSymbolicLink(home["skills"], Path.Combine(home.Path, "unmounted"));
        Assert.Equal(ErrorCode.FileUnreadable, Assert.Throws<CodexportException>(() => home.Scan()).Code);
    }

    [Fact]
    public void Scan_WhenHomeIsMissing_SaysSo()
    {
        using var home = new MasterHome();
        Directory.Delete(home.Codex);
        Assert.Equal(ErrorCode.HomeNotFound, Assert.Throws<CodexportException>(() => home.Scan()).Code);
    }

    [Fact]
    public void Scan_WhenThereAreTooManyFiles_SaysHowManyThereMayBe()
    {
        using var home = new MasterHome();
        home.Write("AGENTS.md", "12345");
        home.Write("skills/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/b");
        var error = Assert.Throws<CodexportException>(() => home.Scan(limits: new Limits { MaxFiles = 1 }));
        Assert.Equal(ErrorCode.LimitExceeded, error.Code);
        Assert.EndsWith("at most 1 are.", error.Message, StringComparison.Ordinal);
        Assert.Equal("MaxFiles", Assert.Single(error.Details, detail => detail.Key == "limit").Value);
    }

    // One file must not keep all the others back.
    [Theory]
    [InlineData("MaxFileSize", "'AGENTS.md' was left out: it has 5 bytes, and a file has at most 4 bytes.", "skills/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/b")]
    [InlineData("MaxPathSize", "'skills/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/b' was left out: its path is too long; a path has at most 30 bytes.", "AGENTS.md")]
    public void Scan_WhenAFileIsTooLarge_LeavesItOutAndNamesIt(string limit, string warning, string left)
    {
        using var home = new MasterHome();
        home.Write("AGENTS.md", "12345");
        home.Write("skills/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/b");
        var scan = home.Scan(limits: limit == "MaxFileSize" ? new Limits { MaxFileSize = 4 } : new Limits { MaxPathSize = 30 });
        Assert.Equal([warning], scan.Warnings);
        Assert.Equal([left], scan.Files.Select(file => file.Path));
    }

    [Theory]
    [InlineData("venv/lib/x.py", false)]
    [InlineData("deep/venv/x.py", false)]
    [InlineData(".SKILL.md.swp", false)]
    [InlineData("x.swp", false)]
    [InlineData("SKILL.md~", false)]
    [InlineData(".#SKILL.md", false)]
    [InlineData("#SKILL.md#", false)]
    [InlineData("venv.md", true)]
    [InlineData("swp", true)]
    [InlineData("~notes", true)]
    [InlineData("#1.md", true)]
    public void Scan_LeavesOutWhatEditorsAndPackageManagersLeave(string path, bool isExported)
    {
        using var home = new MasterHome();
        home.Write("skills/a/SKILL.md");
        home.Write("skills/a/" + path);
        Assert.Equal(isExported, home.ScanPaths(new LocalSettings()).Contains("skills/a/" + path));
    }

    [Property(MaxTest = 30)]
    public Property Scan_SortsAsWholePathsDo_WhateverTheNames()
    {
        string[] names = ["a", "a-", "a.b", "a0", "ab", "B", "b", "c c"];
        var paths = Gen.Elements(names).NonEmptyListOf().Select(parts => string.Join('/', parts.Take(4))).NonEmptyListOf().Select(list => list.ToList());
        return Prop.ForAll(Smaller.Lists(paths), list =>
        {
            using var home = new MasterHome();
            foreach (var path in list.Where(path => !Directory.Exists(home["skills/" + path])))
            {
                try
                {
                    home.Write("skills/" + path);
                }
                catch (IOException)
                {
                    // One of its folders is a file already.
                }
            }

            var found = home.ScanPaths(new LocalSettings { PortableNames = false });
            return found.SequenceEqual(found.Order(StringComparer.Ordinal)) && found.Count == Directory.GetFiles(home.Codex, "*", SearchOption.AllDirectories).Length;
        });
    }
}
