using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Building;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;
using Codexport.Engine.Toml;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Master;

/// <summary>Homes as people have them: what travels with the configuration, what holds a publication back, what is left out and named.</summary>
public sealed class RealHomesTests
{
    private static readonly string Servers = string.Concat(Enumerable.Range(1, 9).Select(number => $"[mcp_servers.s{number}]\ncommand = \"c{number}\"\n\n"));

    public static TheoryData<string, string> NamedFiles => new()
    {
        { "model_instructions_file = \"instr.md\"\n", "instr.md" },
        { "model_instructions_file = \"./own/deep/instr.md\"\n", "own/deep/instr.md" },
        { "model_instructions_file = \"CODEX/instr.md\"\n", "instr.md" },
        { "experimental_compact_prompt_file = \"CODEX/own/compact me.md\"\n", "own/compact me.md" },
        { "model_catalog_json = \"models.json\"\n", "models.json" },
        { "model_catalog_json = \"~/.codex/models.json\"\n", "models.json" },
        { "model_instructions_file = \"prompts/base.md\"\n", "prompts/base.md" },
        { "model_instructions_file = \"agents/base.md\"\n", "agents/base.md" },
    };

    [Theory]
    [MemberData(nameof(NamedFiles))]
    public async Task File_ThatTheConfigurationNames_Travels(string config, string path)
    {
        foreach (var file in new[] { "config.toml", "work.config.toml", "agents/own.toml" })
        {
            using var home = new MasterHome();
            home.Write(path, "text");
            home.Write("neighbour.md", "stays");
            home.Write("own/deep/neighbour.md", "stays");
            home.Write("config.toml");
            home.Write("config.toml", "");
            home.Write(file, config.Replace("CODEX", home.Codex, StringComparison.Ordinal));
            var built = await home.InitializeAsync();
            Assert.Equal("text", home.PublishedText(built.Revision, path));
            Assert.DoesNotContain(home.Published(built.Revision).Files, published => published.Path.EndsWith("neighbour.md", StringComparison.Ordinal));
            Assert.DoesNotContain(home.Codex, home.PublishedText(built.Revision, file), StringComparison.Ordinal);
        }
    }

    public static TheoryData<string, string> NamedWrongly => new()
    {
        { "model_instructions_file = \"/etc/hostname\"\n", "outside of the Codex home" },
        { "model_instructions_file = \"../instr.md\"\n", "outside of the Codex home" },
        { "model_catalog_json = \"~/models.json\"\n", "outside of the Codex home" },
        { "model_instructions_file = \"gone.md\"\n", "no such file is there" },
        { "model_instructions_file = \"prompts\"\n", "no such file is there" },
        { "model_instructions_file = \"sessions/x.md\"\n", "belongs to this machine alone" },
        { "model_instructions_file = \"auth.json\"\n", "belongs to this machine alone" },
        { "model_instructions_file = \".env\"\n", "belongs to this machine alone" },
    };

    [Theory]
    [MemberData(nameof(NamedWrongly))]
    public async Task File_ThatCannotTravel_IsAnErrorOfTheMasters(string config, string words)
    {
        using var home = new MasterHome();
        home.Write("prompts/p.md");
        home.Write("sessions/x.md");
        home.Write("auth.json", "{}");
        home.Write(".env", "A=1");
        var good = await home.InitializeAsync();
        home.Write("config.toml", config);
        var error = await Assert.ThrowsAsync<CodexportException>(() => home.RebuildAsync());
        Assert.Equal((ErrorCode.ConfigurationRejected, "config.toml"), (error.Code, error.Target));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Contains(config[..config.IndexOf(' ', StringComparison.Ordinal)], error.Message, StringComparison.Ordinal);
        Assert.Equal(good.Revision, home.Revisions.ReadIndex().Newest!.Revision.ToString());
    }

