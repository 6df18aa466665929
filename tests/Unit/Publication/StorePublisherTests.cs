using System.Text;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Stores;
using Codexport.Engine.Protocol;
using Codexport.Engine.Publication;
using Codexport.Engine.Results;

namespace Codexport.Tests.Publication;

public sealed class StorePublisherTests : IDisposable
{
    private readonly PublishedFleet _fleet = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _fleet.Dispose();

    [Fact]
    public async Task Change_AmongMany_UploadsThreeThingsOfFewBytes()
    {
        for (var number = 0; number < 500; number++)
        {
            _fleet.Master.Write($"skills/s{number}/SKILL.md", $"{number} {new string('x', 2000)}");
        }

        await _fleet.StartAsync();
        var follower = await _fleet.AddFollowerAsync("box");
        await _fleet.PublishAsync();
        for (var change = 0; change < 10; change++)
        {
            await _fleet.SaveAsync("skills/s7/SKILL.md", $"changed {change}");
            var result = await _fleet.PublishAsync();
            Assert.Equal((PublicationStatus.Published, 3), (result.Status, result.ObjectsUploaded));
            Assert.InRange(result.BytesUploaded, 1, 64 * 1024);
        }

        var again = await _fleet.PublishAsync();
        Assert.Equal((PublicationStatus.Current, 0), (again.Status, again.ObjectsUploaded));
    }

