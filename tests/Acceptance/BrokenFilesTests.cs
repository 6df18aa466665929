using Codexport.Engine.Codex;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Master.Publishing;
using Codexport.Tests.Follower;

namespace Codexport.Tests.Acceptance;

/// <summary>No file that the real Codex refuses or ignores reaches the fleet, and none that it accepts is held up.</summary>
public sealed class BrokenFilesTests : IAsyncLifetime
{
    private const string Config = "model = \"x\"\n";
    private const string MissingCatalog = "model = \"x\"\nmodel_catalog_json = \"none.json\"\n";
    private const string Catalog = """{"models":[]}""";

    private readonly SimulatedMaster _master = new();
    private readonly FollowerHome _home = new();
    private readonly CodexProgram? _codex = RealCodex.Find();

    /// <summary>Path, content, and words that the error must hold, Codex's own wherever it was asked.</summary>
    public static TheoryData<string, string, string> Broken => new()
    {
        { "rules/default.rules", "prefix_rule(pattern=[\"git\"\n", "Parse error" },
        { "rules/default.rules", "no_such_rule(pattern=[\"git\"])\n", "no_such_rule" },
        { "agents/a.toml", "name = \"a\n", "invalid basic string" },
        { "agents/deep/b.toml", "name = \"b\"\ndescription = \"d\"\n", "developer_instructions" },
        { "agents/c.toml", "name = \"c\"\ndescription = \"d\"\ndeveloper_instructions = \"i\"\nmodel = 3\n", "expected a string" },
        { "hooks.json", """{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"a","timeout":"soon"}]}]}}""", "failed to parse hooks config" },
        { "work.config.toml", "model = 3\n", "expected a string" },
        { "work.config.toml", "model_provider = \"nope\"\n", "nope" },
        { "config.toml", "model = \"x\"\nmodel_instructions_file = \"prompts/none.md\"\n", "none.md" },
        { "config.toml", MissingCatalog, "names 'none.json'" },
    };

    /// <summary>The same for a follower, whose Codex does not name the catalog that is missing; the master finds that before it asks Codex.</summary>
    public static TheoryData<string, string, string> BrokenOnFollower =>
        [.. Broken.Select(row => row.Data.Item2 == MissingCatalog ? new(row.Data.Item1, row.Data.Item2, "No such file") : row)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private EngineContext Context => _home.Context with
    {
        Environment = name => name == "PATH" ? Path.GetDirectoryName(_codex!.Path) + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH") : null,
    };

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task Rebuild_WhenAFileIsBroken_KeepsTheLastGoodRevisionAndSaysWhatCodexSays(string path, string content, string words)
    {
        RealCodex.Require();
        Put("config.toml", Config);
        var master = new MasterOperations(Context);
        var init = await master.InitializeAsync(null, Token);
        Put(path, content);

        var error = await Assert.ThrowsAsync<CodexportException>(() => master.RebuildAsync(acceptDeletions: false, Token));

        Assert.Equal((ErrorCode.ConfigurationRejected, path), (error.Code, error.Target));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("check-", error.Message, StringComparison.Ordinal);
        Assert.Equal(init.Revision, Assert.Single(new PublishedRevisions(Context).List()).Revision.ToString());
    }

    [Theory]
    [MemberData(nameof(BrokenOnFollower))]
    public async Task Sync_WhenAFileIsBroken_ChangesNothing(string path, string content, string words)
    {
        RealCodex.Require();
        Assert.SkipWhen(path == "hooks.json", "What Codex would not accept in hooks.json is left out of it on followers.");
        var follower = new FollowerOperations(Context, _home.Services);
        _master.Publish(("config.toml", Config));
        await follower.JoinAsync(new JoinOptions(_master.Link, Apply: true, Adopt: false), Token);
        _master.Publish([("AGENTS.md", "second"), ("config.toml", path == "config.toml" ? content : Config), .. path == "config.toml" ? [] : new[] { (path, content) }]);

        var error = await Assert.ThrowsAsync<CodexportException>(() => follower.SyncAsync(new SyncOptions(Apply: true), Token));

        Assert.Equal((ErrorCode.ConfigurationRejected, path), (error.Code, error.Target));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Equal(Config, _home.Read("config.toml"));
        Assert.False(File.Exists(Path.Combine(Context.Home.CodexFolder, "AGENTS.md")));
    }

    [Theory]
    [InlineData("${codexDir}/prompts/base.md")]
    [InlineData("prompts/base.md")]
    public async Task Sync_WhenTheRevisionBringsAFileAndTheKeyThatNamesIt_AppliesBoth(string value)
    {
        RealCodex.Require();
        var follower = new FollowerOperations(Context, _home.Services);
        _master.Publish(("config.toml", Config));
        await follower.JoinAsync(new JoinOptions(_master.Link, Apply: true, Adopt: false), Token);
        _master.Publish(("config.toml", Config + $"model_instructions_file = \"{value}\"\n"), ("prompts/base.md", "be brief"));

        await follower.SyncAsync(new SyncOptions(Apply: true), Token);

        Assert.Equal("be brief", _home.Read("prompts/base.md"));
        Assert.Contains("model_instructions_file", _home.Read("config.toml"), StringComparison.Ordinal);
        _master.Publish(("config.toml", Config + $"model_instructions_file = \"{value}\"\n"));
        var error = await Assert.ThrowsAsync<CodexportException>(() => follower.SyncAsync(new SyncOptions(Apply: true), Token));
        Assert.Equal(ErrorCode.ConfigurationRejected, error.Code);
        Assert.Equal("be brief", _home.Read("prompts/base.md"));
    }

    [Theory]
    [InlineData("catalog.json")]
    [InlineData("prompts/catalog.json")]
    public async Task Rebuild_ReadsARelativeCatalogWhereItLies(string name)
    {
        RealCodex.Require();
        Put("config.toml", Config);
        var master = new MasterOperations(Context);
        await master.InitializeAsync(null, Token);
        Put(name, Catalog);
        Put("config.toml", Config + $"model_catalog_json = \"{name}\"\n");

        // Codex reads the file: it is there, and holds no model.
        var error = await Assert.ThrowsAsync<CodexportException>(() => master.RebuildAsync(acceptDeletions: false, Token));
        Assert.Contains("must contain at least one model", error.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(Context.Home.CodexFolder, name), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rebuild_WhenAllIsWell_PublishesEveryKind()
    {
        RealCodex.Require();
        Put("config.toml", Config);
        Put("rules/default.rules", "prefix_rule(pattern=[\"git\", \"status\"], decision=\"allow\")\n");
        Put("agents/deep/a.toml", "name = \"a\"\ndescription = \"d\"\ndeveloper_instructions = \"i\"\n");
        Put("hooks.json", """{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"a"}]}]}}""");
        Put("work.config.toml", "model = \"y\"\n");

        var built = await new MasterOperations(Context).InitializeAsync(null, Token);
        Assert.Equal(5, built.Files);
        Assert.DoesNotContain(Directory.GetDirectories(Context.Home.MachineStateFolder), folder => folder.Contains("check-", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await _master.DisposeAsync();
        _home.Dispose();
    }

    private void Put(string path, string content)
    {
        var absolute = Path.Combine(Context.Home.CodexFolder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(absolute)!);
        File.WriteAllText(absolute, content);
    }
}
