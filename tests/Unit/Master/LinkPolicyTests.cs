using Codexport.Engine.Master.Building;
using Codexport.Engine.Protocol;
using Codexport.Engine.Settings;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Master;

/// <summary>What a link leads to is judged by where it really is and what it is, not by the name of the link.</summary>
public sealed class LinkPolicyTests : IDisposable
{
    private const string Key = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg\n-----END PRIVATE KEY-----\n";

    // The widest that a person can list: what stays even then stays for another reason than the folder.
    private static readonly LocalSettings Wide = new() { ExportRoots = ["~", "/"] };

    private readonly MasterHome _home = new();

    public LinkPolicyTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making links needs a privilege on Windows.");
        foreach (var path in new[]
        {
            "sessions/1.jsonl", "history.jsonl", ".env", "notes/n.md", "secrets/t", "skills/own/SKILL.md", "agents/readme.md", "log/x",
            "skills/.system/s", "skills/own/.git/config", "multi-auth/one.json",
        })
        {
            _home.Write(path, "what is in " + path);
        }

        _home.Write("config.toml", "model = \"x\"\n[projects.\"/a\"]\ntrust_level = \"trusted\"\n");
        _home.Write("agents/a.toml", "name = \"a\"\n");
        _home.Write("auth.json", "{\"OPENAI_API_KEY\":\"sk-0123456789abcdef\"}");
        foreach (var (path, text) in new[]
        {
            (".codexport/master/key.pem", Key), (".codexport/local.toml", ""), (".ssh/config", "Host x"), (".ssh/known_hosts", "x"),
            (".aws/credentials", "[default]"), (".netrc", "machine x login y password z"), (".gnupg/pubring.kbx", "x"),
            (".config/gh/hosts.yml", "github.com:"), ("dotfiles/AGENTS.md", "hello"), ("dotfiles/deploy", Key), ("dotfiles/.ssh/config", "Host x"),
            ("dotfiles/skills/a/SKILL.md", "x"), ("dotfiles/skills/a/.env", "x"), ("dotfiles/skills/a/id_rsa", "x"), ("state/x", "x"),
        })
        {
            var full = Path.Combine(_home.Path, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, text);
        }
    }

    [Theory]
    [InlineData("AGENTS.md", "~/.codexport/master/key.pem")]
    [InlineData("AGENTS.md", "~/.codexport/local.toml")]
    [InlineData("RTK.md", "../.codexport/master/key.pem")]
    [InlineData("RTK.md", "../.codex/../.codexport/./master/../master/key.pem")]
    [InlineData("rules", "~/.codexport/master")]
    [InlineData("rules", "~/.codexport")]
    [InlineData("skills/own/state", "~/.codexport/master")]
    [InlineData("skills/own/key.md", "~/.codexport/master/key.pem")]
    [InlineData("AGENTS.md", "/proc/self/root/~/.codexport/master/key.pem")]
    [InlineData("AGENTS.md", "/proc/self/root/~/.ssh/known_hosts")]
    [InlineData("AGENTS.md", "/proc/self/environ")]
    [InlineData("AGENTS.md", "/proc/self/cmdline")]
    [InlineData("prompts", "sessions")]
    [InlineData("prompts", "log")]
    [InlineData("prompts", "notes")]
    [InlineData("RTK.md", "history.jsonl")]
    [InlineData("RTK.md", "notes/n.md")]
    [InlineData("RTK.md", "skills/.system/s")]
    [InlineData("RTK.md", "skills/own/.git/config")]
    [InlineData("mise.toml", "auth.json")]
    [InlineData("mise.toml", "multi-auth/one.json")]
    [InlineData("mise.toml", "secrets/t")]
    [InlineData("skills/own/login.json", "../../auth.json")]
    [InlineData("rules", "multi-auth")]
    [InlineData("x.config.toml", ".env")]
    [InlineData("AGENTS.md", "config.toml")]
    [InlineData("rules", ".")]
    [InlineData("rules", "..")]
    [InlineData("rules", "~")]
    [InlineData("skills/own/all", "../..")]
    [InlineData("AGENTS.md", "~/.ssh/known_hosts")]
    [InlineData("rules", "~/.ssh")]
    [InlineData("rules", "~/.gnupg")]
    [InlineData("AGENTS.md", "~/.aws/credentials")]
    [InlineData("AGENTS.md", "~/.netrc")]
    [InlineData("AGENTS.md", "~/.config/gh/hosts.yml")]
    [InlineData("skills/own/ssh", "~/dotfiles/.ssh")]
    public async Task Link_ToWhatDoesNotLeave_IsLeftOutWithAWarning_WhateverIsListed(string link, string target)
    {
        Link(link, target);
        await AssertStaysAsync(link);
    }

    [Theory]
    [InlineData("../.codexport/master/key.pem")]
    [InlineData("sessions/1.jsonl")]
    [InlineData("auth.json")]
    public async Task Link_ThroughOtherLinks_IsJudgedByItsEnd(string target)
    {
        Directory.CreateSymbolicLink(Path.Combine(_home.Path, "detour"), _home.Codex);
        File.CreateSymbolicLink(Path.Combine(_home.Path, "second"), Path.Combine(_home.Path, "detour", target));
        Link("AGENTS.md", "~/second");
        await AssertStaysAsync("AGENTS.md");
    }

    [Fact]
    public async Task Link_IntoAStateFolderThatLiesElsewhere_IsLeftOut()
    {
        Directory.Move(_home.Context.Home.StateFolder, Path.Combine(_home.Path, "moved"));
        Directory.CreateSymbolicLink(_home.Context.Home.StateFolder, Path.Combine(_home.Path, "moved"));
        Link("AGENTS.md", "~/moved/master/key.pem");
        Link("skills/own/all", "~/moved");
        Link("rules", "~/moved/master");
        await AssertStaysAsync("AGENTS.md", "skills/own/all", "rules");
    }

    [Theory]
    [InlineData(".codexport/local.toml")]
    [InlineData(".codex/history.jsonl")]
    [InlineData(".codex/sessions/1.jsonl")]
    [InlineData(".codex/auth.json")]
    [InlineData(".codex/secrets/t")]
    [InlineData(".codex/.env")]
    [InlineData(".ssh/config")]
    [InlineData(".aws/credentials")]
    [InlineData(".netrc")]
    [InlineData("dotfiles/deploy")]
    public async Task HardLink_ToWhatDoesNotLeave_IsLeftOutWithAWarning(string target)
    {
        File.WriteAllText(Path.Combine(_home.Path, target), "text of " + target);
        if (target == "dotfiles/deploy")
        {
            File.WriteAllText(Path.Combine(_home.Path, target), Key);
        }

        UnixFiles.HardLink(Path.Combine(_home.Path, target), _home["AGENTS.md"]);
        await AssertStaysAsync("AGENTS.md");
    }

    [Fact]
    public async Task HardLink_ToAnythingElse_Leaves()
    {
        UnixFiles.HardLink(Path.Combine(_home.Path, "dotfiles/AGENTS.md"), _home["AGENTS.md"]);
        Assert.Contains("AGENTS.md", await PublishedAsync(new LocalSettings()));
    }

    [Fact]
    public async Task Copy_OfALoginOrKeyOfThisMaster_IsLeftOut()
    {
        var bytes = "no form that anybody knows, and long enough";
        _home.Write("secrets/t", bytes);
        _home.Write("prompts/copy.md", bytes);
        File.Copy(Path.Combine(_home.Path, ".codexport/master/key.pem"), _home["skills/own/notes.md"]);
        File.Copy(_home["auth.json"], _home["RTK.md"]);
        await AssertStaysAsync("prompts/copy.md", "skills/own/notes.md", "RTK.md");
        var included = await PublishedAsync(new LocalSettings { ExportInclude = ["*"] });
        Assert.DoesNotContain("prompts/copy.md", included);
        Assert.DoesNotContain("secrets/t", included);
    }

    [Fact]
    public async Task Copy_OfWhatTheServerKeepsReadyToSend_Leaves()
    {
        // A bundle of one changed file is that file, byte for byte.
        _home.Write("AGENTS.md", "changed a moment ago");
        var prepared = Path.Combine(_home.Context.Home.MasterFolder, "prepared");
        Directory.CreateDirectory(prepared);
        await File.WriteAllTextAsync(Path.Combine(prepared, "bundle"), "changed a moment ago", TestContext.Current.CancellationToken);
        Assert.Contains("AGENTS.md", await PublishedAsync(new LocalSettings()));
    }

    [Fact]
    public async Task LinkedFolder_GivesWhatIsNotSecretInIt()
    {
        Link("rules", "~/dotfiles/skills");
        Link("prompts", "~/dotfiles");
        var published = await PublishedAsync(Wide);
        Assert.Equal(["prompts/AGENTS.md", "prompts/skills/a/SKILL.md", "rules/a/SKILL.md"], published.Where(path => path.StartsWith("rules/", StringComparison.Ordinal) || path.StartsWith("prompts/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task LinkedFolderOfTheHome_GivesWhatLeavesByItself()
    {
        Link("prompts", "agents");
        Link("rules", "skills");
        var published = await PublishedAsync(new LocalSettings());
        Assert.Equal(["prompts/a.toml", "prompts/readme.md", "rules/own/SKILL.md"], published.Where(path => path.StartsWith("rules/", StringComparison.Ordinal) || path.StartsWith("prompts/", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("AGENTS.md", "~/dotfiles/AGENTS.md", "~/dotfiles", false)]
    [InlineData("skills/a", "~/dotfiles/skills/a", "~/dotfiles/skills/a", false)]
    [InlineData("prompts", "~/dotfiles/skills", "~/dotfiles", true)]
    [InlineData("AGENTS.md", "~/agents.txt", "~/agents.txt", false)]
    [InlineData("rules", "~/dotfiles", "~/dotfiles", false)]
    public async Task Link_IntoAnUnlistedFolder_IsLeftOut_AndTheFindingNamesTheLineToWrite(string link, string target, string folder, bool isRepository)
    {
        File.WriteAllText(Path.Combine(_home.Path, "agents.txt"), "x");
        if (isRepository)
        {
            Directory.CreateDirectory(Path.Combine(_home.Path, "dotfiles/.git"));
        }

        Link(link, target);
        var scan = _home.Scan();
        Assert.DoesNotContain(scan.Files, file => file.Path.StartsWith(link, StringComparison.Ordinal));
        var found = Assert.Single(scan.LinkedFolders);
        Assert.Equal((folder, link), (found.Folder, Assert.Single(found.Links)));
        Assert.Contains($"roots = [\"{folder}\"] under [export]", Assert.Single(scan.Warnings), StringComparison.Ordinal);
        var listed = await PublishedAsync(new LocalSettings { ExportRoots = [folder] });
        Assert.Contains(listed, path => path.StartsWith(link, StringComparison.Ordinal));
    }

    [Fact]
    public void Link_ToAnotherUsersFile_IsLeftOut()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can give a file to another user.");
        var path = Path.Combine(_home.Path, "dotfiles/AGENTS.md");
        UnixFiles.GiveAway(path);
        Link("AGENTS.md", "~/dotfiles/AGENTS.md");
        Assert.Contains("belongs to another user", Assert.Single(_home.Scan(Wide).Warnings), StringComparison.Ordinal);
    }

    public void Dispose() => _home.Dispose();

    private void Link(string link, string target)
    {
        var path = _home[link];
        File.Delete(path);
        File.CreateSymbolicLink(path, target.Replace("/~", _home.Path, StringComparison.Ordinal).Replace("~", _home.Path, StringComparison.Ordinal));
    }

    private async Task AssertStaysAsync(params string[] paths)
    {
        foreach (var settings in new[] { new LocalSettings(), Wide, Wide with { ExportInclude = ["**"] }, Wide with { Admission = Admission.Open } })
        {
            // Where the settings include everything, what else lies in the home leaves by itself.
            if (settings.ExportInclude.Count > 0 && paths.Any(path => path is "RTK.md" or "prompts"))
            {
                continue;
            }

            var (published, warnings) = await BuildAsync(settings);
            foreach (var path in paths)
            {
                Assert.DoesNotContain(published, file => file == path || file.StartsWith(path + "/", StringComparison.Ordinal));
                Assert.Contains(warnings, warning => warning.Contains(path, StringComparison.Ordinal));
            }
        }
    }

    private async Task<IReadOnlyList<string>> PublishedAsync(LocalSettings settings) => (await BuildAsync(settings)).Paths;

    private async Task<(IReadOnlyList<string> Paths, IReadOnlyList<string> Warnings)> BuildAsync(LocalSettings settings)
    {
        var builder = new RevisionBuilder(_home.Context, settings, Limits.Default);
        var build = await builder.BuildAsync(published: null, HomeChanges.Everything, TestContext.Current.CancellationToken);
        return ([.. build.Files.Select(file => file.Path)], build.Warnings);
    }
}
