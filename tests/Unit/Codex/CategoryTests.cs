using Codexport.Engine.Codex;
using Codexport.Engine.Errors;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;
using Codexport.Engine.Toml;
using Codexport.Tests.Follower.Composing;
using Codexport.Tests.Master;

namespace Codexport.Tests.Codex;

/// <summary>A machine exports and takes the parts of a setup that it names.</summary>
public sealed class CategoryTests : IDisposable
{
    private const string Everything = """
        # about the model
        model = "x"

        [mcp_servers.docs]
        command = "docs"

        [plugins."x@m"]
        enabled = true

        [hooks.state."x@m:hooks/hooks.json:stop:0:0"]
        trusted_hash = "sha256:1"

        [[hooks.Stop]]
        hooks = [{ type = "command", command = "true" }]

        [[skills.config]]
        path = "a"
        enabled = false

        """;

    private static readonly Dictionary<SetupCategory, string> FileOf = new()
    {
        [SetupCategory.Config] = "mise.toml",
        [SetupCategory.Instructions] = "AGENTS.md",
        [SetupCategory.Skills] = "skills/a/SKILL.md",
        [SetupCategory.Agents] = "agents/a.md",
        [SetupCategory.Prompts] = "prompts/a.md",
        [SetupCategory.Rules] = "rules/default.rules",
        [SetupCategory.Hooks] = "hooks/a.sh",
        [SetupCategory.Plugins] = "plugins/cache/m/x/1/a",
        [SetupCategory.Credentials] = "auth.json",
    };

    private readonly FollowerRig _rig = new();
    private readonly MasterHome _home = new();

    public static TheoryData<SetupCategory> Categories => [.. Enum.GetValues<SetupCategory>()];

    public static TheoryData<SetupCategory> CategoriesOfFiles => [.. FileOf.Keys.Except([SetupCategory.Credentials])];

    public void Dispose()
    {
        _rig.Dispose();
        _home.Dispose();
    }

    [Theory]
    [InlineData(SetupCategory.Config, "# about the model\nmodel = \"x\"\n")]
    [InlineData(SetupCategory.Mcp, "[mcp_servers.docs]\ncommand = \"docs\"\n")]
    [InlineData(SetupCategory.Skills, "[[skills.config]]\npath = \"a\"\nenabled = false\n")]
    [InlineData(SetupCategory.Rules, "")]
    public void Restrict_LeavesOnePart(SetupCategory category, string expected)
    {
        var document = TomlDocument.Parse(Everything);
        CodexCategories.Restrict(document, [category]);
        Assert.Equal(TomlDocument.Parse(expected).Root, document.Root, (left, right) => left!.SemanticEquals(right));
    }

    [Fact]
    public void Restrict_ToldApartByPlugins_LeavesTheirTablesAndWhatWasDecidedAboutTheirHooks()
    {
        var document = TomlDocument.Parse(Everything);
        CodexCategories.Restrict(document, [SetupCategory.Plugins]);
        Assert.Equal(["plugins", "hooks"], document.Root.Keys);
        Assert.Equal(["state"], ((TomlTable)document.Root["hooks"]!).Keys);

        document = TomlDocument.Parse(Everything);
        CodexCategories.Restrict(document, [SetupCategory.Hooks]);
        Assert.Equal(["hooks"], document.Root.Keys);
        Assert.Equal(["Stop"], ((TomlTable)document.Root["hooks"]!).Keys);
    }

    [Theory]
    [MemberData(nameof(Categories))]
    public async Task Master_ExportsWhatItNames(SetupCategory category)
    {
        _home.Settings($"[export]\ncategories = [\"{category.ToString().ToLowerInvariant()}\"]\n");
        _home.Write("config.toml", Everything);
        foreach (var (_, path) in FileOf)
        {
            _home.Write(path, path == "auth.json" ? """{"OPENAI_API_KEY":"k"}""" : "words");
        }

        var built = await _home.InitializeAsync();

        // config.toml comes with every part that it holds something of.
        string[] withConfig = category is SetupCategory.Config or SetupCategory.Mcp or SetupCategory.Plugins or SetupCategory.Hooks or SetupCategory.Skills ? ["config.toml"] : [];
        Assert.Equal(
            withConfig.Concat(FileOf.TryGetValue(category, out var own) ? [own] : []).Order(StringComparer.Ordinal),
            _home.Published(built.Revision).Files.Select(file => file.Path));
    }

    [Fact]
    public async Task Master_WithoutHooks_ExportsNoTrustInThem()
    {
        _home.Settings("[export]\ncategories = [\"config\"]\n");
        _home.Write("hooks.json", """{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"true"}]}]}}""");
        _home.Write("config.toml", $"model = \"x\"\n\n[hooks.state.\"{_home["hooks.json"]}:stop:0:0\"]\ntrusted_hash = \"sha256:e7d1a0cf3b4a7c6ea8c9d6ba35d2fdfc\"\n");
        Assert.Empty(_home.Published((await _home.InitializeAsync()).Revision).TrustedHooks);
    }