    [Theory]
    [InlineData("own/instr.md", "own/instr.md")]
    [InlineData("own/instr.md", "own")]
    [InlineData("own/deep/instr.md", "instr.md")]
    [InlineData("prompts/instr.md", "prompts/*")]
    public async Task File_ThatTheConfigurationNamesAndExcludeTakesOut_IsAnErrorThatNamesIt(string path, string exclude)
    {
        using var home = new MasterHome();
        home.Write(path, "text");
        home.Write("config.toml", "");
        await home.InitializeAsync();
        home.Settings($"role = \"master\"\n[export]\nexclude = [\"{exclude}\"]\n");
        home.Write("config.toml", $"model_instructions_file = \"{path}\"\n");
        var error = await Assert.ThrowsAsync<CodexportException>(() => home.RebuildAsync());
        Assert.Equal((ErrorCode.ConfigurationRejected, "config.toml"), (error.Code, error.Target));
        Assert.Contains($"'{path}' at 'model_instructions_file', which exclude under [export]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_BehindADeclaredVariable_IsTheFollowersOwnAffair()
    {
        using var home = new MasterHome();
        await home.InitializeAsync();
        home.Settings("role = \"master\"\n[pathVariables]\nshared = \"/etc\"\n");
        home.Write("config.toml", "model_instructions_file = \"${shared}/instr.md\"\n");
        Assert.Equal(RebuildStatus.Published, (await home.RebuildAsync()).Status);
    }

    // Before, after, whether it is held.
    public static TheoryData<string, string, bool> Losses => new()
    {
        { "model = \"a\"\n" + Servers, "", true },
        { "model = \"a\"\n" + Servers, "model = \"a\"\n", true },
        { "model = \"a\"\n" + Servers, "# gone\n", true },
        { Servers, "[mcp_servers.s1]\ncommand = \"c1\"\n", true },
        { Servers, Servers.Replace("[mcp_servers.s9]\ncommand = \"c9\"\n", string.Empty, StringComparison.Ordinal), false },
        { Servers, Servers + "[mcp_servers.more]\ncommand = \"x\"\n", false },
        { Servers, Servers.Replace("command = \"c", "command = \"d", StringComparison.Ordinal), false },
        { "a = 1\nb = 2\nc = 3\nd = 4\n", "a = 1\n", true },
        { "a = 1\nb = 2\nc = 3\nd = 4\n", "a = 1\nb = 2\nc = 3\n", false },
        { "[tui]\na = 1\nb = 2\nc = 3\n[features]\nx = true\n", "[features]\nx = true\n", true },
        { "model = \"a\"\n", "", true },
        { "a = 1\nb = 2\n", "# gone\n[tui]\n", true },
        { "[mcp_servers.one]\ncommand = \"c\"\n", "", true },
        { "[mcp_servers.one]\ncommand = \"c\"\n", "\n", true },
        { "model = \"a\"\n[mcp_servers.one]\ncommand = \"c\"\n", "model = \"a\"\n", false },
        { "# a remark\n\n[projects.\"/x\"]\ntrust_level = \"trusted\"\n", "", false },
        { "# a remark\n", "", false },
    };

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task Configuration_ThatLostMuch_IsHeldUntilItIsConfirmed(string before, string after, bool isHeld)
    {
        foreach (var file in new[] { "config.toml", "work.config.toml" })
        {
            using var home = new MasterHome();
            home.Write("config.toml", "");
            home.Write(file, before);
            var good = await home.InitializeAsync();
            home.Write(file, after);
            if (!isHeld)
            {
                Assert.Equal(RebuildStatus.Published, (await home.RebuildAsync()).Status);
                continue;
            }

            var error = await Assert.ThrowsAsync<CodexportException>(() => home.RebuildAsync());
            Assert.Equal(ErrorCode.DeletionsHeld, error.Code);
            Assert.Contains(file, error.Message, StringComparison.Ordinal);
            Assert.Equal(good.Revision, home.Revisions.ReadIndex().Newest!.Revision.ToString());
            Assert.Equal(RebuildStatus.Published, (await home.RebuildAsync(acceptDeletions: true)).Status);
        }
    }

    [Theory]
    [InlineData("config (Bob's conflicted copy 2026-11-27).config.toml", "= broken")]
    [InlineData("work.sync-conflict-20261127-101112-ABCDEFG.config.toml", "<<<<<<< HEAD\n")]
    [InlineData("old.config.toml", "a = 1\na = 2\n")]
    [InlineData("large.config.toml", "LARGE")]
    public async Task Profile_ThatIsBroken_IsLeftOutAndNamed(string path, string text)
    {
        using var home = new MasterHome();
        home.Write("config.toml", "model = \"a\"\n");
        home.Write(path, text == "LARGE" ? "# " + new string('x', 1 << 20) : text);
        var built = await home.InitializeAsync();
        Assert.Equal(["config.toml"], home.Published(built.Revision).Files.Select(file => file.Path));
        Assert.Contains(built.Warnings, warning => warning.Contains($"'{path}'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Profile_ThatBreaks_StaysAsItWasPublishedLast()
    {
        using var home = new MasterHome();
        home.Write("work.config.toml", "model = \"a\"\n");
        home.Write("AGENTS.md", "1");
        await home.InitializeAsync();
        home.Write("work.config.toml", "= broken");
        home.Write("AGENTS.md", "2");
        var built = await home.RebuildAsync();
        Assert.Equal(RebuildStatus.Published, built.Status);
        Assert.Equal("model = \"a\"\n", home.PublishedText(built.Revision, "work.config.toml"));
        Assert.Contains(built.Warnings, warning => warning.Contains("'work.config.toml'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[tui]\ntheme = \"x\"\n\n[tui.model_availability_nux]\n\"gpt-5\" = 3\n", "[tui]\ntheme = \"x\"\n")]
    [InlineData("[mcp_servers.node_repl]\ncommand = \"/Applications/x\"\n[mcp_servers.node_repl.env]\nV = \"1.2\"\n\n[mcp_servers.mine]\ncommand = \"m\"\n", "[mcp_servers.mine]\ncommand = \"m\"\n")]
    [InlineData("notify = [\"/Applications/Codex.app/Contents/MacOS/notifier\", \"turn-ended\"]\nmodel = \"a\"\n", "model = \"a\"\n")]
    [InlineData("notify = [\"say\", \"done\"]\n", "notify = [\"say\", \"done\"]\n")]
    public void Key_ThatOnlyAProgramWrote_StaysOnTheMaster(string written, string exported)
    {
        var export = new ConfigurationExport(new PortablePaths(PathStyle.Unix, "/home/a", "/home/a/.codex"), []);
        Assert.Equal(exported, Encoding.UTF8.GetString(export.Export(TomlDocument.Parse(written))));
    }

    // What another tool fences in keeps its fence when a table of this machine goes from between or from beside it.
    [Theory]
    [InlineData(
        "# --- begin tool block ---\n[mcp_servers.tool]\ncommand = \"t\"\n\n[notice]\nhide = true\n# --- end tool block ---\n",
        "# --- begin tool block ---\n[mcp_servers.tool]\ncommand = \"t\"\n\n# --- end tool block ---\n")]
    [InlineData(
        "# >>> tool >>>\n[notice]\nhide = true\n\n[mcp_servers.tool]\ncommand = \"t\"\n# <<< tool <<<\n",
        "# >>> tool >>>\n\n[mcp_servers.tool]\ncommand = \"t\"\n# <<< tool <<<\n")]
    [InlineData(
        "a = 1\n\n# about the notice\n[notice]\nhide = true\n\n[tui]\nb = 1\n",
        "a = 1\n\n[tui]\nb = 1\n")]
    public void MarksOfAnotherTool_StayAroundWhatTheyEnclose(string written, string exported)
    {
        var export = new ConfigurationExport(new PortablePaths(PathStyle.Unix, "/home/a", "/home/a/.codex"), []);
        Assert.Equal(exported, Encoding.UTF8.GetString(export.Export(TomlDocument.Parse(written))));
    }

    [Fact]
    public async Task Home_BehindALink_IsRewrittenInBothSpellings()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        using var home = new MasterHome();
        using var other = new TemporaryFolder();
        Directory.CreateSymbolicLink(other["alice"], home.Path);
        var linked = home.Context with { Home = new CodexportHome(other["alice"], other["alice/.codex"]) };
        home.Write("config.toml", $"a = \"{home.Path}/x\"\nb = \"{other["alice"]}/x\"\nc = \"{home.Codex}/y\"\n");
        var built = await new MasterOperations(linked).InitializeAsync(null, TestContext.Current.CancellationToken);
        Assert.Equal("a = \"${home}/x\"\nb = \"${home}/x\"\nc = \"${codexDir}/y\"\n", home.PublishedText(built.Revision, "config.toml"));
    }
}
