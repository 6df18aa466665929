using Codexport.Engine.Compose;
using Codexport.Engine.Errors;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Tests.Follower.Composing;

public sealed class ComposerFileTests : IDisposable
{
    private readonly FollowerRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Sync_WritesFilesAndSettles()
    {
        await _rig.Master("AGENTS.md", "hi").Master("skills/a/run.sh", "#!/bin/sh", isExecutable: true).Sync();
        Assert.Equal("hi", _rig["AGENTS.md"]);
        Assert.Equal("#!/bin/sh", _rig["skills/a/run.sh"]);
        Assert.Equal(2, _rig.Applied!.Files.Count);
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Sync_UpdatesAndDeletesWhatIsStillOurs()
    {
        await _rig.Master("a.md", "1").Master("AGENTS.md", "1").Sync();
        await _rig.Master("a.md", null).Master("AGENTS.md", "2").Sync();
        Assert.Null(_rig["a.md"]);
        Assert.Equal("2", _rig["AGENTS.md"]);
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Join_WhenEqualFileIsThere_AdoptsItSilently()
    {
        _rig["AGENTS.md"] = "same";
        var composed = await _rig.Master("AGENTS.md", "same").Sync();
        Assert.Empty(composed.Plan.Changes);
        Assert.Single(_rig.Applied!.Files);
    }

    [Fact]
    public async Task Join_WhenFileDiffers_ListsItUnlessAdopt()
    {
        _rig["AGENTS.md"] = "mine";
        var error = await _rig.Master("AGENTS.md", "master").Refused();
        Assert.Equal(ErrorCode.AdoptionRequired, error.Code);
        Assert.Contains("AGENTS.md", error.Message, StringComparison.Ordinal);
        await _rig.Sync(adopt: true);
        Assert.Equal("master", _rig["AGENTS.md"]);
    }

    [Theory]
    [InlineData(DriftPolicy.Canonical, "2")]
    [InlineData(DriftPolicy.Keep, "mine")]
    public async Task Sync_WhenManagedFileWasEdited_FollowsPolicy(DriftPolicy policy, string expected)
    {
        await _rig.Master("AGENTS.md", "1").Sync();
        _rig["AGENTS.md"] = "mine";
        _rig.Settings = _rig.Settings with { OnDrift = policy };
        var composed = await _rig.Master("AGENTS.md", "2").Sync();
        Assert.Equal(["AGENTS.md"], composed.Drift);
        Assert.Equal(expected, _rig["AGENTS.md"]);
    }

    [Theory]
    [InlineData(DriftPolicy.Canonical, "1")]
    [InlineData(DriftPolicy.Keep, null)]
    public async Task Sync_WhenManagedFileWasDeleted_FollowsPolicy(DriftPolicy policy, string? expected)
    {
        await _rig.Master("AGENTS.md", "1").Sync();
        _rig["AGENTS.md"] = null;
        _rig.Settings = _rig.Settings with { OnDrift = policy };
        var composed = await _rig.Sync();
        Assert.Equal(["AGENTS.md"], composed.Drift);
        Assert.Equal(expected, _rig["AGENTS.md"]);
    }

    [Fact]
    public async Task Sync_WhenDriftShallFail_RefusesAndNamesIt()
    {
        await _rig.Master("AGENTS.md", "1").Master("config.toml", "model = 'a'").Sync();
        _rig["AGENTS.md"] = "mine";
        _rig["config.toml"] = "model = 'b'";
        _rig.Settings = _rig.Settings with { OnDrift = DriftPolicy.Fail };
        var error = await _rig.Refused();
        Assert.Equal(ErrorCode.DriftRefused, error.Code);
        Assert.Contains(error.Details, detail => detail.Value == "AGENTS.md");
        Assert.Contains(error.Details, detail => detail.Value == "config.toml: model");
    }

    [Fact]
    public async Task Sync_WhenDroppedFileWasChanged_LeavesItToTheFollower()
    {
        await _rig.Master("AGENTS.md", "1").Sync();
        _rig["AGENTS.md"] = "mine";
        await _rig.Master("AGENTS.md", null).Sync();
        Assert.Equal("mine", _rig["AGENTS.md"]);
        Assert.Empty(_rig.Applied!.Files);
    }

    [Fact]
    public async Task Sync_NeverTouchesWhatItNeverWrote()
    {
        await _rig.Master("skills/a/SKILL.md", "1").Sync();
        _rig["skills/a/notes.md"] = "mine";
        _rig["prompts/own.md"] = "mine";
        await _rig.Master("skills/a/SKILL.md", null).Sync();
        Assert.Equal("mine", _rig["skills/a/notes.md"]);
        Assert.Equal("mine", _rig["prompts/own.md"]);
        Assert.Null(_rig["skills/a/SKILL.md"]);
    }

    [Fact]
    public async Task Sync_WhenFolderBecomesFileAndBack_Follows()
    {
        await _rig.Master("rules/x/a.md", "1").Sync();
        await _rig.Master("rules/x/a.md", null).Master("rules/x", "file").Sync();
        Assert.Equal("file", _rig["rules/x"]);
        await _rig.Master("rules/x", null).Master("rules/x/a.md", "2").Sync();
        Assert.Equal("2", _rig["rules/x/a.md"]);
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Sync_WhenCaseAloneChanges_Follows()
    {
        await _rig.Master("skills/a/Skill.md", "1").Sync();
        await _rig.Master("skills/a/Skill.md", null).Master("skills/a/SKILL.md", "1").Sync();
        Assert.Equal(["SKILL.md"], Directory.GetFiles(_rig.Absolute("skills/a")).Select(Path.GetFileName));
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Sync_WhenLocalSkillHasCanonicalName_IsConflictUnlessAllowedOrEqual()
    {
        _rig.Master("skills/a/SKILL.md", "master").Overlay("skills/a/SKILL.md", "mine");
        var error = await _rig.Refused();
        Assert.Equal(ErrorCode.NameConflict, error.Code);
        Assert.Contains("allowSkillOverrides", error.Message, StringComparison.Ordinal);
        _rig.Settings = _rig.Settings with { AllowSkillOverrides = ["a"] };
        var composed = await _rig.Sync();
        Assert.Equal("mine", _rig["skills/a/SKILL.md"]);
        Assert.Contains(composed.Changes, change => change.Reason == ChangeReason.Overlay);
        Assert.NotEmpty(composed.Warnings);
        _rig.Settings = new LocalSettings();
        await _rig.Overlay("skills/a/SKILL.md", "master").Sync();
    }

    [Fact]
    public async Task Sync_WhenMasterAddsSkillThatFollowerHas_IsConflictUnlessAllowed()
    {
        await _rig.Master("AGENTS.md", "1").Sync();
        _rig["skills/mine/SKILL.md"] = "mine";
        _rig.Master("skills/mine/SKILL.md", "master").Master("skills/mine/more.md", "x");
        Assert.Equal(ErrorCode.NameConflict, (await _rig.Refused()).Code);
        _rig.Settings = _rig.Settings with { AllowSkillOverrides = ["mine"] };
        await _rig.Sync();
        Assert.Equal("mine", _rig["skills/mine/SKILL.md"]);
        Assert.Null(_rig["skills/mine/more.md"]);
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Sync_AppliesLocalSkillsAndOverrides()
    {
        _rig.Master("skills/b/SKILL.md", "master").Master("skills/b/extra.md", "x").Master("AGENTS.md", "master");
        await _rig.Overlay("skills/a/SKILL.md", "mine").Overlay("overrides/skills/b/SKILL.md", "over").Overlay("overrides/AGENTS.md", "over").Sync();
        Assert.Equal("mine", _rig["skills/a/SKILL.md"]);
        Assert.Equal("over", _rig["skills/b/SKILL.md"]);
        Assert.Null(_rig["skills/b/extra.md"]);
        Assert.Equal("over", _rig["AGENTS.md"]);
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Compose_WhenPathLeavesTheHome_Refuses()
        => Assert.Equal(ErrorCode.PathInvalid, (await _rig.Master("../x", "1").Refused()).Code);

    [Fact]
    public async Task IsUnchanged_SeesEditsDeletionsAndOverlay()
    {
        await _rig.Master("AGENTS.md", "1").Master("config.toml", "a = 1").Sync();
        var composer = new Composer(_rig.Context);
        Assert.True(composer.IsUnchanged(_rig.Applied!, _rig.Settings));
        Assert.True(composer.IsUnchanged(_rig.Applied!, _rig.Settings));
        _rig["AGENTS.md"] = "2";
        Assert.False(composer.IsUnchanged(_rig.Applied!, _rig.Settings));
        _rig["AGENTS.md"] = "1";
        Assert.True(composer.IsUnchanged(_rig.Applied!, _rig.Settings));
        _rig["AGENTS.md"] = null;
        Assert.False(composer.IsUnchanged(_rig.Applied!, _rig.Settings));
        _rig["AGENTS.md"] = "1";
        _rig.Overlay("mcps.local.toml", "");
        Assert.False(composer.IsUnchanged(_rig.Applied!, _rig.Settings));
    }

    [Fact]
    public async Task IsUnchanged_WhenCodexWroteToItsConfiguration_IsTrueAgainAfterOneSync()
    {
        await _rig.Master("config.toml", "a = 1\n").Sync();
        _rig["config.toml"] += "[projects.x]\ntrust_level = 'trusted'\n";
        var composer = new Composer(_rig.Context);
        Assert.False(composer.IsUnchanged(_rig.Applied!, _rig.Settings));
        Assert.Empty((await _rig.Sync()).Plan.Changes);
        Assert.True(composer.IsUnchanged(_rig.Applied!, _rig.Settings));
    }
}