    [Fact]
    public async Task Store_SeesNeitherNamesNorContents()
    {
        await _fleet.StartAsync();
        var follower = await _fleet.AddFollowerAsync("box");
        await _fleet.PublishAsync();
        var secrets = new[] { "AGENTS", "skills", "SKILL", "the secret way", "Be kind", "bbbbbbbb", Sha256Hash.Of("Be kind."u8).ToString() };
        foreach (var (key, (content, _)) in _fleet.Store.Objects)
        {
            var text = key + Encoding.Latin1.GetString(content);
            Assert.All(secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
            Assert.Equal(-1, content.AsSpan().IndexOf(Sha256Hash.Of("Be kind."u8).ToBytes()));
        }
    }

    [Fact]
    public async Task KillAtEveryStep_LeavesTheOldHeadOrTheNewOne_AndAllThatItNames()
    {
        await _fleet.StartAsync();
        var follower = await _fleet.AddFollowerAsync("box");
        await _fleet.PublishAsync();
        var (oldHead, steps) = (_fleet.Store["v1/head"], 0);
        for (var isAfter = false; ; isAfter = true)
        {
            for (var step = 1; ; step++)
            {
                await _fleet.SaveAsync("AGENTS.md", $"step {step} {isAfter}");
                var before = _fleet.Store.Copy();
                var calls = 0;
                Action<string, string> count = (doing, key) =>
                {
                    if (++calls == step)
                    {
                        throw new OperationCanceledException("killed");
                    }
                };
                (_fleet.Store.Before, _fleet.Store.After) = isAfter ? (null, count) : (count, (Action<string, string>?)null);
                var killed = await Record.ExceptionAsync(() => _fleet.PublishAsync());
                (_fleet.Store.Before, _fleet.Store.After) = (null, null);
                if (killed is null)
                {
                    break;
                }

                steps++;
                var head = _fleet.Store["v1/head"];
                Assert.True(
                    head.AsSpan().SequenceEqual(before["v1/head"].Content) || head.AsSpan().SequenceEqual(_fleet.Master.Revisions.ReadHeadEnvelope()),
                    "The store's head is neither the old one nor the new one.");
                await AssertReadableAsync();
            }

            if (isAfter)
            {
                break;
            }
        }

        Assert.InRange(steps, 12, 40);
        Assert.NotEqual(oldHead, _fleet.Store["v1/head"]);
        await _fleet.PublishAsync();
        await AssertReadableAsync();

        async Task AssertReadableAsync()
        {
            var reader = await _fleet.AddFollowerAsync("reader");
            File.Copy(Path.Join(follower.Context.Home.MachineStateFolder, "key.pem"), Path.Join(reader.Context.Home.MachineStateFolder, "key.pem"), overwrite: true);
            var own = Codexport.Engine.Follower.State.EnrollmentRecord.TryRead(follower.Context)!;
            (Codexport.Engine.Follower.State.EnrollmentRecord.TryRead(reader.Context)! with { FollowerId = own.FollowerId }).Write(reader.Context);
            await new FollowerRegistry(_fleet.Master.Context).RemoveAsync(
                new FollowerRegistry(_fleet.Master.Context).List().Single(known => known.Name == "reader").Id, Stop);
            Assert.Equal(SyncStatus.Applied, (await reader.SyncAsync()).Status);
        }
    }

    [Fact]
    public async Task FailureForAMoment_IsTriedAgain()
    {
        await _fleet.StartAsync();
        var follower = await _fleet.AddFollowerAsync("box");
        var failed = new HashSet<string>(StringComparer.Ordinal);
        _fleet.Store.Before = (doing, key) =>
        {
            if (failed.Add(doing))
            {
                throw StoreErrors.Failed("memory", "Talking to", new IOException("a moment"), isPassing: true);
            }
        };
        Assert.Equal(PublicationStatus.Published, (await _fleet.PublishAsync()).Status);
        Assert.Equal(["list", "put", "read", "replace"], failed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task AnswerThatWasLost_IsNotTakenForAnotherMaster()
    {
        await _fleet.StartAsync();
        var follower = await _fleet.AddFollowerAsync("box");
        var isLost = false;
        _fleet.Store.After = (doing, _) =>
        {
            if (doing == "replace" && !isLost)
            {
                isLost = true;
                throw StoreErrors.Failed("memory", "Writing to", new IOException("the answer is lost"), isPassing: true);
            }
        };
        Assert.Equal(PublicationStatus.Published, (await _fleet.PublishAsync()).Status);
        Assert.True(isLost);
    }

    [Fact]
    public async Task AnotherMaster_AtTheSamePlace_IsRefused_UntilItTakesOver()
    {
        await _fleet.StartAsync();
        await _fleet.PublishAsync();
        using var other = await new PublishedFleet().StartAsync();
        var before = _fleet.Store.Copy();
        Assert.Equal(ErrorCode.PublicationConflict, (await Assert.ThrowsAsync<CodexportException>(() => other.PublishAsync(store: _fleet.Store))).Code);
        Assert.Equal(before.Keys, _fleet.Store.Objects.Keys);
        await other.PublishAsync(takeOver: true, store: _fleet.Store);

        // Now the first one is the stranger there.
        await _fleet.SaveAsync("AGENTS.md", "mine");
        Assert.Equal(ErrorCode.PublicationConflict, (await Assert.ThrowsAsync<CodexportException>(() => _fleet.PublishAsync())).Code);
    }

    [Fact]
    public async Task CopyOfThisMaster_ThatPublishedMeanwhile_IsNotOverwritten()
    {
        await _fleet.StartAsync();
        await _fleet.PublishAsync();
        using var copy = new PublishedFleet();
        CopyFolder(_fleet.Master.Path, copy.Master.Path);
        File.Delete(Path.Join(copy.Master.Context.Home.MachineStateFolder, "codex-home"));
        copy.Master.Clock.Ahead = TimeSpan.FromMinutes(5);
        await copy.SaveAsync("AGENTS.md", "of the copy");
        await copy.PublishAsync(store: _fleet.Store);
        var head = _fleet.Store["v1/head"];
        await _fleet.SaveAsync("AGENTS.md", "of the first");
        Assert.Equal(ErrorCode.PublicationConflict, (await Assert.ThrowsAsync<CodexportException>(() => _fleet.PublishAsync())).Code);
        Assert.Equal(head, _fleet.Store["v1/head"]);

        // Taken over, its head is above the other one's, as followers may have seen that.
        var result = await _fleet.PublishAsync(takeOver: true);
        using var identity = Engine.Master.Identity.MasterIdentity.Load(_fleet.Master.Context);
        Assert.True(result.Sequence > HeadCodec.Verify(head, identity.PublicKey.Span, identity.Fingerprint).Sequence);
    }

    [Fact]
    public async Task MasterThatIsFaster_BetweenLookAndReplacement_IsNotOverwritten()
    {
        await _fleet.StartAsync();
        await _fleet.PublishAsync();
        await _fleet.SaveAsync("AGENTS.md", "new");
        _fleet.Store.Before = (doing, key) =>
        {
            if (doing == "replace")
            {
                _fleet.Store.Set("v1/head", "somebody else's"u8.ToArray());
            }
        };
        Assert.Equal(ErrorCode.PublicationConflict, (await Assert.ThrowsAsync<CodexportException>(() => _fleet.PublishAsync())).Code);
        Assert.Equal("somebody else's"u8.ToArray(), _fleet.Store["v1/head"]);
    }

    [Fact]
    public async Task WhatNobodyNeeds_GoesAfterTheGracePeriod_ByTheStoresClock()
    {
        await _fleet.StartAsync();
        var follower = await _fleet.AddFollowerAsync("box");
        await _fleet.PublishAsync();
        var first = _fleet.Store.Objects.Keys.ToHashSet();
        await _fleet.SaveAsync("AGENTS.md", "two");
        Assert.Equal(0, (await _fleet.PublishAsync()).ObjectsRemoved);
        _fleet.Store.Now = _fleet.Store.Now.AddDays(6);
        await _fleet.SaveAsync("AGENTS.md", "three");
        Assert.Equal(0, (await _fleet.PublishAsync()).ObjectsRemoved);
        _fleet.Store.Now = _fleet.Store.Now.AddDays(2);
        await _fleet.SaveAsync("AGENTS.md", "four");
        Assert.InRange((await _fleet.PublishAsync()).ObjectsRemoved, 1, 5);
        Assert.Contains(first, key => !_fleet.Store.Objects.ContainsKey(key));
        Assert.Equal(SyncStatus.Applied, (await follower.SyncAsync()).Status);
        Assert.Equal("four", follower.Read("AGENTS.md"));
    }

    [Fact]
    public async Task Revoking_BeginsANewEpoch_InWhichEverythingHasAnotherName()
    {
        await _fleet.StartAsync();
        var stays = await _fleet.AddFollowerAsync("stays");
        var goes = await _fleet.AddFollowerAsync("goes");
        var first = await _fleet.PublishAsync();
        var before = _fleet.Store.Objects.Keys.ToHashSet();
        await new FollowerRegistry(_fleet.Master.Context).SetStateAsync("goes", FollowerState.Revoked, Stop);
        var second = await _fleet.PublishAsync();
        Assert.True(second.Epoch > first.Epoch);
        Assert.Equal((2, 1), (first.Followers, second.Followers));
        Assert.Equal(["v1/head"], NeededNow().Where(before.Contains));
        Assert.Equal(SyncStatus.Applied, (await stays.SyncAsync()).Status);
        Assert.Equal(ErrorCode.PublicationUnreadable, await goes.RefusedSyncAsync());

        HashSet<string> NeededNow()
        {
            var epoch = MasterEpoch.TryRead(_fleet.Master.Context)!;
            return ["v1/head", .. epoch.Packs.Select(pack => PublicationPaths.Object(pack.Name)), PublicationPaths.Revision(epoch.Checkpoint!.Value)];
        }
    }

    [Theory]
    [InlineData("epoch")]
    [InlineData("checkpoint")]
    public async Task StateThatIsLostOrDamaged_BeginsAnew_AndFollowersGoOn(string file)
    {
        await _fleet.StartAsync();
        var follower = await _fleet.AddFollowerAsync("box");
        var first = await _fleet.PublishAsync();
        await follower.SyncAsync();
        var path = Path.Join(_fleet.Master.Context.Home.MasterFolder, "publication", file);
        var content = File.ReadAllBytes(path);
        content[content.Length / 2] ^= 1;
        File.WriteAllBytes(path, content);
        await _fleet.SaveAsync("AGENTS.md", "after");
        var second = await _fleet.PublishAsync();
        Assert.Equal(file == "epoch", second.Epoch > first.Epoch);
        Assert.Equal(SyncStatus.Applied, (await follower.SyncAsync()).Status);
        Assert.Equal("after", follower.Read("AGENTS.md"));
    }

    [Fact]
    public async Task SecondStore_GetsEverything_AlsoWhenOldContentsAreGone()
    {
        await _fleet.StartAsync();
        var follower = await _fleet.AddFollowerAsync("box");
        await _fleet.PublishAsync();
        for (var change = 0; change < 30; change++)
        {
            await _fleet.SaveAsync("AGENTS.md", $"change {change}");
            await _fleet.PublishAsync();
        }

        var second = new MemoryStore();
        await _fleet.PublishAsync(store: second, target: "s3://memory/second");
        PublishedFleet.Offer(follower, second);
        Assert.Equal(SyncStatus.Applied, (await follower.SyncAsync()).Status);
        Assert.Equal("change 29", follower.Read("AGENTS.md"));
    }

    [Fact]
    public async Task Head_IsOfTheFirstVersion_UntilSomethingIsPublishedToAStore()
    {
        await _fleet.StartAsync();
        Assert.Null(HeadNow().Epoch);
        await _fleet.PublishAsync();
        Assert.NotNull(HeadNow().Epoch);

        Head HeadNow()
        {
            using var identity = Engine.Master.Identity.MasterIdentity.Load(_fleet.Master.Context);
            return _fleet.Master.Revisions.ReadHead(identity)!;
        }
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Join(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }
}
