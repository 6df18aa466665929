using Codexport.Engine.Settings;
using Codexport.Engine.Toml;
using static Codexport.Tests.Follower.Composing.ConfigMerging;

namespace Codexport.Tests.Follower.Composing;

/// <summary>One case a rule of the three-way merge: what was generated last, what the follower has, what is generated now, the result.</summary>
public sealed class ConfigMergeTests
{
    private const string Canonical = "# Team setup\nmodel = \"o5\"\n\n# Servers\n[mcp_servers.docs]\ncommand = \"docs\" # here\n";

    public static TheoryData<string, string?, string?, string, string> Rules => new()
    {
        { "no file on the follower takes the generated text", null, null, Canonical, Canonical },
        {
            "the first join keeps what the follower added", null, "model = \"o5\"\n# mine\nfoo = 1\n\n[tui]\ntheme = \"dark\"\n", Canonical,
            "# Team setup\nmodel = \"o5\"\n# mine\nfoo = 1\n\n[tui]\ntheme = \"dark\"\n\n# Servers\n[mcp_servers.docs]\ncommand = \"docs\" # here\n"
        },
        { "an unchanged canonical key is updated", "a = 1\n", "a = 1\n", "a = 2\n", "a = 2\n" },
        { "a dropped key goes", "a = 1\nb = 2\n", "a = 1\nb = 2\n", "a = 1\n", "a = 1\n" },
        { "a dropped key that was changed stays", "a = 1\nb = 2\n", "a = 1\nb = 3\n", "a = 1\n", "a = 1\nb = 3\n" },
        { "a changed canonical key is set right", "a = 1\n", "a = 9\nmine = 1\n", "a = 1\n", "a = 1\nmine = 1\n" },
        { "a deleted canonical key comes back", "a = 1\nb = 2\n", "a = 1\n", "a = 1\nb = 2\n", "a = 1\nb = 2\n" },
        { "without news the follower's text stays to the byte", "a = 1\n", "a   =   1   # mine\n\n\n[p]\nx=1", "a = 1\n", "a   =   1   # mine\n\n\n[p]\nx=1" },
        {
            "tables that Codex appended stay behind the new text", "a = 1\n", "a = 1\n\n[projects.\"/x\"]\ntrust_level = \"trusted\"\n", "a = 2\nb = 1\n",
            "a = 2\nb = 1\n\n[projects.\"/x\"]\ntrust_level = \"trusted\"\n"
        },
        {
            "a local server stays with its subtables and comments", "a = 1\n",
            "a = 1\n\n# my server\n[mcp_servers.me]\ncommand = \"me\"\n\n[mcp_servers.me.env]\nK = \"v\"\n", "a = 2\n\n[mcp_servers.docs]\ncommand = \"docs\"\n",
            "a = 2\n\n# my server\n[mcp_servers.me]\ncommand = \"me\"\n\n[mcp_servers.me.env]\nK = \"v\"\n\n[mcp_servers.docs]\ncommand = \"docs\"\n"
        },
        {
            "a local key in a canonical table stays at its neighbour", "[tui]\na = 1\nb = 2\n", "[tui]\na = 1\nmine = 1\nb = 2\n", "[tui]\na = 1\nb = 3\n",
            "[tui]\na = 1\nmine = 1\nb = 3\n"
        },
        {
            "a dotted local key joins a table with a header", "[tui]\na = 1\n", "tui.a = 1\ntui.mine = 2\n", "[tui]\na = 2\n", "[tui]\na = 2\nmine = 2\n"
        },
        {
            "a local key joins an inline table", "tui = { a = 1 }\n", "[tui]\na = 1\nmine = 2\n", "tui = { a = 2 }\n", "tui = { a = 2, mine = 2 }\n"
        },
        { "an array is one unit", "a = [1, 2]\n", "a = [1, 2]\n", "a = [1, 2, 3]\n", "a = [1, 2, 3]\n" },
        {
            "a server is one unit", "[mcp_servers.d]\ncommand = \"d\"\nargs = []\n", "[mcp_servers.d]\ncommand = \"d\"\nargs = []\n",
            "[mcp_servers.d]\nurl = \"https://d\"\n", "[mcp_servers.d]\nurl = \"https://d\"\n"
        },
        {
            "skills.config is merged by path", "[[skills.config]]\npath = \"/a\"\nenabled = false\n",
            "[[skills.config]]\npath = \"/a\"\nenabled = false\n\n[[skills.config]]\npath = \"/mine\"\nenabled = false\n",
            "[[skills.config]]\npath = \"/a\"\nenabled = true\n\n[[skills.config]]\npath = \"/b\"\nenabled = false\n",
            "[[skills.config]]\npath = \"/a\"\nenabled = true\n\n[[skills.config]]\npath = \"/mine\"\nenabled = false\n\n[[skills.config]]\npath = \"/b\"\nenabled = false\n"
        },
        {
            "a comment of the follower's above a canonical key stays", "a = 1\nb = 1\n", "a = 1\n# mine\nb = 1\n", "a = 2\nb = 1\n", "a = 2\n# mine\nb = 1\n"
        },
        {
            "a canonical comment above a local line does not come twice", "# head\na = 1\n", "# head\nmine = 1\na = 1\n", "# head\na = 2\n",
            "mine = 1\n# head\na = 2\n"
        },
        { "a comment that canonical changes is changed", "# old\na = 1\n", "# old\na = 1\n", "# new\na = 1\n", "# new\na = 1\n" },
        { "a remark of the follower's stays where the master changes the line", "a = 1\n", "a = 1 # mine\n", "a = 2\n", "a = 2 # mine\n" },
        { "a remark of the follower's stands above the line where the master has one of its own", "a = 1\n", "a = 1 # mine\n", "a = 2 # ours\n", "# mine\na = 2 # ours\n" },
        { "a remark that the master dropped goes", "a = 1 # ours\n", "a = 1 # ours\n", "a = 2\n", "a = 2\n" },
        { "a remark at the first join stays, whatever the spelling", null, "a  =  1 # mine\nb = 1\n", "a = 1\nb = 1\n", "a = 1 # mine\nb = 1\n" },
        { "a remark behind a multi-line array stays", "a = [\n1,\n]\n", "a = [\n1,\n] # mine\n", "a = [\n2, # two\n]\n", "a = [\n2, # two\n] # mine\n" },
        {
            "a local element before a canonical one stays there", "[[skills.config]]\npath = \"/a\"\n", "[[skills.config]]\npath = \"/m\"\n\n[[skills.config]]\npath = \"/a\"\n",
            "[[skills.config]]\npath = \"/a\"\nenabled = true\n", "[[skills.config]]\npath = \"/m\"\n[[skills.config]]\npath = \"/a\"\nenabled = true\n"
        },
        { "mixed styles of one table are one table", "t.a = 1\n", "[t]\na = 1\nb = { c = 1 }\n", "t = { a = 2 }\n", "t = { a = 2, b.c = 1 }\n" },
        { "an array of tables is one unit", "[[l]]\nx = 1\n", "[[l]]\nx = 1\n", "[[l]]\nx = 2\n\n[[l]]\nx = 3\n", "[[l]]\nx = 2\n\n[[l]]\nx = 3\n" },
        { "an array of tables and an array of inline tables are one thing", "[[l]]\nx = 1\n", "l = [{ x = 1 }]\n", "[[l]]\nx = 2\n", "[[l]]\nx = 2\n" },
        { "a quoted key is the same key", "\"a\" = 1\n", "'a' = 1\n", "a = 2\n", "a = 2\n" },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Merge_FollowsTheRule(string rule, string? @base, string? local, string generated, string expected)
    {
        var merged = Merge(Policy(), @base, local, generated);
        Assert.True(expected == merged.Text, $"{rule}:\n{merged.Text}");
        Assert.Equal(expected, Merge(Policy(), generated, merged.Text, generated).Text);
        Assert.Equal(expected, Merge(Policy(), @base ?? "", merged.Text, generated).Text);
    }

    [Fact]
    public void Merge_WhenCanonicalKeyWasChanged_NamesItAsDrift()
    {
        var merged = Merge(Policy(), "a = 1\n", "a = 2\n", "a = 1\n");
        Assert.Equal(["a"], merged.Decisions.Drift.Select(key => key.Shown));
        Assert.Equal("a = 1\n", merged.Text);
    }

    [Fact]
    public void Merge_WhenDriftIsKept_KeepsValueAndStillNamesIt()
    {
        var merged = Merge(Policy(DriftPolicy.Keep), "a = 1\n", "a = 2\n", "a = 3\n");
        Assert.Equal(["a"], merged.Decisions.Drift.Select(key => key.Shown));
        Assert.Equal("a = 2\n", merged.Text);
        Assert.Equal("a = 2\n", Merge(Policy(DriftPolicy.Keep), "a = 3\n", merged.Text, "a = 3\n").Text);
    }

    [Fact]
    public void Merge_WhenKeyIsListedInKeep_IsNoDrift()
    {
        var policy = Policy() with { Keep = [TomlPath.Parse("tui")] };
        var merged = Merge(policy, "m = 1\n[tui]\nn = 1\n", "m = 1\n[tui]\nn = 2\n", "m = 2\n[tui]\nn = 3\n");
        Assert.Empty(merged.Decisions.Drift);
        Assert.Equal("m = 2\n[tui]\nn = 2\n", merged.Text);
    }

    [Theory]
    [InlineData("tui = 1\n", "[tui]\nx = 1\n", "[tui]\nx = 1\n")]
    [InlineData("[tui]\nx = 1\n", "tui = 1\n", "tui = 1\n")]
    public void Merge_WhenKeyHasAnotherShape_CanonicalWins(string local, string generated, string expected)
    {
        var merged = Merge(Policy(), null, local, generated);
        Assert.Equal(expected, merged.Text);
        Assert.NotEmpty(merged.Decisions.Drift);
    }

    [Fact]
    public void Merge_WhenLocalServerHasCanonicalName_IsConflictUnlessAllowedOrEqual()
    {
        const string Local = "[mcp_servers.docs]\ncommand = \"mine\"\n";
        Assert.Single(Merge(Policy(), "a = 1\n", Local, Canonical).Decisions.Conflicts);
        Assert.Empty(Merge(Policy(), null, "mcp_servers.docs = { command = \"docs\" }", Canonical).Decisions.Conflicts);
        var allowed = Merge(Policy() with { AllowedServers = ["docs"] }, null, Local, Canonical);
        Assert.Empty(allowed.Decisions.Conflicts);
        Assert.Single(allowed.Decisions.Overrides);
        Assert.Contains("command = \"mine\"", allowed.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("command = \"docs\"", allowed.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[[list]]\n[mcp_servers]\n[[list]]\nb.tui = \"x\"\n[a]\n[[list]]\n", "# about all\n\n[a]\n[mcp_servers]\n")]
    [InlineData("[a]\nx = 1\n[[list]]\nb = 1\n[mcp_servers]\n[[list]]\n[[list]]\nc = 1\n[[list]]\n", "[mcp_servers]\n[a]\n# about all\n")]
    public void Merge_WhenLocalSectionComesBelowCanonicalComment_CommentStaysWhenTheSectionMovesOn(string local, string generated)
        => Assert.Contains("# about all\n", Merge(Policy(), null, local, generated).Text, StringComparison.Ordinal);
}
