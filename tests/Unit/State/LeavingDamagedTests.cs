using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Tests.Platform;

namespace Codexport.Tests.State;

/// <summary>Leaving, the last thing that must work, with every state file damaged in every way; and joining after it.</summary>
public sealed class LeavingDamagedTests(DamagedFollower follower) : IClassFixture<DamagedFollower>
{
    [Theory]
    [MemberData(nameof(DamagedFollowerTests.StateFiles), MemberType = typeof(DamagedFollowerTests))]
    public async Task Leave_OnDamagedState_ForgetsTheMasterAndWipesTheLogin(string file)
    {
        var known = follower.Restore(file);
        foreach (var damage in Damage.Names.Where(damage => damage != Damage.Unreadable))
        {
            follower.Restore(file);
            if (known.TryDo(damage))
            {
                await CheckAsync(file, damage);
            }
        }
    }

    private async Task CheckAsync(string file, string damage)
    {
        var home = follower.Home;
        var token = TestContext.Current.CancellationToken;
        var instructions = home.Read("AGENTS.md");
        var way = follower.WayOutOf(file);
        await way.RunAsync($"leave with {file} {damage}", () => home.Operations.LeaveAsync(token));
        Assert.False(File.Exists(home.Context.Home.EnrollmentFile()));
        Assert.False(home.Has("auth.json"), $"The master's login stayed with {file} {damage}.");
        Assert.Equal(instructions, home.Read("AGENTS.md"));
        Assert.Equal(ErrorCode.NotFollower, (await Assert.ThrowsAsync<CodexportException>(() => home.Operations.GetStatusAsync(token))).Code);
        await way.RunAsync($"join after leaving with {file} {damage}", follower.JoinAsync);
        Assert.Equal("third", home.Read("AGENTS.md"));
    }
}
