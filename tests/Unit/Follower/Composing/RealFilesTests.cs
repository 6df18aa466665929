using System.Text;
using System.Text.Json.Nodes;
using Codexport.Engine.Apply;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Compose;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Settings;
using Codexport.Engine.Toml;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Follower.Composing;

/// <summary>Followers as people have them: homes with spaces, comments, other tools' marks, links, line ends.</summary>
public sealed class RealFilesTests
{
    private static readonly MachinePaths Bob = new(PathStyle.Unix, "macos", "/Users/Bob Smith", "/Users/Bob Smith/.codex");

    // hooks.json and [hooks]: quoted where it is read, trusted under the hash of what stands there.
    [Theory]
    [InlineData("${codexDir}/hooks/guard.sh", "'/Users/Bob Smith/.codex'/hooks/guard.sh")]
    [InlineData("\"${codexDir}/hooks/guard.sh\" -x", "\"/Users/Bob Smith/.codex/hooks/guard.sh\" -x")]
    [InlineData("sh -c 'exec ${home}/bin/s'", "sh -c 'exec '\\''/Users/Bob Smith'\\''/bin/s'")]
    [InlineData("bash -lc \"exec ${home}/bin/s\"", "bash -lc \"exec '/Users/Bob Smith'/bin/s\"")]
    [InlineData("~/.codex/hooks/guard.sh", "~/.codex/hooks/guard.sh")]
    public async Task Hook_IsQuotedForItsShell_AndTrustedAsItStands(string portable, string expected)
    {
        foreach (var file in new[] { "hooks.json", "config.toml" })
        {
            using var rig = new FollowerRig(machine: Bob);
            rig.TrustedHooks.Add(HookTrust.Hash(new HookHandler("PreToolUse", 0, 0, "Bash") { Command = portable }, PathStyle.Unix)!);
            await rig.Master(file, Hook(file, portable)).Sync();
            var handler = Assert.Single(Handlers(rig, file));
            Assert.Equal(expected, handler.Command);
            var state = TomlHooks.ReadStates(TomlDocument.Parse(rig["config.toml"]!).Root)[$"/Users/Bob Smith/.codex/{file}:pre_tool_use:0:0"];
            Assert.Equal(HookTrust.Hash(handler, PathStyle.Unix), state.TrustedHash);
            await rig.AssertSettled();
        }
    }

    [Theory]
    [InlineData("hooks.json")]
    [InlineData("config.toml")]
    public async Task Hook_WhoseCommandCannotBeQuoted_IsLeftOut_AndTheOthersKeepTheirTrust(string file)
    {
        using var rig = new FollowerRig(machine: Bob);
        string[] commands = ["first", "`${codexDir}/hooks/guard.sh`", "${codexDir}/last"];
        rig.TrustedHooks.AddRange(commands.Select(command => HookTrust.Hash(new HookHandler("PreToolUse", 0, 0, "Bash") { Command = command }, PathStyle.Unix)!));
        var composed = await rig.Master(file, Hook(file, commands)).Sync();
        Assert.Equal(["first", "'/Users/Bob Smith/.codex'/last"], Handlers(rig, file).Select(handler => handler.Command));
        Assert.Contains(composed.Warnings, warning => warning.Contains("left out", StringComparison.Ordinal) && warning.Contains("PreToolUse", StringComparison.Ordinal));
        var states = TomlHooks.ReadStates(TomlDocument.Parse(rig["config.toml"]!).Root);
        Assert.Equal(Handlers(rig, file).Select(handler => HookTrust.Hash(handler, PathStyle.Unix)).Order(), states.Values.Select(state => state.TrustedHash).Order());
        await rig.AssertSettled();
    }

