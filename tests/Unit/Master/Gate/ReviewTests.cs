using Codexport.Engine;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Building;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Master.Watching;
using Codexport.Engine.Results;

namespace Codexport.Tests.Master.Gate;

public sealed class ReviewTests : IDisposable
{
    private readonly MasterHome _home = new();

    private MasterOperations Master => new(_home.Context);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Review_CollectsSavesUntilTheyAreLetGo()
    {
        _home.Settings("publish = \"review\"\n");
        _home.Write("AGENTS.md", "one");
        var first = await _home.InitializeAsync();
        _home.Write("AGENTS.md", "two", DateTime.UtcNow);
        var waiting = await _home.RebuildAsync();
        Assert.Equal((RebuildStatus.Waiting, first.Revision, 1), (waiting.Status, waiting.Revision, waiting.Files));
        _home.Write("skills/a/SKILL.md", "a");
        await using (var watcher = new ContinuousRebuilder(_home.Context))
        {
            Assert.Equal(RebuildStatus.Waiting, (await watcher.RunAsync(HomeChanges.Everything, Stop)).Status);
        }

        var compared = await Master.CompareAsync(Stop);
        Assert.Equal(BundleState.Waiting, compared.State);
        Assert.Equal(["AGENTS.md", "skills/a/SKILL.md"], compared.Changes.Select(change => change.Path));
        var status = await new HomeOperations(_home.Context).GetStatusAsync(Stop);
        Assert.Equal((BundleState.Waiting, compared.NextRevision, 2), (status.Waiting!.State, status.Waiting.NextRevision, status.Waiting.Changes));

        var published = await Master.RebuildAsync(new RebuildOptions { Publish = true, ExpectedRevision = compared.NextRevision[..12] }, Stop);
        Assert.Equal((RebuildStatus.Published, compared.NextRevision), (published.Status, published.Revision));
        Assert.Null((await new HomeOperations(_home.Context).GetStatusAsync(Stop)).Waiting);
        Assert.Equal(BundleState.Current, (await Master.CompareAsync(Stop)).State);
    }

    [Fact]
    public async Task Publish_WhenSomethingElseWouldGoThanWasLookedAt_IsRefused()
    {
        _home.Settings("publish = \"review\"\n");
        _home.Write("AGENTS.md", "one");
        var first = await _home.InitializeAsync();
        _home.Write("AGENTS.md", "two", DateTime.UtcNow);
        var seen = (await Master.CompareAsync(Stop)).NextRevision;
        _home.Write("AGENTS.md", "three", DateTime.UtcNow);
        var error = await Assert.ThrowsAsync<CodexportException>(
            () => Master.RebuildAsync(new RebuildOptions { Publish = true, ExpectedRevision = seen }, Stop));
        Assert.Equal(ErrorCode.ConcurrentChange, error.Code);
        Assert.Equal(first.Revision, _home.Revisions.List()[^1].Revision.ToString());
    }

    [Fact]
    public async Task ReviewThatIsGoneFromTheSettings_IsAnErrorAndNoPublication()
    {
        _home.Settings("publish = \"review\"\n");
        _home.Write("AGENTS.md", "one");
        await _home.InitializeAsync();
        _home.Settings("role = \"master\"\n");
        _home.Write("AGENTS.md", "two", DateTime.UtcNow);
        Assert.Equal(ErrorCode.SettingsInvalid, (await Assert.ThrowsAsync<CodexportException>(() => _home.RebuildAsync())).Code);
    }

    [Fact]
    public async Task Compare_ShowsHooksAndServersFirst_WithSecretsMasked()
    {
        _home.Write("AGENTS.md", "one");
        _home.Write("config.toml", "model = \"m\"\n[mcp_servers.old]\ncommand = \"old\"\n");
        await _home.InitializeAsync();
        _home.Write("AGENTS.md", "two", DateTime.UtcNow);
        _home.Write("config.toml", "model = \"n\"\n[mcp_servers.new]\ncommand = \"new\"\nenv = { KEY = \"s3cret-value\" }\n", DateTime.UtcNow);
        _home.Write("hooks.json", """{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"/bin/say --token s3cret-value done"}]}]}}""");
        var compared = await Master.CompareAsync(Stop);
        Assert.Equal(
            [
                ("hooks.json", "hooks.Stop", ChangeAction.Add), ("config.toml", "mcp_servers.new", ChangeAction.Add), ("config.toml", "mcp_servers.old", ChangeAction.Remove),
                ("AGENTS.md", null, ChangeAction.Update), ("config.toml", "model", ChangeAction.Update),
            ],
            compared.Changes.Select(change => (change.Path, change.Key, change.Action)));
        Assert.All(compared.Changes, change => Assert.DoesNotContain("s3cret", $"{change.Before}{change.After}{change.Note}", StringComparison.Ordinal));
        Assert.Contains("/bin/say --token *** done", compared.Changes[0].After, StringComparison.Ordinal);
        Assert.Equal(("\"m\"", "\"n\""), (compared.Changes[4].Before, compared.Changes[4].After));
        Assert.Equal(BundleState.Ready, compared.State);
    }

