using System.Text;
using Codexport.Engine.Codex;
using Codexport.Engine.Errors;
using Codexport.Engine.Settings;
using Codexport.Tests.Follower.Composing;
using Codexport.Tests.Master;

namespace Codexport.Tests.Codex;

/// <summary>A machine's own words stand below the master's instructions, survive each update, and go nowhere else.</summary>
public sealed class LocalInstructionsTests : IDisposable
{
    private const string Own = "AGENTS.local.md";

    private readonly FollowerRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("# Rules\n", "mine\n")]
    [InlineData("# Rules\n\n", "mine\n")]
    [InlineData("# Rules\r\n\r\nmore\r\n", "mine\r\n")]
    [InlineData("", "mine\n")]
    [InlineData("# Rules\n", "mine, without a line break at the end")]
    [InlineData("# Rules\n", "a\n<!-- codexport: end of this machine's own words -->\nb\n")]
    [InlineData("text with é ✓\n", "🚀\n")]
    public void Remove_AfterAppend_GivesTheBytesOfBefore(string text, string own)
    {
        var before = Encoding.UTF8.GetBytes(text);
        var after = LocalInstructions.Append(before, Encoding.UTF8.GetBytes(own));
        Assert.Contains(own.TrimEnd(), Encoding.UTF8.GetString(after), StringComparison.Ordinal);
        Assert.Equal(before, LocalInstructions.Remove(after));
        Assert.Equal(after, LocalInstructions.Append(after, Encoding.UTF8.GetBytes(own)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# Rules\n")]
    [InlineData("# Rules\n" + LocalInstructions.Begin + "\nno end\n")]
    [InlineData("# Rules\n" + LocalInstructions.End + "\nno begin\n")]
    [InlineData("words before " + LocalInstructions.Begin + "\n" + LocalInstructions.End + "\n")]
    public void Remove_WhereThereIsNoBlock_ChangesNothing(string text)
        => Assert.Equal(text, Encoding.UTF8.GetString(LocalInstructions.Remove(Encoding.UTF8.GetBytes(text))));

    [Fact]
    public async Task Sync_PutsThemBelowTheMastersText_ThroughEveryUpdate()
    {
        _rig.Settings = new LocalSettings { OnDrift = DriftPolicy.Fail };
        await _rig.Overlay(Own, "mine\n").Master("AGENTS.md", "# Rules\n").Sync();
        Assert.Equal($"# Rules\n\n{LocalInstructions.Begin}\nmine\n{LocalInstructions.End}\n", _rig["AGENTS.md"]);
        await _rig.AssertSettled();

        Assert.Empty((await _rig.Master("AGENTS.md", "# Other rules\n").Sync()).Drift);
        Assert.Equal($"# Other rules\n\n{LocalInstructions.Begin}\nmine\n{LocalInstructions.End}\n", _rig["AGENTS.md"]);

        await _rig.Overlay(Own, "changed\n").Sync();
        Assert.Equal($"# Other rules\n\n{LocalInstructions.Begin}\nchanged\n{LocalInstructions.End}\n", _rig["AGENTS.md"]);

        await _rig.Master("AGENTS.md", null).Sync();
        Assert.Equal($"{LocalInstructions.Begin}\nchanged\n{LocalInstructions.End}\n", _rig["AGENTS.md"]);

        await _rig.Master("AGENTS.md", "# Rules\n").Sync();
        File.Delete(Path.Combine(_rig.Context.Home.StateFolder, Own));
        await _rig.Sync();
        Assert.Equal("# Rules\n", _rig["AGENTS.md"]);
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Sync_WithWordsThatSayNothing_WritesTheMastersTextAlone()
    {
        await _rig.Overlay(Own, " \n\n").Master("AGENTS.md", "# Rules\n").Sync();
        Assert.Equal("# Rules\n", _rig["AGENTS.md"]);
    }

    [Fact]
    public async Task Sync_WhereTheFileIsThePersonsAlone_LeavesIt()
    {
        _rig["AGENTS.md"] = "all mine\n";
        await _rig.Overlay(Own, "mine\n").Master("prompts/a.md", "words").Sync();
        Assert.Equal("all mine\n", _rig["AGENTS.md"]);
    }

    [Fact]
    public async Task Sync_AtTheFirstJoin_AddsThemToAFileThatIsTheMastersAlready_AndAsksAboutAnyOther()
    {
        _rig["AGENTS.md"] = "# Rules\n";
        await _rig.Overlay(Own, "mine\n").Master("AGENTS.md", "# Rules\n").Sync();
        Assert.Contains("mine", _rig["AGENTS.md"], StringComparison.Ordinal);

        using var other = new FollowerRig();
        other["AGENTS.md"] = "something else\n";
        Assert.Equal(ErrorCode.AdoptionRequired, (await other.Overlay(Own, "mine\n").Master("AGENTS.md", "# Rules\n").Refused()).Code);
    }

    [Fact]
    public async Task Sync_BelowAnOverride_PutsThemToo()
    {
        await _rig.Overlay(Own, "mine\n").Overlay("overrides/AGENTS.md", "# Of this machine\n").Master("AGENTS.md", "# Rules\n").Sync();
        Assert.StartsWith($"# Of this machine\n\n{LocalInstructions.Begin}\nmine\n", _rig["AGENTS.md"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rebuild_OnAMachineThatFollowedOnce_ExportsNothingOfThem()
    {
        using var home = new MasterHome();
        var text = Encoding.UTF8.GetString(LocalInstructions.Append("# Rules\n"u8, "mine\n"u8));
        home.Write("AGENTS.md", text);
        home.Write("skills/a/SKILL.md", text);
        var first = await home.InitializeAsync();
        Assert.Equal("# Rules\n", home.PublishedText(first.Revision, "AGENTS.md"));
        Assert.Equal(text, home.PublishedText(first.Revision, "skills/a/SKILL.md"));
        Assert.Equal(first.Revision, (await home.RebuildAsync()).Revision);

        home.Write("AGENTS.md", text.Replace("# Rules", "# More rules", StringComparison.Ordinal), DateTime.UtcNow.AddMinutes(-30));
        var second = await home.RebuildAsync();
        Assert.Equal("# More rules\n", home.PublishedText(second.Revision, "AGENTS.md"));
    }
}