    [Theory]
    [MemberData(nameof(CategoriesOfFiles))]
    public async Task Follower_ThatLeavesAPartOut_LosesWhatIsStillTheMasters_AndGetsItBack(SetupCategory category)
    {
        var path = FileOf[category];
        foreach (var file in FileOf.Where(file => file.Key != SetupCategory.Credentials))
        {
            _rig.Master(file.Value, file.Key == SetupCategory.Rules ? "prefix_rule(pattern=[\"ls\"], decision=\"allow\")\n" : "words");
        }

        await _rig.Sync();
        _rig.Settings = new LocalSettings { FollowCategories = [.. Enum.GetValues<SetupCategory>().Except([category])] };
        var left = await _rig.Sync();

        Assert.Null(_rig[path]);
        Assert.All(FileOf.Values.Where(other => other != path && other != "auth.json"), other => Assert.NotNull(_rig[other]));
        Assert.Empty(left.Drift);
        await _rig.AssertSettled();
        _rig.Settings = new LocalSettings();
        await _rig.Sync();
        Assert.NotNull(_rig[path]);
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Follower_ThatLeavesAPartOut_KeepsWhatItChangedAndWhatIsItsOwn()
    {
        await _rig.Master("prompts/a.md", "words").Master("prompts/b.md", "words").Sync();
        _rig["prompts/a.md"] = "changed";
        _rig["prompts/mine.md"] = "mine";
        _rig.Settings = new LocalSettings { FollowCategories = [SetupCategory.Config] };
        await _rig.Sync();
        Assert.Equal(("changed", null, "mine"), (_rig["prompts/a.md"], _rig["prompts/b.md"], _rig["prompts/mine.md"]));
    }

    [Fact]
    public async Task Follower_TakesPartsOfTheConfiguration()
    {
        _rig["config.toml"] = "model = \"mine\"\n";
        _rig.Settings = new LocalSettings { FollowCategories = [SetupCategory.Mcp] };
        await _rig.Master("config.toml", Everything).Sync();
        var document = TomlDocument.Parse(_rig["config.toml"]!);
        Assert.Equal("mine", document.Root["model"]?.AsString());
        Assert.Equal(["model", "mcp_servers"], document.Root.Keys);

        _rig.Settings = new LocalSettings { FollowCategories = [SetupCategory.Config] };
        await _rig.Sync();
        document = TomlDocument.Parse(_rig["config.toml"]!);
        Assert.Equal(["model"], document.Root.Keys);
        await _rig.AssertSettled();
    }

    [Theory]
    [InlineData("prompts/base.md")]
    [InlineData("${codexDir}/prompts/base.md")]
    public async Task Follower_ThatTakesTheConfiguration_TakesTheFileThatItNames(string named)
    {
        _rig.Settings = new LocalSettings { FollowCategories = [SetupCategory.Config] };
        await _rig.Master("config.toml", $"model_instructions_file = \"{named}\"\n").Master("prompts/base.md", "words").Master("prompts/other.md", "words").Sync();
        Assert.Equal("words", _rig["prompts/base.md"]);
        Assert.Null(_rig["prompts/other.md"]);
    }

    [Fact]
    public void Settings_WithoutCredentials_TakeNone_AndWhatIsUnknownIsRefused()
    {
        Assert.Equal(CredentialPolicy.Never, Read("auth = \"always\"\n[follow]\ncategories = [\"config\"]\n").Credentials);
        Assert.Equal(CredentialPolicy.Always, Read("auth = \"always\"\n[follow]\ncategories = [\"Credentials\", \"config\"]\n").Credentials);
        var error = Assert.Throws<CodexportException>(() => Read("[export]\ncategories = [\"skills\", \"hats\"]\n"));
        Assert.Equal(ErrorCode.SettingsInvalid, error.Code);
        Assert.Contains("\"hats\"", error.Message, StringComparison.Ordinal);
        Assert.Contains("\"plugins\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_WithAll_AreAsWithoutTheKey_AndAnEmptyListIsRefused()
    {
        Assert.Null(Read("[follow]\ncategories = [\"all\"]\n").FollowCategories);
        Assert.Equal(10, Read("").Categories.Count);
        Assert.Equal([SetupCategory.Skills, SetupCategory.Mcp], Read("role = \"master\"\n[export]\ncategories = [\"mcp\", \"skills\"]\n").Categories);
        Assert.Contains("\"all\"", Assert.Throws<CodexportException>(() => Read("[follow]\ncategories = []\n")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("follow", "role = \"follower\"\n")]
    [InlineData("export", "role = \"master\"\n")]
    public void Settings_ThatLoseTheirCategories_AreAnErrorUntilAPersonDecides(string table, string rest)
    {
        Read($"{rest}[{table}]\ncategories = [\"skills\", \"config\"]\n");
        SettingsMemory.Remember(_home.Context.Files, _home.Context.Home.SettingsFile);
        var error = Assert.Throws<CodexportException>(() => Read(rest));
        Assert.Equal(ErrorCode.SettingsInvalid, error.Code);
        Assert.Contains($"categories = [\"skills\", \"config\"] under [{table}]", error.Message, StringComparison.Ordinal);
        Assert.Contains($"categories = [\"all\"] under [{table}]", error.Remedy, StringComparison.Ordinal);
        Read($"{rest}[{table}]\ncategories = [\"all\"]\n");
        SettingsMemory.Remember(_home.Context.Files, _home.Context.Home.SettingsFile);
        Assert.Null(Read(rest).FollowCategories);
    }

    private LocalSettings Read(string text)
    {
        _home.Settings(text);
        return SettingsFile.Read(_home.Context.Files, _home.Context.Home.SettingsFile);
    }
}
