using Codexport.Engine.Errors;
using Codexport.Engine.Results;

namespace Codexport.Tests.Master;

/// <summary>A plugin leaves with its code, what the configuration does not name stays, and a person's decisions in Codex need no second word.</summary>
public sealed class PluginExportTests : IDisposable
{
    private const string Config = "model = \"x\"\n";
    private const string Plugin = "\n[plugins.\"x@m\"]\nenabled = true\n";

    private readonly MasterHome _home = new();

    public PluginExportTests()
    {
        _home.Write("AGENTS.md");
        _home.Write("config.toml", Config + Plugin);
        _home.Write("plugins/cache/m/x/1.0.0/skills/a/SKILL.md");
        _home.Write("plugins/cache/m/x/1.0.0/node_modules/dep/index.js");
        _home.Write("plugins/cache/m/other/1.0.0/skills/a/SKILL.md");
        _home.Write("plugins/known.json");
    }

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("[export]\ninclude = [\"*\", \"**\"]\n")]
    [InlineData("[export]\ninclude = [\"plugins/**\"]\n")]
    public async Task Export_HasTheCodeOfNamedPluginsAlone(string settings)
    {
        _home.Settings(settings);
        var built = await _home.InitializeAsync();
        Assert.Equal(
            ["AGENTS.md", "config.toml", "plugins/cache/m/x/1.0.0/node_modules/dep/index.js", "plugins/cache/m/x/1.0.0/skills/a/SKILL.md"],
            _home.Published(built.Revision).Files.Select(file => file.Path));
    }

    [Fact]
    public async Task Export_HasPluginsThatAProfileNames()
    {
        _home.Write("work.config.toml", "[plugins.\"other@m\"]\nenabled = true\n");
        var built = await _home.InitializeAsync();
        Assert.Contains(_home.Published(built.Revision).Files, file => file.Path == "plugins/cache/m/other/1.0.0/skills/a/SKILL.md");
    }

    [Fact]
    public async Task Export_HeedsWhatThePersonExcludes()
    {
        _home.Settings("[export]\nexclude = [\"plugins/cache/m/x\"]\n");
        var built = await _home.InitializeAsync();
        Assert.DoesNotContain(_home.Published(built.Revision).Files, file => file.Path.StartsWith("plugins/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rebuild_AfterAnUpdateOrRemovalInCodex_PublishesAtOnce()
    {
        await _home.InitializeAsync();
        Directory.Delete(_home["plugins/cache/m/x/1.0.0"], recursive: true);
        _home.Write("plugins/cache/m/x/1.1.0/skills/a/SKILL.md", "new");
        var updated = await _home.RebuildAsync();
        Assert.Equal(RebuildStatus.Published, updated.Status);
        Assert.Contains("plugins/cache/m/x/1.1.0/skills/a/SKILL.md", updated.Added);
        Assert.Equal(2, updated.Removed.Count);

        Directory.Delete(_home["plugins/cache/m/x"], recursive: true);
        _home.Write("config.toml", Config);
        var removed = await _home.RebuildAsync();
        Assert.Equal(RebuildStatus.Published, removed.Status);
        Assert.Equal(["plugins/cache/m/x/1.1.0/skills/a/SKILL.md"], removed.Removed);
    }

    [Fact]
    public async Task Rebuild_WhenTheCodeIsGoneAndStillNamed_WaitsForThePerson()
    {
        var first = await _home.InitializeAsync();
        Directory.Delete(_home["plugins"], recursive: true);
        var error = await Assert.ThrowsAsync<CodexportException>(() => _home.RebuildAsync());
        Assert.Equal(ErrorCode.DeletionsHeld, error.Code);
        Assert.Contains("'plugins'", error.Message, StringComparison.Ordinal);
        Assert.Contains(error.Details, detail => detail is { Key: "revision" } && detail.Value == first.Revision);
    }

    [Theory]
    [InlineData("source_type = \"local\"\nsource = \"/opt/market\"\n", "", "'m'", "'/opt/market'")]
    [InlineData("source_type = \"local\"\nsource = \"{codex}/market\"\n", "", "'m'", "market'")]
    [InlineData("source_type = \"local\"\nsource = \"market\"\n", "", "'m'", "'market'")]
    [InlineData("source_type = \"local\"\nsource = \"{codex}/market\"\n", "[export]\ninclude = [\"market\"]\n")]
    [InlineData("source_type = \"local\"\nsource = \"/opt/market\"\n", "canonicalKeys = [\"marketplaces.m\"]\n")]
    [InlineData("source_type = \"git\"\nsource = \"https://git.example/m.git\"\n", "")]
    public async Task Export_LeavesOutMarketplacesOfThisMachineAlone_AndNamesThem(string table, string settings, params string[] words)
    {
        _home.Settings(settings);
        _home.Write("market/.agents/plugins/marketplace.json", "{}");
        _home.Write("config.toml", $"{Config}\n[marketplaces.m]\n{table.Replace("{codex}", _home.Codex, StringComparison.Ordinal)}{Plugin}");
        var built = await _home.InitializeAsync();

        var text = _home.PublishedText(built.Revision, "config.toml");
        var warnings = built.Warnings.Where(warning => warning.StartsWith("The marketplace", StringComparison.Ordinal)).ToList();
        Assert.Equal(words.Length == 0, text.Contains("marketplaces", StringComparison.Ordinal));
        Assert.Contains("[plugins.\"x@m\"]", text, StringComparison.Ordinal);
        Assert.Equal(words.Length == 0 ? 0 : 1, warnings.Count);
        Assert.All(words, word => Assert.Contains(word, warnings[0], StringComparison.Ordinal));
    }

    [Fact]
    public async Task Export_CarriesWhatWasDecidedAboutHooksOfPlugins_AndNotAboutThoseOfFiles()
    {
        const string Decided = "\n[hooks.state.\"x@m:hooks/hooks.json:stop:0:0\"]\ntrusted_hash = \"sha256:1\"\n";
        _home.Write("config.toml", Config + "\n[hooks.state]\n\n[hooks.state.\"/home/ann@work/.codex/hooks.json:stop:0:0\"]\ntrusted_hash = \"sha256:2\"\n" + Decided + Plugin);
        var built = await _home.InitializeAsync();
        Assert.Equal(Config + "\n[hooks.state]\n" + Decided + Plugin, _home.PublishedText(built.Revision, "config.toml"));
    }
}
