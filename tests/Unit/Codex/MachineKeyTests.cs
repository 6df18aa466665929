using System.Text;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Building;
using Codexport.Engine.Toml;

namespace Codexport.Tests.Codex;

/// <summary>What programs write into <c>config.toml</c> for one machine does not leave it, and leaves no trace in what does.</summary>
public sealed class MachineKeyTests
{
    private const string Own = "model = \"x\"\n\n[tui]\ntheme = \"dark\"\n\n[mcp_servers.docs]\ncommand = \"docs\"\n";

    [Theory]
    [InlineData("", "\n[projects.\"/a b\"]\ntrust_level = \"trusted\"\n")]
    [InlineData("", "\n[hooks.state.\"/h/hooks.json:stop:0:0\"]\ntrusted_hash = \"sha256:0\"\n")]
    [InlineData("", "\n[notice]\nhide = true\n\n[notice.model_migrations]\na = \"b\"\n")]
    [InlineData("", "\n[audio]\nmicrophone = \"a\"\n")]
    [InlineData("", "\n[desktop]\nappearance = \"dark\"\n")]
    [InlineData("", "\n[tui.model_availability_nux]\n\"gpt-5\" = 3\n")]
    [InlineData("", "\n[mcp_servers.node_repl]\ncommand = \"/Applications/Codex.app/x\"\n\n[mcp_servers.node_repl.env]\nVERSION = \"26.1\"\n")]
    [InlineData("", "\n[mcp_servers.computer-use]\ncommand = \"x\"\n")]
    [InlineData("", "\n[marketplaces.openai-bundled]\nsource_type = \"local\"\nsource = \"/Users/a/.codex/.tmp/bundled-marketplaces/openai-bundled\"\n")]
    [InlineData("sqlite_home = \"/x\"\n", "")]
    [InlineData("log_dir = \"/x\"\n", "")]
    [InlineData("notify = [\"/Users/a/.codex/computer-use/Codex Computer Use.app/Contents/SkyComputerUseClient\", \"turn-ended\"]\n", "")]
    public void Export_TakesTheKeyOutAsIfItHadNeverBeenThere(string before, string after) => Assert.Equal(Own, Export(before + Own + after));

    [Theory]
    [InlineData("[tui]\nscreen_reader_detection_done = true\n")]
    [InlineData("\n[tui]\nscreen_reader_detection_done = true\n")]
    public void Export_WhenCodexWroteTheTableForItsKeyAlone_TakesTheTableToo(string written)
        => Assert.Equal("model = \"x\"\n", Export("model = \"x\"\n" + written));

    [Fact]
    public void Export_InATableOfThePersons_TakesTheKeyAlone()
        => Assert.Equal("[tui]\ntheme = \"dark\"\n", Export("[tui]\ntheme = \"dark\"\nscreen_reader_detection_done = true\n"));

    [Theory]
    [InlineData("notify = [\"notify-send\", \"Codex\"]\n")]
    [InlineData("[marketplaces.team]\nsource_type = \"git\"\nsource = \"https://git.example/team.git\"\n")]
    [InlineData("[mcp_servers.node_repl_2]\ncommand = \"x\"\n")]
    [InlineData("[tui]\ntheme = \"dark\"\n")]
    public void Export_LeavesThePersonsOwn(string text) => Assert.Equal(text, Export(text));

    [Fact]
    public void Export_KeepsAMarketplaceWithoutItsBookkeeping() => Assert.Equal(
        "[marketplaces.team]\nsource_type = \"git\"\nsource = \"https://git.example/team.git\"\n",
        Export("[marketplaces.team]\nlast_updated = \"2026-11-27T00:00:00Z\"\nlast_revision = \"0\"\nsource_type = \"git\"\nsource = \"https://git.example/team.git\"\n"));

    [Fact]
    public void Export_HeedsBothSettings()
    {
        const string Text = "model = \"x\"\nlog_dir = \"/x\"\n\n[mcp_servers.a]\ncommand = \"a\"\nstartup_timeout_sec = 3\n";
        Assert.Equal(Text, Export(Text, ["log_dir"]));
        Assert.Equal("log_dir = \"/x\"\n\n[mcp_servers.a]\ncommand = \"a\"\n", Export(Text, ["log_dir"], "model", "mcp_servers.*.startup_timeout_sec"));
    }

    private static string Export(string text, IReadOnlyList<string>? canonicalKeys = null, params string[] machineKeys)
        => Encoding.UTF8.GetString(new ConfigurationExport(new PortablePaths(PathStyle.Unix, "/home/a", "/home/a/.codex"), canonicalKeys ?? [], machineKeys)
            .Export(TomlDocument.Parse(text)));
}
