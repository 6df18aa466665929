using Codexport.Engine.Errors;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.Tests.Master;

/// <summary>Who comes again takes its own place; who was shut out comes back only with an invite that was made later.</summary>
public sealed class RejoinTests : IAsyncLifetime
{
    private readonly MasterHome _home = new();
    private FollowerRegistry _registry = null!;
    private Invites _invites = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _home.Write("AGENTS.md");
        await _home.InitializeAsync();
        _registry = new FollowerRegistry(_home.Context);
        _invites = new Invites(_home.Context);
    }

    public ValueTask DisposeAsync()
    {
        _home.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Join_Twice_KeepsOneEntryWithTheNewCredential(bool showsCredential, bool showsMachine)
    {
        var invite = await _invites.GetAsync(renew: false, Stop);
        var (first, old) = await JoinAsync(invite, machine: "m");
        var (second, credential) = await JoinAsync(invite, showsMachine ? "m" : "other", showsCredential ? first.Id : null);
        Assert.Equal(first.Id, second.Id);
        Assert.Single(_registry.List());
        Assert.Null(_registry.Authenticate(old));
        Assert.Equal(first.Id, _registry.Authenticate(credential)?.Id);
    }

    [Fact]
    public async Task Join_OfSeventeenMachinesTwice_LeavesSeventeenEntries()
    {
        var invite = await _invites.GetAsync(renew: false, Stop);
        for (var round = 0; round < 2; round++)
        {
            for (var machine = 0; machine < 17; machine++)
            {
                await JoinAsync(invite, $"machine {machine}");
            }
        }

        Assert.Equal(17, _registry.List().Count);
    }

    [Fact]
    public async Task Join_OfAnotherMachineOfTheSameName_IsAnotherEntry()
    {
        var invite = await _invites.GetAsync(renew: false, Stop);
        await JoinAsync(invite, "a");
        await JoinAsync(invite, "b");
        await JoinAsync(invite, null);
        await JoinAsync(invite, null);
        Assert.Equal(4, _registry.List().Count);
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, "m")]
    [InlineData(true, "m")]
    public async Task Join_OfARevokedFollower_NeedsAnInviteOfALaterTime(bool showsCredential, string? machine)
    {
        var invite = await _invites.GetAsync(renew: false, Stop);
        var (limited, _) = await _invites.CreateLimitedAsync(new InviteLimits(TimeSpan.FromHours(1), null), Stop);
        var (first, _) = await JoinAsync(invite, machine: "m");
        await _registry.SetStateAsync(first.Id, FollowerState.Revoked, Stop);
        foreach (var kept in new[] { invite, limited })
        {
            var error = await Assert.ThrowsAsync<CodexportException>(() => JoinAsync(kept, machine, showsCredential ? first.Id : null));
            Assert.Equal(ErrorCode.InviteRefused, error.Code);
        }

        Assert.Equal(FollowerState.Revoked, Assert.Single(_registry.List()).State);
        var renewed = await _invites.GetAsync(renew: true, Stop);
        var (again, _) = await JoinAsync(renewed, machine, showsCredential ? first.Id : null);
        Assert.Equal((first.Id, FollowerState.Approved), (again.Id, again.State));
    }

    [Fact]
    public async Task Revoke_SaysWhatStaysInForce_AndRenewEndsIt()
    {
        var master = new MasterOperations(_home.Context);
        var invite = await _invites.GetAsync(renew: false, Stop);
        var (limited, _) = await _invites.CreateLimitedAsync(new InviteLimits(null, 5), Stop);
        var (first, _) = await JoinAsync(invite, "a");
        var (second, _) = await JoinAsync(invite, "b");
        var told = await master.RevokeFollowerAsync(first.Id, renewInvite: false, Stop);
        Assert.Contains("link --renew", told.Warning, StringComparison.Ordinal);
        Assert.True(_invites.IsValid(invite));
        Assert.Null((await master.RevokeFollowerAsync(second.Id, renewInvite: true, Stop)).Warning);
        Assert.False(_invites.IsValid(invite));
        Assert.False(_invites.IsValid(limited));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Invite_WithUses_LetsInSoManyHoweverManyComeAtOnce(int uses)
    {
        var (invite, _) = await _invites.CreateLimitedAsync(new InviteLimits(null, uses), Stop);
        var grant = _invites.Find(invite);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(async machine =>
        {
            try
            {
                await new FollowerRegistry(_home.Context).RegisterAsync(Introduce(grant, $"{machine}"), FollowerState.Approved, Stop);
                return true;
            }
            catch (CodexportException error) when (error.Code == ErrorCode.InviteRefused)
            {
                return false;
            }
        }));
        Assert.Equal(uses, outcomes.Count(joined => joined));
        Assert.Equal(uses, _registry.List().Count);
        Assert.Null(_invites.Find(invite));
    }

    [Fact]
    public async Task Invite_WithATime_EndsThen_AndOnlyItsHashIsKept()
    {
        var durable = await _invites.GetAsync(renew: false, Stop);
        var (invite, expires) = await _invites.CreateLimitedAsync(new InviteLimits(TimeSpan.FromHours(1), null), Stop);
        Assert.NotNull(expires);
        foreach (var file in Directory.EnumerateFiles(_home.Context.Home.MasterFolder, "*", SearchOption.AllDirectories))
        {
            Assert.DoesNotContain(invite, await File.ReadAllTextAsync(file, Stop), StringComparison.Ordinal);
        }

        Assert.True(_invites.IsValid(invite));
        _home.Clock.Ahead = TimeSpan.FromMinutes(61);
        Assert.False(_invites.IsValid(invite));
        Assert.True(_invites.IsValid(durable));
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData(null, 20_000)]
    [InlineData(-1, null)]
    [InlineData(0, null)]
    [InlineData(600, null)]
    public async Task Link_WithLimitsThatMakeNoSense_IsRefused(int? days, int? uses)
    {
        var limits = new InviteLimits(days is { } count ? TimeSpan.FromDays(count) : null, uses);
        var error = await Assert.ThrowsAsync<CodexportException>(
            () => new MasterOperations(_home.Context).CreateJoinLinkAsync(["h"], null, renewInvite: false, limits, Stop));
        Assert.Equal(ErrorCode.InvalidUsage, error.Code);
    }

    private async Task<(FollowerInfo Follower, string Credential)> JoinAsync(string invite, string? machine, string? provenId = null)
    {
        var grant = _invites.Find(invite);
        Assert.NotNull(grant);
        return await _registry.RegisterAsync(Introduce(grant, machine) with { ProvenId = provenId }, FollowerState.Approved, Stop);
    }

    private static FollowerIntroduction Introduce(InviteGrant? grant, string? machine)
        => new("box", "linux", "1", "127.0.0.1") { Machine = machine, Invite = grant };
}
