using System.Text.Json;
using Codexport.Engine.Codex;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Results;
using Codexport.Tests.Follower;

namespace Codexport.Tests.Acceptance;

/// <summary>A configuration with which Codex would not start reaches neither a follower's home nor the fleet.</summary>
public sealed class RejectedConfigurationTests : IAsyncLifetime
{
    private readonly SimulatedMaster _master = new();
    private readonly FollowerHome _home = new();
    private readonly CodexProgram? _codex = RealCodex.Find();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private EngineContext Context => _home.Context with
    {
        Environment = name => name == "PATH" ? Path.GetDirectoryName(_codex!.Path) + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH") : null,
    };

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Quick_WhenCodexRefusesTheRevision_AppliesNothingAndSaysWhereOnce()
    {
        RealCodex.Require();
        var follower = new FollowerOperations(Context, _home.Services);
        _master.Publish(("config.toml", "model = \"x\"\n"), ("AGENTS.md", "first"));
        await follower.JoinAsync(new JoinOptions(_master.Link, Apply: true, Adopt: false), Token);
        _master.Publish(("config.toml", "model = \"x\"\n[mcp_servers.a]\ncommand = \"b\"\nenv = \"sk-secret\"\n"), ("AGENTS.md", "second"));

        var first = follower.QuickSync(Token);
        _home.Time.Now = _home.Time.Now.AddMinutes(2);
        var second = follower.QuickSync(Token);
        var error = await Assert.ThrowsAsync<CodexportException>(() => follower.SyncAsync(new SyncOptions(Apply: true), Token));
        var status = await follower.GetStatusAsync(Token);

        using var json = JsonDocument.Parse(first!);
        var text = json.RootElement.GetProperty("systemMessage").GetString()!;
        Assert.Contains("config.toml", text, StringComparison.Ordinal);
        Assert.Contains("mcp_servers.a.env", text, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-secret", text, StringComparison.Ordinal);
        Assert.Null(second);
        Assert.Equal("first", _home.Read("AGENTS.md"));
        Assert.Equal("model = \"x\"\n", _home.Read("config.toml"));
        Assert.Equal(ErrorCode.ConfigurationRejected, error.Code);
        Assert.Contains(error.Details, detail => detail.Key == "line");
        Assert.Equal(nameof(ErrorCode.ConfigurationRejected), status.LastError);
        Assert.Contains("mcp_servers.a.env", status.LastErrorMessage, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-secret", status.LastErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rebuild_WhenCodexRefusesTheConfiguration_KeepsTheLastGoodRevision()
    {
        RealCodex.Require();
        var config = Path.Combine(Context.Home.CodexFolder, "config.toml");
        await File.WriteAllTextAsync(config, "model = \"x\"\n", Token);
        var master = new MasterOperations(Context);
        var init = await master.InitializeAsync(null, Token);
        await File.WriteAllTextAsync(config, "model = \"x\"\napproval_policy = \"sk-secret\"\n", Token);

        var error = await Assert.ThrowsAsync<CodexportException>(() => master.RebuildAsync(acceptDeletions: false, Token));
        var published = new PublishedRevisions(Context).List();
        await File.WriteAllTextAsync(config, "model = \"y\"\n", Token);
        var good = await master.RebuildAsync(acceptDeletions: false, Token);

        Assert.Equal(ErrorCode.ConfigurationRejected, error.Code);
        Assert.Contains("approval_policy", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-secret", error.Message, StringComparison.Ordinal);
        Assert.Equal(init.Revision, Assert.Single(published).Revision.ToString());
        Assert.Equal(RebuildStatus.Published, good.Status);
    }

    public async ValueTask DisposeAsync()
    {
        await _master.DisposeAsync();
        _home.Dispose();
    }
}
