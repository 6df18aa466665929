using Codexport.Engine.Errors;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Master;

public sealed class IdentityRotationTests : IDisposable
{
    private readonly MasterHome _home = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Rotate_GivesANewKeyThatTheOldOneVouchesFor()
    {
        _home.Write("AGENTS.md");
        var init = await _home.InitializeAsync();
        using var old = MasterIdentity.Load(_home.Context);
        var oldPem = await File.ReadAllTextAsync(Path.Combine(_home.Context.Home.MasterFolder, "key.pem"), Token);
        var before = _home.Revisions.ReadHead(old)!;

        var result = await new MasterOperations(_home.Context).RotateIdentityAsync(Token);

        using var now = MasterIdentity.Load(_home.Context);
        Assert.Equal((init.Fingerprint, now.Fingerprint, 0), (result.PreviousFingerprint, result.Fingerprint, result.Followers));
        Assert.NotEqual(init.Fingerprint, now.Fingerprint);
        var head = _home.Revisions.ReadHead(now)!;
        Assert.Equal(before.Revision, head.Revision);
        var last = RotationChain.Follow(_home.Revisions.ReadRotations(), old.Fingerprint, old.PublicKey.Span, now.Fingerprint, out _)!;
        Assert.InRange(last.Sequence, before.Sequence + 1, head.Sequence - 1);

        // Nothing on disk holds the old private key.
        Assert.DoesNotContain(
            Directory.EnumerateFiles(_home.Context.Home.MasterFolder, "*", SearchOption.AllDirectories).Select(File.ReadAllText),
            text => text.Contains(oldPem.Split('\n')[1], StringComparison.Ordinal));
        Assert.False(KeyChange.IsBegun(_home.Context));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_home.Context.Home.MasterFolder, "key.pem")));
        }

        // And on: publishing, renewing, rotating again.
        _home.Write("AGENTS.md", "more");
        Assert.Equal(RebuildStatus.Published, (await _home.RebuildAsync()).Status);
        Assert.True((await _home.Revisions.RenewHeadAsync(Token)).Sequence > head.Sequence);
        await new MasterOperations(_home.Context).RotateIdentityAsync(Token);
        using var third = MasterIdentity.Load(_home.Context);
        Assert.NotNull(RotationChain.Follow(_home.Revisions.ReadRotations(), old.Fingerprint, old.PublicKey.Span, third.Fingerprint, out _));
        Assert.NotNull(RotationChain.Follow(_home.Revisions.ReadRotations(), now.Fingerprint, now.PublicKey.Span, third.Fingerprint, out _));
    }

    [Fact]
    public async Task Rotate_WhenNothingIsPublished_KeepsLaterHeadsAboveTheStatement()
    {
        using (MasterIdentity.Create(_home.Context))
        {
            _home.Clock.Ahead = TimeSpan.FromDays(10);
            await new MasterOperations(_home.Context).RotateIdentityAsync(Token);
            _home.Clock.Ahead = TimeSpan.Zero;
        }

        _home.Write("AGENTS.md");
        await _home.RebuildAsync();
        using var identity = MasterIdentity.Load(_home.Context);
        Assert.True(_home.Revisions.ReadHead(identity)!.Sequence > RotationChain.Newest(_home.Revisions.ReadRotations())!.Sequence);
    }

    [Fact]
    public async Task Rotate_OfAHomeThatIsNoMaster_LeavesNoTrace()
    {
        var error = await Assert.ThrowsAsync<CodexportException>(() => new MasterOperations(_home.Context).RotateIdentityAsync(Token));
        Assert.Equal(ErrorCode.NotMaster, error.Code);
        Assert.False(Directory.Exists(_home.Context.Home.StateFolder));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rotate_WhenStoppedAtAnyCall_LeavesOneWholeKeyAndIsMendedByTheNextRun(bool isPowerLoss)
    {
        var steps = 0;
        for (var failAt = 1; ; failAt++)
        {
            using var home = new MasterHome();
            home.Write("AGENTS.md");
            var init = await home.InitializeAsync();
            using var old = MasterIdentity.Load(home.Context);
            var sequence = home.Revisions.ReadHead(old)!.Sequence;
            var faulty = new FaultyFileSystem(home.Context.Files) { FailAt = failAt, IsPowerLoss = isPowerLoss };
            try
            {
                await IdentityRotation.RunAsync(home.Context with { Files = faulty }, Token);
                if (faulty.Last.Length == 0)
                {
                    break;
                }
            }
            catch (Exception error) when (error is PowerLossException or CodexportException)
            {
                steps++;
            }

            // At any point a key is there and whole.
            using (var present = MasterIdentity.Read(home.Context, MasterIdentity.KeyFile(home.Context)))
            {
                Assert.NotNull(present);
            }

            // The next run: a rebuild, which mends what is left under way.
            home.Write("AGENTS.md", "more");
            Assert.Equal(RebuildStatus.Published, (await home.RebuildAsync()).Status);
            using var now = MasterIdentity.Load(home.Context);
            var head = home.Revisions.ReadHead(now)!;
            Assert.True(head.Sequence > sequence, faulty.Last);
            Assert.False(KeyChange.IsBegun(home.Context), faulty.Last);
            Assert.False(File.Exists(Path.Combine(home.Context.Home.MasterFolder, "next-head.json")), faulty.Last);
            if (now.Fingerprint != init.Fingerprint)
            {
                Assert.NotNull(RotationChain.Follow(home.Revisions.ReadRotations(), old.Fingerprint, old.PublicKey.Span, now.Fingerprint, out _));
            }

            // And a change of keys from there works as well.
            await new MasterOperations(home.Context).RotateIdentityAsync(Token);
            using var last = MasterIdentity.Load(home.Context);
            Assert.NotNull(RotationChain.Follow(home.Revisions.ReadRotations(), now.Fingerprint, now.PublicKey.Span, last.Fingerprint, out _));
        }

        Assert.True(steps > 10, $"only {steps} calls");
    }
}
