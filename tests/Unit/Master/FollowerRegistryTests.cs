using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Master;

public sealed class FollowerRegistryTests : IDisposable
{
    private static readonly FollowerIntroduction Laptop = new("laptop", "linux", "0.1.0", "100.64.0.5");

    private readonly TemporaryFolder _folder = new();
    private readonly EngineContext _context;

    public FollowerRegistryTests()
    {
        _context = new EngineContext(new CodexportHome(_folder.Path, _folder[".codex"]), new PhysicalFileSystem(), TimeProvider.System);
        Directory.CreateDirectory(_context.Home.MasterFolder);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string BookFile => Path.Combine(_context.Home.MasterFolder, "followers.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Register_KeepsTheHashOnly()
    {
        var registry = new FollowerRegistry(_context);
        var (follower, credential) = await registry.RegisterAsync(Laptop, FollowerState.Approved, Stop);
        Assert.Equal(follower.Id, registry.Authenticate(credential)!.Id);
        Assert.DoesNotContain(credential, await File.ReadAllTextAsync(BookFile, Stop), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(BookFile));
        }
    }

    [Fact]
    public async Task Book_ThatIsGone_LetsNobodyIn_UntilTheInviteIsRenewed()
    {
        var serving = new FollowerRegistry(_context);
        var (follower, credential) = await serving.RegisterAsync(Laptop with { Machine = "m" }, FollowerState.Approved, Stop);
        await serving.SetStateAsync(follower.Id, FollowerState.Revoked, Stop);
        File.Delete(BookFile);
        foreach (var registry in new[] { serving, new FollowerRegistry(_context) })
        {
            AssertLost(Assert.Throws<CodexportException>(() => registry.Authenticate(credential)));
            AssertLost(Assert.Throws<CodexportException>(() => registry.List()));
            AssertLost(await Assert.ThrowsAsync<CodexportException>(() => registry.RegisterAsync(Laptop with { Machine = "m" }, FollowerState.Approved, Stop)));
        }

        await new Invites(_context).GetAsync(renew: false, Stop);
        AssertLost(Assert.Throws<CodexportException>(() => new FollowerRegistry(_context).List()));
        await new Invites(_context).GetAsync(renew: true, Stop);
        Assert.Empty(new FollowerRegistry(_context).List());
    }

    [Fact]
    public async Task FlushNews_WritesAFirstSightAndAnApply_NotEachVisit()
    {
        var serving = new FollowerRegistry(_context);
        var (follower, _) = await serving.RegisterAsync(Laptop, FollowerState.Approved, Stop);
        var visit = new FollowerSighting("100.64.0.6", "linux", "0.1.0", null, null);
        serving.Note(follower.Id, visit);
        await serving.FlushNewsAsync(Stop);
        Assert.NotNull(Assert.Single(new FollowerRegistry(_context).List()).LastSeen);

        serving.Note(follower.Id, visit with { Address = "100.64.0.7" });
        await serving.FlushNewsAsync(Stop);
        Assert.Equal("100.64.0.6", Assert.Single(new FollowerRegistry(_context).List()).Address);

        serving.Note(follower.Id, visit with { Applied = new string('a', 64) });
        await serving.FlushNewsAsync(Stop);
        Assert.Equal(new string('a', 64), Assert.Single(new FollowerRegistry(_context).List()).AppliedRevision);
    }

    [Theory]
    [InlineData("")]
    [InlineData("wrong")]
    public async Task Authenticate_OfAnythingElse_IsNobody(string credential)
    {
        var registry = new FollowerRegistry(_context);
        await registry.RegisterAsync(Laptop, FollowerState.Approved, Stop);
        Assert.Null(registry.Authenticate(credential));
        Assert.Null(registry.Authenticate(new string('x', 1000)));
    }

    [Fact]
    public async Task SetState_InAnotherRegistry_IsInForceAtOnce()
    {
        var serving = new FollowerRegistry(_context);
        var (_, credential) = await serving.RegisterAsync(Laptop, FollowerState.Pending, Stop);
        var told = new List<FollowerState>();
        serving.StateChanged += follower => told.Add(follower.State);
        foreach (var state in new[] { FollowerState.Approved, FollowerState.Revoked, FollowerState.Approved, FollowerState.Revoked })
        {
            await new FollowerRegistry(_context).SetStateAsync("laptop", state, Stop);
            Assert.Equal(state, serving.Authenticate(credential)!.State);
        }

        Assert.Equal([FollowerState.Approved, FollowerState.Revoked, FollowerState.Approved, FollowerState.Revoked], told);
    }

    [Fact]
    public async Task Changes_OfSeveralAtOnce_AreAllKept()
    {
        var registries = Enumerable.Range(0, 4).Select(_ => new FollowerRegistry(_context)).ToList();
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(
            () => registries[i % 4].RegisterAsync(Laptop with { Name = $"n{i}" }, FollowerState.Approved, Stop), Stop)));
        Assert.Equal(40, new FollowerRegistry(_context).List().Select(follower => follower.Name).Distinct().Count());
    }

    [Fact]
    public async Task Note_IsWrittenByFlushAndLosesNoChangeOfOthers()
    {
        var serving = new FollowerRegistry(_context);
        var (follower, _) = await serving.RegisterAsync(Laptop, FollowerState.Approved, Stop);
        var written = File.GetLastWriteTimeUtc(BookFile);
        var applied = new string('a', 64);
        Assert.Equal(
            new FollowerNews(applied, "DriftRefused", IsHealed: false),
            serving.Note(follower.Id, new FollowerSighting("100.64.0.6", null, "0.2.0", applied, "DriftRefused")));
        Assert.Equal(default, serving.Note(follower.Id, new FollowerSighting("100.64.0.6", "plan9", null, applied, "nonsense")));
        Assert.Equal(written, File.GetLastWriteTimeUtc(BookFile));

        await new FollowerRegistry(_context).SetStateAsync(follower.Id, FollowerState.Revoked, Stop);
        await serving.FlushAsync(Stop);
        var seen = Assert.Single(new FollowerRegistry(_context).List());
        Assert.Equal(
            (FollowerState.Revoked, "100.64.0.6", "0.2.0", applied, "DriftRefused", "linux"),
            (seen.State, seen.Address, seen.Version, seen.AppliedRevision, seen.LastError, seen.Platform));
    }

    [Fact]
    public async Task Register_CleansWhatCameOverTheNetwork()
    {
        var introduction = new FollowerIntroduction("\u001b[31mevil\u202e\n" + new string('x', 500), "<b>", new string('v', 500), "a");
        var (follower, _) = await new FollowerRegistry(_context).RegisterAsync(introduction, FollowerState.Pending, Stop);
        Assert.Equal(64, follower.Name.Length);
        Assert.StartsWith("[31mevil x", follower.Name, StringComparison.Ordinal);
        Assert.Equal("unknown", follower.Platform);
        Assert.Equal(32, follower.Version.Length);
    }

    [Fact]
    public async Task Register_WhenTooManyWait_IsRefused()
    {
        var registry = new FollowerRegistry(_context) { MaxPending = 2 };
        await registry.RegisterAsync(Laptop, FollowerState.Pending, Stop);
        await registry.RegisterAsync(Laptop, FollowerState.Pending, Stop);
        Assert.Single(registry.List());
        await registry.RegisterAsync(Laptop with { Name = "b" }, FollowerState.Pending, Stop);
        var error = await Assert.ThrowsAsync<CodexportException>(
            () => registry.RegisterAsync(Laptop with { Name = "c" }, FollowerState.Pending, Stop));
        Assert.Equal(ErrorCode.LimitExceeded, error.Code);
        await registry.RegisterAsync(Laptop with { Name = "c" }, FollowerState.Approved, Stop);
    }

    [Fact]
    public async Task SetState_WhenTheNameIsNotClear_IsRefused()
    {
        var registry = new FollowerRegistry(_context);
        await registry.RegisterAsync(Laptop, FollowerState.Approved, Stop);
        var (second, _) = await registry.RegisterAsync(Laptop, FollowerState.Approved, Stop);
        foreach (var name in new[] { "laptop", "nobody" })
        {
            var error = await Assert.ThrowsAsync<CodexportException>(() => registry.SetStateAsync(name, FollowerState.Revoked, Stop));
            Assert.Equal(ErrorCode.FollowerNotFound, error.Code);
        }

        Assert.Equal(FollowerState.Revoked, (await registry.SetStateAsync(second.Id, FollowerState.Revoked, Stop)).State);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"version\":2,\"followers\":[]}")]
    [InlineData("{\"version\":1}")]
    [InlineData("{\"version\":1,\"followers\":[null]}")]
    public async Task DamagedBook_LetsNobodyInAndIsNotOverwritten(string content)
    {
        await File.WriteAllTextAsync(BookFile, content, Stop);
        var registry = new FollowerRegistry(_context);
        Assert.Equal(ErrorCode.StateDamaged, Assert.Throws<CodexportException>(() => registry.Authenticate("x")).Code);
        await Assert.ThrowsAsync<CodexportException>(() => registry.RegisterAsync(Laptop, FollowerState.Approved, Stop));
        Assert.Equal(content, await File.ReadAllTextAsync(BookFile, Stop));
    }

    [Fact]
    public async Task Invite_IsKeptUntilRenewed()
    {
        var invites = new Invites(_context);
        Assert.False(invites.IsValid("anything"));
        var first = await invites.GetAsync(renew: false, Stop);
        Assert.Equal(first, await new Invites(_context).GetAsync(renew: false, Stop));
        Assert.True(invites.IsValid(first));
        var second = await new Invites(_context).GetAsync(renew: true, Stop);
        Assert.False(invites.IsValid(first));
        Assert.True(invites.IsValid(second));
    }

    [Fact]
    public async Task Invite_WhenEmptied_IsNobodys()
    {
        await File.WriteAllTextAsync(Path.Combine(_context.Home.MasterFolder, "invite"), "\n", Stop);
        Assert.False(new Invites(_context).IsValid(string.Empty));
    }

    [Theory]
    [InlineData(33, 0x00)]
    [InlineData(33, 0x20)]
    [InlineData(33, 0xFF)]
    [InlineData(33, 0x80)]
    [InlineData(33, (byte)'?')]
    [InlineData(33, (byte)'&')]
    [InlineData(33, 0x0A)]
    [InlineData(15, (byte)'a')]
    [InlineData(200, (byte)'a')]
    public async Task Invite_WhenDamaged_IsNobodys_AndTheNextLinkHasAnother(int length, byte fill)
    {
        var path = Path.Combine(_context.Home.MasterFolder, "invite");
        var bytes = Enumerable.Repeat(fill, length).ToArray();
        await File.WriteAllBytesAsync(path, bytes, Stop);
        foreach (var offered in new[] { System.Text.Encoding.Latin1.GetString(bytes), System.Text.Encoding.ASCII.GetString(bytes), new string('?', length), string.Empty })
        {
            Assert.False(new Invites(_context).IsValid(offered));
        }

        var next = await new Invites(_context).GetAsync(renew: false, Stop);
        Assert.True(next.Length == 32 && next.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_'));
        Assert.True(new Invites(_context).IsValid(next));
    }

    [Fact]
    public async Task JoinLink_AndFollowers_ThroughTheOperations()
    {
        using var identity = MasterIdentity.Create(_context);
        var operations = new MasterOperations(_context);
        var link = await operations.CreateJoinLinkAsync("[::1]", null, renewInvite: false, Stop);
        var parsed = JoinLink.Parse(link.JoinLink);
        Assert.Equal(("::1", 17342, identity.Fingerprint), (parsed.Host, parsed.Port, parsed.Fingerprint));
        Assert.True(new Invites(_context).IsValid(parsed.Invite!));
        await new FollowerRegistry(_context).RegisterAsync(Laptop, FollowerState.Approved, Stop);
        await new FollowerRegistry(_context).RegisterAsync(Laptop with { Name = "waiting" }, FollowerState.Pending, Stop);
        var followers = await operations.GetFollowersAsync(Stop);
        Assert.Equal(["waiting", "laptop"], followers.Select(follower => follower.Name));
        Assert.Equal(FollowerState.Approved, (await operations.ApproveFollowerAsync("waiting", Stop)).State);
        Assert.Equal(FollowerState.Revoked, (await operations.RevokeFollowerAsync("laptop", Stop)).State);
    }

    private void AssertLost(CodexportException error)
    {
        Assert.Equal((ErrorCode.StateDamaged, BookFile), (error.Code, error.Target));
        Assert.Contains("codexport master link --renew", error.Remedy, StringComparison.Ordinal);
    }
}
