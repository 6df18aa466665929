using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Tests.Follower.Composing;

/// <summary>Rules are merged one by one: what Codex appends on a follower is the follower's.</summary>
public sealed class ComposerRulesTests : IDisposable
{
    private const string File = "rules/default.rules";
    private const string One = "prefix_rule(pattern=[\"git\", \"status\"], decision=\"allow\")\n";
    private const string Two = "# why\nprefix_rule(\n    pattern = [\"rm\", [\"-r\", \"-f\"]],  # both\n    decision = \"forbidden\",\n)\n";
    private const string Mine = "prefix_rule(pattern=[\"npm\", \"test\"], decision=\"allow\")\n";

    private readonly FollowerRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(DriftPolicy.Canonical)]
    [InlineData(DriftPolicy.Keep)]
    [InlineData(DriftPolicy.Fail)]
    public async Task Sync_KeepsWhatCodexAppended_AndCallsItNoDrift(DriftPolicy policy)
    {
        _rig.Settings = new LocalSettings { OnDrift = policy };
        await _rig.Master(File, One).Sync();
        _rig[File] = One + Mine;

        Assert.Empty((await _rig.Sync()).Drift);
        Assert.Equal(One + Mine, _rig[File]);
        await _rig.AssertSettled();
        Assert.Empty((await _rig.Master(File, One + Two).Sync()).Drift);
        Assert.Equal(One + Two + Mine, _rig[File]);
        Assert.Empty((await _rig.Master(File, Two).Sync()).Drift);
        Assert.Equal(Two + Mine, _rig[File]);
        await _rig.AssertSettled();
        await _rig.Master(File, null).Sync();
        Assert.Equal(Mine, _rig[File]);
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Sync_AtTheFirstJoin_NeedsNoAdoptionAndKeepsBothSides()
    {
        _rig[File] = Mine + One;
        await _rig.Master(File, One + Two).Sync();
        Assert.Equal(One + Two + Mine, _rig[File]);
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Sync_WhenOnlyTheSpellingDiffers_LeavesTheFileAlone()
    {
        await _rig.Master(File, One + Two).Sync();
        var respelled = "prefix_rule(pattern = ['x'])\n\n" + Two.Replace("  # both", "", StringComparison.Ordinal) + One.Replace(", ", ",", StringComparison.Ordinal);
        _rig[File] = respelled;

        Assert.Empty((await _rig.Sync()).Drift);
        Assert.Equal(respelled, _rig[File]);
    }

    [Theory]
    [InlineData(DriftPolicy.Canonical, One + Two + Mine)]
    [InlineData(DriftPolicy.Keep, Two + Mine)]
    public async Task Sync_WhenARuleOfTheMastersWasDeleted_FollowsThePolicy(DriftPolicy policy, string expected)
    {
        _rig.Settings = new LocalSettings { OnDrift = policy };
        await _rig.Master(File, One + Two).Sync();
        _rig[File] = Two + Mine;

        var composed = await _rig.Sync();
        Assert.Equal(expected, _rig[File]);
        Assert.Contains("git", Assert.Single(composed.Drift), StringComparison.Ordinal);
        Assert.Contains(composed.Changes, change => change is { Path: File, Reason: ChangeReason.Drift });
    }

    [Fact]
    public async Task Sync_WhenTheMasterDropsTheFile_DeletesItOnlyWhenNothingIsLeft()
    {
        await _rig.Master(File, One).Sync();
        await _rig.Master(File, null).Sync();
        Assert.Null(_rig[File]);
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Sync_WhenTheFollowersFileIsBroken_TakesTheMasters()
    {
        await _rig.Master(File, One).Sync();
        _rig[File] = One + "prefix_rule(pattern=[\"a\"\n";

        var composed = await _rig.Sync();
        Assert.Equal(One, _rig[File]);
        Assert.Equal([File], composed.Drift);
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Sync_KeepsFunctionsAndLongStringsWhole()
    {
        const string Block = "def rule(name):\n    # inside\n    if name:\n\n        prefix_rule(pattern=[name])\n    else:\n        pass\n";
        const string Long = "x = '''a\n# no remark (\n'''\n";
        await _rig.Master(File, One).Sync();
        _rig[File] = One + "\n# my own\n\n" + Block + Long;

        await _rig.Master(File, Two).Sync();
        Assert.Equal(Two + "# my own\n" + Block + Long, _rig[File]);
        await _rig.AssertSettled();
    }
}