    [Fact]
    public async Task Rollback_StaysUntilAPersonLetsTheHomeGo()
    {
        _home.Write("AGENTS.md", "one");
        var first = await _home.InitializeAsync();
        _home.Write("AGENTS.md", "two", DateTime.UtcNow);
        var second = await _home.RebuildAsync();
        var sequence = Sequence();

        var rolled = await Master.RollbackAsync(first.Revision[..8], Stop);
        Assert.Equal((first.Revision, second.Revision), (rolled.Revision, rolled.PreviousRevision));
        Assert.True(rolled.Sequence > sequence, "The head of a rollback must be newer than the one before.");
        Assert.Equal(rolled.Sequence, Sequence());
        Assert.Equal([first.Revision, second.Revision], (await Master.GetBundlesAsync(Stop)).Select(bundle => bundle.Revision));

        // Neither the watcher nor a save brings the present home back.
        await using (var watcher = new ContinuousRebuilder(_home.Context))
        {
            Assert.Equal(RebuildStatus.Waiting, (await watcher.RunAsync(HomeChanges.Everything, Stop)).Status);
            _home.Write("skills/a/SKILL.md", "a");
            Assert.Equal(RebuildStatus.Waiting, (await watcher.RunAsync(HomeChanges.Everything, Stop)).Status);
        }

        var status = await new HomeOperations(_home.Context).GetStatusAsync(Stop);
        Assert.Equal((first.Revision, first.Revision), (status.RolledBackTo, status.Revision));
        var published = await Master.RebuildAsync(new RebuildOptions { Publish = true }, Stop);
        Assert.Equal(RebuildStatus.Published, published.Status);
        Assert.Null((await new HomeOperations(_home.Context).GetStatusAsync(Stop)).RolledBackTo);

        // From then on saves go out again.
        _home.Write("AGENTS.md", "three", DateTime.UtcNow.AddSeconds(-30));
        Assert.Equal(RebuildStatus.Published, (await _home.RebuildAsync()).Status);
    }

    [Fact]
    public async Task Rollback_EndsWhenTheHomeIsAsItWas()
    {
        _home.Write("AGENTS.md", "one");
        var first = await _home.InitializeAsync();
        _home.Write("AGENTS.md", "two", DateTime.UtcNow);
        await _home.RebuildAsync();
        await Master.RollbackAsync(first.Revision, Stop);
        _home.Write("AGENTS.md", "one", DateTime.UtcNow.AddSeconds(-30));
        Assert.Equal((RebuildStatus.Current, first.Revision), ((await _home.RebuildAsync()).Status, _home.Revisions.List()[^1].Revision.ToString()));
        _home.Write("AGENTS.md", "three", DateTime.UtcNow);
        Assert.Equal(RebuildStatus.Published, (await _home.RebuildAsync()).Status);
    }

    [Theory]
    [InlineData("0000000000")]
    [InlineData("a")]
    [InlineData("")]
    public async Task Rollback_ToARevisionThatIsNotKept_ChangesNothing(string name)
    {
        _home.Write("AGENTS.md", "one");
        await _home.InitializeAsync();
        var head = _home.Revisions.ReadHeadEnvelope();
        Assert.Equal(ErrorCode.RevisionNotFound, (await Assert.ThrowsAsync<CodexportException>(() => Master.RollbackAsync(name, Stop))).Code);
        Assert.Equal(head, _home.Revisions.ReadHeadEnvelope());
        Assert.Null((await new HomeOperations(_home.Context).GetStatusAsync(Stop)).RolledBackTo);
    }

    [Fact]
    public async Task DamagedRollback_HoldsAndNamesTheWayOut()
    {
        _home.Write("AGENTS.md", "one");
        var first = await _home.InitializeAsync();
        _home.Write("AGENTS.md", "two", DateTime.UtcNow);
        await _home.RebuildAsync();
        await Master.RollbackAsync(first.Revision, Stop);
        await File.WriteAllTextAsync(Path.Combine(_home.Context.Home.MasterFolder, "rollback.json"), "{", Stop);
        Assert.Equal(ErrorCode.StateDamaged, (await Assert.ThrowsAsync<CodexportException>(() => _home.RebuildAsync())).Code);
        Assert.Equal(RebuildStatus.Published, (await Master.RebuildAsync(new RebuildOptions { Publish = true }, Stop)).Status);
    }

    private long Sequence()
    {
        using var identity = MasterIdentity.Load(_home.Context);
        return _home.Revisions.ReadHead(identity)!.Sequence;
    }
}
