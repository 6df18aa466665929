using Codexport.Engine.Follower.Sync;
using Codexport.Engine.Results;

namespace Codexport.Tests.Follower;

/// <summary>What is said about when a change counts.</summary>
public sealed class InForceTests
{
    [Theory]
    [InlineData("AGENTS.md", false, "It counts from the next turn on.")]
    [InlineData("AGENTS.md skills/a/SKILL.md", true, "It counts from the next turn on.")]
    [InlineData("~/.agents/skills/a/SKILL.md", false, "It counts from the next turn on.")]
    [InlineData("config.toml:model", false, "It counts from the next session on.")]
    [InlineData("config.toml:model", true, "It counts from the next session on.")]
    [InlineData("config.toml:model AGENTS.md", false, "Instructions count from the next turn on; the rest from the next session on.")]
    [InlineData("hooks.json", false, "It counts from the next session on.")]
    [InlineData("hooks.json", true, "It counts from the next prompt on in terminal sessions that are open, elsewhere from the next session on.")]
    [InlineData("hooks.json config.toml", true, "It counts from the next prompt on in terminal sessions that are open, elsewhere from the next session on.")]
    [InlineData("config.toml:mcp_servers.docs config.toml:hooks.Stop[0] plugins/cache/m/x/1/a", true,
        "It counts from the next prompt on in terminal sessions that are open, elsewhere from the next session on.")]
    [InlineData("config.toml:mcp_servers.docs skills/a/SKILL.md config.toml:model", true,
        "Skills count from the next turn on; MCP servers from the next prompt on in terminal sessions that are open, elsewhere from the next session on; the rest from the next session on.")]
    [InlineData("config.toml:mcp_servers.docs hooks/a.sh rules/default.rules", true,
        "Hooks and MCP servers count from the next prompt on in terminal sessions that are open, elsewhere from the next session on; the rest from the next session on.")]
    [InlineData("config.toml", true, "It counts from the next session on.")]
    [InlineData("", true, null)]
    public void Describe_SaysWhatCountsWhen(string changed, bool areSessionsTold, string? expected)
        => Assert.Equal(expected, InForce.Describe([.. changed.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Change)], areSessionsTold));

    [Theory]
    [InlineData("hooks.json", true)]
    [InlineData("config.toml:mcp_servers.docs", true)]
    [InlineData("config.toml:plugins.\"x@m\".enabled", true)]
    [InlineData("plugins/cache/m/x/1/a", true)]
    [InlineData("config.toml:model", false)]
    [InlineData("AGENTS.md", false)]
    public void Sessions_AreToldOfWhatTheyCanTakeIn(string changed, bool isForThem) => Assert.Equal(isForThem, InForce.IsForOpenSessions([Change(changed)]));

    [Fact]
    public void Describe_LeavesOutWhatStays()
        => Assert.Null(InForce.Describe([new ChangeInfo("config.toml", "model", ChangeAction.Keep, ChangeReason.Drift)], areSessionsTold: false));

    private static ChangeInfo Change(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? new ChangeInfo(text, null, ChangeAction.Update, ChangeReason.Canonical) : new ChangeInfo(text[..colon], text[(colon + 1)..], ChangeAction.Update, ChangeReason.Canonical);
    }
}