    public static TheoryData<string, string> Lists => new()
    {
        { "args = [\"-c\", \"exec ${home}/bin/s\"]", "exec '/Users/Bob Smith'/bin/s" },
        { "args = [\"-lc\", \"cd '${home}/w' && run\"]", "cd '/Users/Bob Smith/w' && run" },
        { "args = [\"-c\", \"$0 \\\"$@\\\"\", \"${home}/bin/s\"]", "/Users/Bob Smith/bin/s" },
        { "args = [\"${home}/bin/s.sh\"]", "/Users/Bob Smith/bin/s.sh" },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task Argument_ThatAShellReads_IsQuoted_AndOneThatNoneReadsIsNot(string args, string expected)
    {
        using var rig = new FollowerRig(machine: Bob);
        await rig.Master("config.toml", $"[mcp_servers.s]\ncommand = \"/bin/sh\"\n{args}\n").Sync();
        Assert.Equal(expected, ((TomlList)TomlDocument.Parse(rig["config.toml"]!).Root.Find(["mcp_servers", "s", "args"])!)[^1].AsString());
        await rig.AssertSettled();
    }

    [Theory]
    [InlineData("notify = [\"sh\", \"-c\", \"${home}/bin/n\"]", "'/Users/Bob Smith'/bin/n")]
    [InlineData("notify = [\"env\", \"A=1\", \"bash\", \"-lc\", \"exec ${home}/bin/n\"]", "exec '/Users/Bob Smith'/bin/n")]
    [InlineData("notify = [\"${home}/bin/n\"]", "/Users/Bob Smith/bin/n")]
    [InlineData("notify = [\"python3\", \"${home}/n.py\"]", "/Users/Bob Smith/n.py")]
    [InlineData("notify = [\"pwsh\", \"-Command\", \"& '${home}/n.ps1'\"]", "& '/Users/Bob Smith/n.ps1'")]
    public async Task Notify_IsQuotedWhereAShellReadsIt(string notify, string expected)
    {
        using var rig = new FollowerRig(machine: Bob);
        await rig.Master("config.toml", notify + "\n").Sync();
        Assert.Equal(expected, ((TomlList)TomlDocument.Parse(rig["config.toml"]!).Root["notify"]!)[^1].AsString());
    }

    [Fact]
    public async Task Server_WhoseScriptCannotBeQuoted_IsLeftOutAndNamed_AndGoesFromWhereItWas()
    {
        using var rig = new FollowerRig(machine: Bob);
        await rig.Master("config.toml", "[mcp_servers.s]\ncommand = \"sh\"\nargs = [\"-c\", \"s\"]\n\n[mcp_servers.t]\ncommand = \"t\"\n").Sync();
        var composed = await rig.Master("config.toml", "notify = [\"sh\", \"-c\", \"`${home}/n`\"]\n\n[mcp_servers.s]\ncommand = \"sh\"\nargs = [\"-c\", \"`${home}/s`\"]\n\n[mcp_servers.t]\ncommand = \"t\"\n").Sync();
        Assert.Equal("[mcp_servers.t]\ncommand = \"t\"\n", rig["config.toml"]!.TrimStart());
        Assert.Contains(composed.Warnings, warning => warning.StartsWith("'mcp_servers.s'", StringComparison.Ordinal));
        Assert.Contains(composed.Warnings, warning => warning.StartsWith("'notify'", StringComparison.Ordinal));
        await rig.AssertSettled();
    }

    [Theory]
    [InlineData("model = \"a\"\n\n[mcp_servers]\n", "model = \"a\"\n\n[mcp_servers]\n\n[mcp_servers.mine]\ncommand = \"m\"\n")]
    [InlineData("[mcp_servers]\n", "[mcp_servers.mine]\ncommand = \"m\"\n")]
    [InlineData("[tui]\n", "[tui]\ntheme = \"x\"\n")]
    [InlineData("tui = {}\n", "tui = { theme = \"x\" }\n")]
    [InlineData("[tui]\n\n[features]\n", "[features]\na = true\n")]
    [InlineData("[a.b]\n", "[a.b.c]\nd = 1\n")]
    public async Task Adding_BelowAnEmptyTable_IsNotDrift(string master, string follower)
    {
        using var rig = new FollowerRig { Settings = new LocalSettings { OnDrift = DriftPolicy.Fail } };
        await rig.Master("config.toml", master).Sync();
        rig["config.toml"] = follower;
        Assert.Empty((await rig.Sync()).Drift);
        var composed = await rig.Master("config.toml", "new = 1\n" + master).Sync();
        Assert.Empty(composed.Drift);
        var result = TomlDocument.Parse(rig["config.toml"]!).Root;
        Assert.All(ConfigUnits.Of(TomlDocument.Parse(follower).Root).Keys, key => Assert.NotNull(result.Find(key.Path)));
        Assert.Equal(1, result["new"]!.AsInteger());
        await rig.AssertSettled();
    }

    // Master before and after, what the follower has, and what must be in the result.
    public static TheoryData<string, string, string, string> Remarks => new()
    {
        { "[mcp_servers.x]\ncommand = \"x\"\n", "new = 1\n\n[mcp_servers.x]\ncommand = \"x\"\n", "[mcp_servers.x] # work account\ncommand = \"x\"\n", "[mcp_servers.x] # work account\n" },
        { "[mcp_servers.x]\ncommand = \"x\"\n", "[mcp_servers.x]\ncommand = \"y\"\n", "[mcp_servers.x] # work account\ncommand = \"x\"\n", "[mcp_servers.x] # work account\n" },
        { "[tui]\nanimations = true\n", "[tui]\nanimations = true\ntheme = \"t\"\n", "tui.animations = true # why\n", "animations = true # why\n" },
        { "[tui]\nanimations = true\n", "[tui]\nanimations = false\n", "tui.animations = true # why\n", "animations = false # why\n" },
        { "tui.animations = true\n", "tui.animations = true\na = 1\n", "[tui] # mine\nanimations = true # why\n", "tui.animations = true # why\n" },
        { "[mcp_servers.x]\ncommand = \"x\"\n", "a = 1\n\n[mcp_servers.x]\ncommand = \"x\"\n", "# ==== servers ====\n[mcp_servers]\n\n[mcp_servers.x]\ncommand = \"x\"\n", "# ==== servers ====\n[mcp_servers.x]\n" },
        { "[tui]\na = 1\n", "[tui]\na = 1\nb = 2\n", "tui = { a = 1 } # inline\n", "# inline" },
        { "a = [1, 2]\n", "a = [1, 2, 3]\n", "a = [\n  1, # one\n  2,\n]\n", "# one" },
        { "a = 1\n", "a = 1\nb = 2\n", "# my head\n\na = 1\n# my end\n", "# my end" },
        { "[[skills.config]]\npath = \"p\"\n", "x = 1\n\n[[skills.config]]\npath = \"p\"\n", "[[skills.config]] # this one\npath = \"p\" # and why\n", "[[skills.config]] # this one\npath = \"p\" # and why\n" },
    };

    [Theory]
    [MemberData(nameof(Remarks))]
    public async Task Comment_OfThePerson_SurvivesTheMastersChange(string before, string after, string follower, string kept)
    {
        foreach (var newLine in new[] { "\n", "\r\n" })
        {
            using var rig = new FollowerRig();
            await rig.Master("config.toml", before).Sync();
            rig["config.toml"] = follower.ReplaceLineEndings(newLine);
            await rig.Master("config.toml", after).Sync();
            Assert.Contains(kept.ReplaceLineEndings(newLine), rig["config.toml"]!, StringComparison.Ordinal);
            await rig.AssertSettled();
            var once = rig["config.toml"];
            await rig.Master("config.toml", after + "\n[more]\nz = 1\n").Sync();
            await rig.Master("config.toml", after).Sync();
            Assert.Contains(kept.ReplaceLineEndings(newLine), rig["config.toml"]!, StringComparison.Ordinal);
            Assert.Equal(once!.Split('#').Length, rig["config.toml"]!.Split('#').Length);
        }
    }

    [Fact]
    public async Task Comment_WhoseSubjectTheMasterRemoved_IsNamed_AndInTheBackup()
    {
        using var rig = new FollowerRig();
        await rig.Master("config.toml", "a = 1\n\n[tui]\nb = 2\n").Sync();
        rig["config.toml"] = "a = 1\n\n# why I like it\n[tui]\nb = 2 # api_key = sk-123456\n";
        var composed = await rig.Master("config.toml", "a = 1\n").Sync();
        Assert.DoesNotContain("why I like it", rig["config.toml"]!, StringComparison.Ordinal);
        var warning = Assert.Single(composed.Warnings);
        Assert.Contains("# why I like it", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-123456", warning, StringComparison.Ordinal);
        Assert.Contains(
            Directory.EnumerateFiles(rig.Context.Home.BackupsFolder, "config.toml", SearchOption.AllDirectories), file => File.ReadAllText(file).Contains("why I like it", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("# --- begin tool block ---", "# --- end tool block ---")]
    [InlineData("# >>> tool >>>", "# <<< tool <<<")]
    [InlineData("# BEGIN ANSIBLE MANAGED BLOCK", "# END ANSIBLE MANAGED BLOCK")]
    public async Task MarksOfAnotherTool_StayAroundWhatTheyEnclose(string begin, string end)
    {
        const string Canonical = "model = \"a\"\n\n[mcp_servers.canon]\ncommand = \"c\"\n";
        var block = $"{begin}\n[mcp_servers.tool]\ncommand = \"t\"\n\n[notice]\nhide = true\n{end}\n";
        foreach (var follower in new[] { $"model = \"a\"\n\n{block}\n[mcp_servers.canon]\ncommand = \"c\"\n", $"{Canonical}\n{block}" })
        {
            using var rig = new FollowerRig();
            await rig.Master("config.toml", Canonical).Sync();
            rig["config.toml"] = follower;
            await rig.Master("config.toml", Canonical + "\n[tui]\nnew = 1\n\n[features]\nb = true\n").Sync();
            Assert.Contains(block, rig["config.toml"]!, StringComparison.Ordinal);
            await rig.AssertSettled();
        }
    }

    [Fact]
    public async Task CommentRightBelowALocalTable_StaysThere()
    {
        using var rig = new FollowerRig();
        await rig.Master("config.toml", "a = 1\n").Sync();
        rig["config.toml"] = "a = 1\n\n[notice]\nhide = true\n# hide = false\n";
        await rig.Master("config.toml", "a = 1\n\n[tui]\nb = 1\n").Sync();
        Assert.Contains("[notice]\nhide = true\n# hide = false\n", rig["config.toml"]!, StringComparison.Ordinal);
        await rig.AssertSettled();
    }

    [Theory]
    [InlineData("config.toml", "a = 1\r\nmine = 2\r\n", "a = 1\n", "a = 1\nb = \"\"\"\nx\ny\"\"\"\n")]
    [InlineData("hooks.json", "{\r\n  \"hooks\": { \"Stop\": [{\"hooks\":[{\"type\":\"command\",\"command\":\"mine\"}]}] }\r\n}\r\n", "{}", "{\"hooks\":{\"Stop\":[{\"hooks\":[{\"type\":\"command\",\"command\":\"a\"}]}]}}")]
    public async Task LineEnds_OfTheFollower_StayTheOnlyOnes(string file, string follower, string before, string after)
    {
        using var rig = new FollowerRig();
        await rig.Master(file, before).Sync();
        rig[file] = follower;
        await rig.Master(file, after).Sync();
        var text = rig[file]!;
        Assert.Contains(file == "config.toml" ? "mine = 2" : "\"mine\"", text, StringComparison.Ordinal);
        Assert.Equal(text.Count(letter => letter == '\n') - (file == "config.toml" ? 2 : 0), text.AsSpan().Count("\r\n"));
        if (file == "config.toml")
        {
            Assert.Equal("x\ny", TomlDocument.Parse(text).Root["b"]!.AsString());
        }

        await rig.AssertSettled();
    }

    [Fact]
    public async Task Adopt_ReplacesALinkOfAgentsMd_AndNeverWhatItLeadsTo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        using var rig = new FollowerRig();
        var other = Path.Combine(rig.Context.Home.UserHome, ".claude", "CLAUDE.md");
        Directory.CreateDirectory(Path.GetDirectoryName(other)!);
        await File.WriteAllTextAsync(other, "theirs", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(rig.Absolute("AGENTS.md"), "../.claude/CLAUDE.md");
        rig.Master("AGENTS.md", "master");
        var error = await rig.Refused();
        Assert.Equal(ErrorCode.AdoptionRequired, error.Code);
        Assert.Contains(other, error.Message, StringComparison.Ordinal);
        await rig.Sync(adopt: true);
        Assert.Equal(("master", "theirs"), (rig["AGENTS.md"], await File.ReadAllTextAsync(other, TestContext.Current.CancellationToken)));
        Assert.Null(new FileInfo(rig.Absolute("AGENTS.md")).LinkTarget);
        Assert.Contains(Directory.EnumerateFiles(rig.Context.Home.BackupsFolder, "AGENTS.md", SearchOption.AllDirectories), file => File.ReadAllText(file) == "theirs");
        await rig.AssertSettled();

        // What was adopted while equal is a link still: the next text of the master's replaces the link too.
        File.Delete(rig.Absolute("AGENTS.md"));
        await File.WriteAllTextAsync(other, "master", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(rig.Absolute("AGENTS.md"), other);
        await rig.Master("AGENTS.md", "second").Sync();
        Assert.Equal(("second", "master"), (rig["AGENTS.md"], await File.ReadAllTextAsync(other, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task LinkedFolders_AreAllNamedAtOnce_WithWhereTheyLead_AlsoWithAdopt()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        using var rig = new FollowerRig();
        using var elsewhere = new TemporaryFolder();
        foreach (var name in new[] { "skills", "prompts" })
        {
            Directory.CreateDirectory(elsewhere[name]);
            Directory.CreateSymbolicLink(rig.Absolute(name), elsewhere[name]);
        }

        rig.Master("skills/a/SKILL.md", "x").Master("skills/b/SKILL.md", "x").Master("prompts/p.md", "x").Master("AGENTS.md", "x");
        foreach (var adopt in new[] { false, true })
        {
            var error = await rig.Refused(adopt);
            Assert.Equal(ErrorCode.PathBlocked, error.Code);
            Assert.Contains($"'prompts', which leads to '{elsewhere["prompts"]}'", error.Message, StringComparison.Ordinal);
            Assert.Contains($"'skills', which leads to '{elsewhere["skills"]}'", error.Message, StringComparison.Ordinal);
            Assert.Equal(2, error.Details.Count);
            Assert.Empty(Directory.GetFileSystemEntries(elsewhere["skills"]));
        }
    }

    [Fact]
    public async Task Link_IntoAPlaceWhereNothingCanBeWritten_IsNamedWithWhereItLeads_BeforeAnythingIsWritten()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a right there that not every account has.");
        using var rig = new FollowerRig();
        using var store = new TemporaryFolder();
        await File.WriteAllTextAsync(store["config.toml"], "model = \"a\"\n", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(rig.Absolute("config.toml"), store["config.toml"]);
        rig.Context = rig.Context with { Files = new ReadOnlyPlace(rig.Context.Files, store.Path) };
        var refusal = (await rig.Master("config.toml", "model = \"b\"\n").Master("AGENTS.md", "one").Compose()).Refusal;
        Assert.Equal((ErrorCode.FileUnwritable, rig.Absolute("config.toml")), (refusal!.Code, refusal.Target));
        Assert.Contains($"a link to '{store["config.toml"]}'", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>A store of a package manager: what is in it can be read.</summary>
    private sealed class ReadOnlyPlace(IFileSystem disk, string place) : DelegatingFileSystem(disk)
    {
        public override bool CanWriteIn(string folder) => folder != place && base.CanWriteIn(folder);

        public override IConfinedFileSystem Confine(IReadOnlyList<string> roots) => Inner.Confine(roots);
    }

    [Fact]
    public async Task HardLink_IsNamed_AndTheOtherNameKeepsItsText()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The test makes the link with a program of Linux.");
        using var rig = new FollowerRig();
        await rig.Master("AGENTS.md", "one").Sync();
        using (var link = System.Diagnostics.Process.Start("ln", [rig.Absolute("AGENTS.md"), rig.Absolute("../other.md")]))
        {
            await link.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var composed = await rig.Master("AGENTS.md", "two").Sync();
        Assert.Contains(composed.Warnings, warning => warning.Contains("'AGENTS.md'", StringComparison.Ordinal) && warning.Contains("hard link", StringComparison.Ordinal));
        Assert.Equal(("two", "one"), (rig["AGENTS.md"], await File.ReadAllTextAsync(rig.Absolute("../other.md"), TestContext.Current.CancellationToken)));
    }

    // What the follower's programs wrote, against what a master may still send.
    [Theory]
    [InlineData("[tui.model_availability_nux]\nm = 1\n", "[tui.model_availability_nux]\nm = 4\n")]
    [InlineData("[tui]\nscreen_reader_detection_done = true\n", "[tui]\nscreen_reader_detection_done = false\n")]
    [InlineData("[mcp_servers.node_repl]\ncommand = \"a\"\nenv = { V = \"1\" }\n", "[mcp_servers.node_repl]\ncommand = \"a\"\nenv = { V = \"2\" }\n")]
    public async Task KeyThatAProgramWrote_IsNeitherDriftNorConflict(string master, string follower)
    {
        using var rig = new FollowerRig { Settings = new LocalSettings { OnDrift = DriftPolicy.Fail } };
        rig["config.toml"] = follower;
        var composed = await rig.Master("config.toml", "model = \"a\"\n\n" + master).Sync();
        Assert.Empty(composed.Drift);
        Assert.Contains(follower.TrimEnd().Split('\n')[^1], rig["config.toml"]!, StringComparison.Ordinal);
        await rig.AssertSettled();

        // A master that sends it no longer takes nothing away.
        Assert.Empty((await rig.Master("config.toml", "model = \"b\"\n").Sync()).Drift);
        Assert.Contains(follower.TrimEnd().Split('\n')[^1], rig["config.toml"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Value_InTheOtherSpellingOfALinkedHome_IsNotDrift()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        using var real = new TemporaryFolder();
        var machine = new MachinePaths(PathStyle.Unix, "linux", "/home/bob", "/home/bob/.codex") { Resolved = ("/var/bob", "/var/bob/.codex") };
        using var rig = new FollowerRig(machine: machine) { Settings = new LocalSettings { OnDrift = DriftPolicy.Fail } };
        await rig.Master("config.toml", "file = \"${home}/x\"\n\n[mcp_servers.s]\ncommand = \"${home}/s\"\n").Sync();
        rig["config.toml"] = rig["config.toml"]!.Replace("/home/bob", "/var/bob", StringComparison.Ordinal);
        Assert.Empty((await rig.Sync()).Drift);
        Assert.Empty((await rig.Master("config.toml", "new = 1\nfile = \"${home}/x\"\n\n[mcp_servers.s]\ncommand = \"${home}/s\"\n").Sync()).Drift);
        await rig.AssertSettled();
    }

    [Fact]
    public async Task Skill_InTheOtherSpellingOfALinkedHome_IsTheSameSkill()
    {
        var machine = new MachinePaths(PathStyle.Unix, "linux", "/home/bob", "/home/bob/.codex") { Resolved = ("/var/bob", "/var/bob/.codex") };
        using var rig = new FollowerRig(machine: machine) { Settings = new LocalSettings { OnDrift = DriftPolicy.Fail } };
        const string Skills = "[[skills.config]]\npath = \"${home}/s/SKILL.md\"\nenabled = true\n\n[[skills.config]]\npath = \"/other/SKILL.md\"\nenabled = true\n";
        await rig.Master("config.toml", Skills).Sync();
        rig["config.toml"] = rig["config.toml"]!.Replace("/home/bob", "/var/bob", StringComparison.Ordinal);
        Assert.Empty((await rig.Sync()).Drift);
        rig["config.toml"] = rig["config.toml"]!.Replace("/home/bob", "/var/bob", StringComparison.Ordinal);
        Assert.Empty((await rig.Master("config.toml", "new = 1\n\n" + Skills).Sync()).Drift);
        var list = (TomlList)TomlDocument.Parse(rig["config.toml"]!).Root.Find(["skills", "config"])!;
        Assert.Equal(["/home/bob/s/SKILL.md", "/other/SKILL.md"], list.Select(item => ((TomlTable)item)["path"]!.AsString()));
        await rig.AssertSettled();
    }

    // A backup of the text alone would leave the person with a copy that goes its own ways.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restore_BringsBackTheLink_AsItWasWritten_UnlessItLeadsNowhereNow(bool isGone)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        using var rig = new FollowerRig();
        var token = TestContext.Current.CancellationToken;
        var other = Path.Combine(rig.Context.Home.UserHome, ".claude", "CLAUDE.md");
        Directory.CreateDirectory(Path.GetDirectoryName(other)!);
        await File.WriteAllTextAsync(other, "theirs", token);
        File.CreateSymbolicLink(rig.Absolute("AGENTS.md"), "../.claude/CLAUDE.md");
        await rig.Master("AGENTS.md", "master").Sync(adopt: true);
        Assert.Null(new FileInfo(rig.Absolute("AGENTS.md")).LinkTarget);
        if (isGone)
        {
            File.Delete(other);
        }

        var backups = new BackupStore(rig.Context);
        var plan = backups.PlanRestore(Assert.Single(backups.List()).Name, AppliedStateCodec.FilePath(rig.Context.Home), PlannedChanges.Of);
        await backups.RestoreAsync(plan, token);
        Assert.Equal((isGone ? null : "../.claude/CLAUDE.md", "theirs"), (new FileInfo(rig.Absolute("AGENTS.md")).LinkTarget, rig["AGENTS.md"]));
        Assert.DoesNotContain(Directory.EnumerateFiles(rig.Context.Home.CodexFolder), file => AtomicFile.IsTemporaryName(Path.GetFileName(file)));
    }

    // The desktop application puts its own program there at each start.
    [Theory]
    [InlineData("notify = [\"/Applications/Codex.app/Contents/MacOS/notifier\", \"turn-ended\"]\n", true)]
    [InlineData("notify = ['C:\\Program Files\\WindowsApps\\OpenAI.Codex_1\\notifier.exe']\n", true)]
    [InlineData("notify = [\"/home/bob/bin/notify\"]\n", false)]
    public async Task Notify_OfAnApplication_IsNotDrift_AndAnyOtherIs(string follower, bool isOfProgram)
    {
        using var rig = new FollowerRig();
        await rig.Master("config.toml", "notify = [\"say\", \"done\"]\n").Sync();
        rig["config.toml"] = follower;
        var composed = await rig.Sync();
        Assert.Equal(isOfProgram ? 0 : 1, composed.Drift.Count);
        Assert.Equal(isOfProgram, rig["config.toml"] == follower);
        await rig.AssertSettled();
    }

    private static IReadOnlyList<HookHandler> Handlers(FollowerRig rig, string file) => file == "hooks.json"
        ? HooksFile.Parse(Encoding.UTF8.GetBytes(rig[file]!), file).Handlers
        : TomlHooks.ReadHandlers(TomlDocument.Parse(rig[file]!).Root);

    private static string Hook(string file, params string[] commands)
    {
        if (file == "hooks.json")
        {
            return new JsonObject
            {
                ["hooks"] = new JsonObject
                {
                    ["PreToolUse"] = new JsonArray(new JsonObject
                    {
                        ["matcher"] = "Bash",
                        ["hooks"] = new JsonArray([.. commands.Select(JsonNode (command) => new JsonObject { ["type"] = "command", ["command"] = command })]),
                    }),
                },
            }.ToJsonString();
        }

        var document = TomlDocument.Parse("[[hooks.PreToolUse]]\nmatcher = \"Bash\"\n");
        foreach (var command in commands)
        {
            var table = document.AppendTable(["hooks", "PreToolUse", 0, "hooks"]);
            document.Set(table.Path.Append("type"), "command");
            document.Set(table.Path.Append("command"), command);
        }

        return document.ToString();
    }
}
