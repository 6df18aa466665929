using Codexport.Engine.Errors;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Results;

namespace Codexport.Tests.Master.Groups;

public sealed class GroupTests : IDisposable
{
    private const string Token = "ghp_" + "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1zA2";

    private readonly MasterHome _home = new();

    private MasterOperations Master => new(_home.Context);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Overlay_LiesOverWhatEverybodyGets_AsAFollowersOverridesDo()
    {
        _home.Write("AGENTS.md", "for all");
        _home.Write("config.toml", "# ours\nmodel = \"m\"\n[mcp_servers.a]\ncommand = \"a\"\nargs = [\"1\"]\n[tui]\nnotifications = true\n");
        _home.Write("skills/one/SKILL.md", "one");
        _home.Write("skills/one/more.md", "more");
        _home.Write("skills/two/SKILL.md", "two");
        _home.WriteGroup("lab", "AGENTS.md", "for the lab");
        _home.WriteGroup("lab", "config.toml", $"model = \"n\"\n[mcp_servers.a]\ncommand = \"{_home.Codex}/b\"\n[mcp_servers.c]\ncommand = \"c\"\n");
        _home.WriteGroup("lab", "skills/one/SKILL.md", "lab's one");
        _home.WriteGroup("lab", "skills/three/SKILL.md", "three");
        var first = await _home.InitializeAsync();
        var lab = Group("lab");

        Assert.NotEqual(first.Revision, lab);
        Assert.Equal(["AGENTS.md", "config.toml", "skills/one/SKILL.md", "skills/one/more.md", "skills/two/SKILL.md"], Paths(first.Revision));
        Assert.Equal(["AGENTS.md", "config.toml", "skills/one/SKILL.md", "skills/three/SKILL.md", "skills/two/SKILL.md"], Paths(lab));
        Assert.Equal("for all", _home.PublishedText(first.Revision, "AGENTS.md"));
        Assert.Equal("for the lab", _home.PublishedText(lab, "AGENTS.md"));
        Assert.Equal("lab's one", _home.PublishedText(lab, "skills/one/SKILL.md"));
        var config = _home.PublishedText(lab, "config.toml");
        Assert.Contains("# ours", config, StringComparison.Ordinal);
        Assert.Contains("model = \"n\"", config, StringComparison.Ordinal);
        Assert.Contains("notifications = true", config, StringComparison.Ordinal);
        Assert.Contains("command = \"${codexDir}/b\"", config, StringComparison.Ordinal);
        Assert.DoesNotContain("args", config, StringComparison.Ordinal);
        Assert.Contains("[mcp_servers.c]", config, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exclude_KeepsFilesFromAGroupAlone()
    {
        _home.Settings("[groups.guests]\nexclude = [\"skills/inner/**\", \"RTK.md\"]\n");
        _home.Write("AGENTS.md", "a");
        _home.Write("RTK.md", "r");
        _home.Write("skills/inner/SKILL.md", "i");
        _home.Write("skills/outer/SKILL.md", "o");
        var first = await _home.InitializeAsync();
        Assert.Equal(4, first.Files);
        Assert.Equal(["AGENTS.md", "skills/outer/SKILL.md"], Paths(Group("guests")));
        Assert.Equal(["guests"], (await Master.GetGroupsAsync(Stop)).Select(group => group.Name));
    }

    [Fact]
    public async Task ChangeOfAGroupAlone_IsPublished_AndBothContentsAreKept()
    {
        _home.Write("AGENTS.md", "a");
        _home.WriteGroup("lab", "AGENTS.md", "one");
        var first = await _home.InitializeAsync();
        var before = Group("lab");
        _home.WriteGroup("lab", "AGENTS.md", "two");
        var second = await _home.RebuildAsync();
        Assert.Equal((RebuildStatus.Published, first.Revision), (second.Status, second.Revision));
        Assert.Equal(["lab"], second.Groups);
        Assert.Equal("two", _home.PublishedText(Group("lab"), "AGENTS.md"));
        Assert.Equal("one", _home.PublishedText(before, "AGENTS.md"));
        Assert.Equal(RebuildStatus.Current, (await _home.RebuildAsync()).Status);

        // A group that is gone: its followers get what everybody gets.
        Directory.Delete(Path.Combine(_home.Context.Home.StateFolder, "groups", "lab"), recursive: true);
        Assert.Equal(RebuildStatus.Published, (await _home.RebuildAsync()).Status);
        Assert.Empty(_home.Revisions.List()[^1].Groups);
        Assert.False(File.Exists(RingBook.PathOf(_home.Context)), "Without groups and rings nothing is left of them.");
    }

    [Fact]
    public async Task WithoutGroupsAndRings_NothingIsWrittenThatAnEarlierVersionDoesNotKnow()
    {
        _home.Write("AGENTS.md", "a");
        await _home.InitializeAsync();
        _home.Write("AGENTS.md", "b", DateTime.UtcNow);
        await _home.RebuildAsync();
        Assert.False(File.Exists(RingBook.PathOf(_home.Context)));
        Assert.DoesNotContain("groups", await File.ReadAllTextAsync(Path.Combine(_home.Context.Home.MasterFolder, "revisions", "index.json"), Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gate_JudgesTheOverlay_ButNotTwiceWhatEverybodyGets()
    {
        _home.Write("AGENTS.md", "a");
        _home.Write("config.toml", "model = \"m\"\n");
        _home.WriteGroup("lab", "config.toml", "model = \"n\"\n");
        await _home.InitializeAsync();
        _home.Write("config.toml", "model = \"m\"\n[mcp_servers.s]\ncommand = \"npx\"\nargs = [\"s\"]\n", DateTime.UtcNow);
        _home.WriteGroup("lab", "prompts/p.md", Token);
        var compared = await Master.CompareAsync("lab", Stop);
        Assert.Equal(
            [(ScanRule.NetworkCommand, "config.toml"), (ScanRule.LiteralToken, "groups/lab/prompts/p.md")],
            compared.Findings.Select(finding => (finding.Rule, finding.Path)));
        Assert.Equal(ErrorCode.FindingsHeld, (await Assert.ThrowsAsync<CodexportException>(() => _home.RebuildAsync())).Code);
        Assert.Equal(RebuildStatus.Published, (await Master.RebuildAsync(new RebuildOptions { AcceptFindings = true }, Stop)).Status);
    }

    [Fact]
    public async Task Compare_OfAGroup_ShowsWhatItsFollowersWouldGet()
    {
        _home.Settings("publish = \"review\"\n");
        _home.Write("AGENTS.md", "a");
        _home.WriteGroup("lab", "AGENTS.md", "one");
        await _home.InitializeAsync();
        _home.WriteGroup("lab", "AGENTS.md", "two");
        var compared = await Master.CompareAsync("lab", Stop);
        Assert.Equal((BundleState.Waiting, "lab", Group("lab")), (compared.State, compared.Group, compared.Revision));
        Assert.Equal("AGENTS.md", Assert.Single(compared.Changes).Path);
        Assert.Empty((await Master.CompareAsync(Stop)).Changes);
        Assert.Equal(ErrorCode.GroupNotFound, (await Assert.ThrowsAsync<CodexportException>(() => Master.CompareAsync("other", Stop))).Code);
    }

    [Fact]
    public async Task WhatDoesNotLeave_DoesNotLeaveThroughAGroup()
    {
        _home.Write("AGENTS.md", "a");
        _home.WriteGroup("lab", "auth.json", "{\"OPENAI_API_KEY\":\"x\"}");
        _home.WriteGroup("lab", "skills/k/id_rsa", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ\n");
        _home.WriteGroup("lab", ".env", "A=b");
        _home.WriteGroup("lab", "sessions/s.jsonl", "{}");
        _home.WriteGroup("lab", "skills/a/SKILL.md", "a");
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(Path.Combine(_home.Context.Home.StateFolder, "groups", "lab", "linked.md"), _home.Context.Home.SettingsFile);
        }

        var result = await _home.InitializeAsync();
        Assert.Equal(["AGENTS.md", "skills/a/SKILL.md"], Paths(Group("lab")));
        Assert.Contains(result.Warnings, warning => warning.Contains("auth.json", StringComparison.Ordinal));
        Assert.Contains(result.Warnings, warning => warning.Contains("holds a private key", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Follower_IsPutIntoAGroup_ByAPersonOrByItsInvite()
    {
        _home.Write("AGENTS.md", "a");
        _home.WriteGroup("lab", "AGENTS.md", "b");
        await _home.InitializeAsync();
        var registry = new FollowerRegistry(_home.Context);
        var (one, _) = await registry.RegisterAsync(new FollowerIntroduction("one", "linux", "1", "::1"), FollowerState.Approved, Stop);
        Assert.Null(one.Group);
        var set = await Master.SetFollowerAsync("one", "lab", null, Stop);
        Assert.Equal(("lab", Group("lab")), (set.Group, set.TargetRevision));
        Assert.Null((await Master.SetFollowerAsync("one", string.Empty, null, Stop)).Group);
        Assert.Equal(ErrorCode.GroupNotFound, (await Assert.ThrowsAsync<CodexportException>(() => Master.SetFollowerAsync("one", "other", null, Stop))).Code);

        var link = await Master.CreateJoinLinkAsync(["host"], null, renewInvite: false, InviteLimits.None with { Group = "lab" }, Stop);
        Assert.Equal("lab", link.Group);
        var invite = new Invites(_home.Context).Find(link.JoinLink.Split("invite=")[1].Split('&')[0]);
        Assert.Equal("lab", invite!.Group);
        var (two, _) = await registry.RegisterAsync(new FollowerIntroduction("two", "linux", "1", "::1") { Invite = invite }, FollowerState.Approved, Stop);
        Assert.Equal("lab", two.Group);
        Assert.Equal(1, Assert.Single(await Master.GetGroupsAsync(Stop)).Followers);
        Assert.Equal(
            ErrorCode.GroupNotFound,
            (await Assert.ThrowsAsync<CodexportException>(() => Master.CreateJoinLinkAsync(["host"], null, false, InviteLimits.None with { Group = "x" }, Stop))).Code);
    }

    [Fact]
    public async Task Rollback_BringsBackWhatGroupsHad()
    {
        _home.Write("AGENTS.md", "a");
        _home.WriteGroup("lab", "AGENTS.md", "one");
        var first = await _home.InitializeAsync();
        var before = Group("lab");
        _home.Write("AGENTS.md", "b", DateTime.UtcNow);
        _home.WriteGroup("lab", "AGENTS.md", "two");
        await _home.RebuildAsync();
        await Master.RollbackAsync(first.Revision, Stop);
        Assert.Equal(before, Group("lab"));
    }

    private string Group(string name) => _home.Revisions.List()[^1].Groups[name].ToString();

    private IEnumerable<string> Paths(string revision) => _home.Published(revision).Files.Select(file => file.Path);
}
