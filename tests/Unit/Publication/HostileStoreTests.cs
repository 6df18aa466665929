using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Publication;
using Codexport.Engine.Results;
using Codexport.Tests.Follower;

namespace Codexport.Tests.Publication;

/// <summary>The store as the attacker: whoever can write to it, or reads everything in it.</summary>
public sealed class HostileStoreTests : IAsyncLifetime
{
    private readonly PublishedFleet _fleet = new();
    private FollowerHome _follower = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private MemoryStore Store => _fleet.Store;

    public async ValueTask InitializeAsync()
    {
        await _fleet.StartAsync();
        _follower = await _fleet.AddFollowerAsync("box");
        await _fleet.PublishAsync();
    }

    public ValueTask DisposeAsync()
    {
        _fleet.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task EveryChangedByte_OfEveryObject_IsRefused_AndNothingChanges()
    {
        foreach (var key in Store.Objects.Keys.ToList())
        {
            var content = Store[key];
            for (var index = 0; index < content.Length; index += Math.Max(1, content.Length / 12))
            {
                var changed = content.ToArray();
                changed[index] ^= 0x20;
                Store.Set(key, changed);
                await AssertRefusedAsync(key);
            }

            Store.Set(key, content);
        }

        Assert.Equal(SyncStatus.Applied, (await _follower.SyncAsync()).Status);
    }

    [Fact]
    public async Task Truncated_Empty_Missing_OrOversized_IsRefused_AndNothingChanges()
    {
        foreach (var key in Store.Objects.Keys.ToList())
        {
            var content = Store[key];
            foreach (var other in new[] { content[..^1], content[..(content.Length / 2)], [], [.. content, 0], new byte[64 << 20] })
            {
                Store.Set(key, other);
                await AssertRefusedAsync(key);
            }

            Store.Objects.Remove(key);
            await AssertRefusedAsync(key);
            Store.Set(key, content);
        }

        Assert.Equal(SyncStatus.Applied, (await _follower.SyncAsync()).Status);
    }

    [Fact]
    public async Task Swapped_AnyTwoObjects_AreRefused_AndNothingChanges()
    {
        await _fleet.SaveAsync("AGENTS.md", "second");
        await _fleet.PublishAsync();
        var all = Store.Copy();
        foreach (var (first, second) in all.Keys.SelectMany(first => all.Keys.Where(second => string.CompareOrdinal(first, second) < 0).Select(second => (first, second))))
        {
            Store.Set(first, all[second].Content);
            Store.Set(second, all[first].Content);
            var reader = await NewcomerAsync();
            var before = reader.Snapshot();
            if (!await IsRefusedAsync(reader))
            {
                // Objects of the revision before are not read at all.
                Assert.Equal("second", reader.Read("AGENTS.md"));
            }
            else
            {
                before.AssertUnchanged([.. FollowerHome.OwnRecords, ".codexport/state/epoch.json", ".codexport/state/enrollment.json", ".codexport/state/settings.json"]);
            }

            Store.Set(first, all[first].Content);
            Store.Set(second, all[second].Content);
        }
    }

    [Fact]
    public async Task OldHead_IsNotTaken_AndWhatIsHereStays()
    {
        var old = Store.Copy();
        await _fleet.SaveAsync("AGENTS.md", "newer");
        await _fleet.PublishAsync();
        await _follower.SyncAsync();
        Assert.Equal("newer", _follower.Read("AGENTS.md"));
        Store.Objects.Clear();
        foreach (var (key, entry) in old)
        {
            Store.Set(key, entry.Content);
        }

        var result = await _follower.SyncAsync();
        Assert.Equal(SyncStatus.Current, result.Status);
        Assert.Contains(result.Warnings, warning => warning.Contains("older head", StringComparison.Ordinal));
        Assert.Equal("newer", _follower.Read("AGENTS.md"));
    }

    [Fact]
    public async Task HeldBack_UntilItExpires_IsToldByStatus()
    {
        await _follower.SyncAsync();
        _follower.Time.Now += TimeSpan.FromDays(31);
        var result = await _follower.SyncAsync();
        Assert.Contains(result.Warnings, warning => warning.Contains("expired", StringComparison.Ordinal));
        var status = await _follower.Operations.GetStatusAsync(Stop);
        Assert.Equal("/store", status.Source);
        Assert.NotNull(status.HeadIssued);
        Assert.Contains(status.Warnings, warning => warning.Contains("expired", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ObjectsOfAnotherEpoch_UnderThePresentNames_AreRefused()
    {
        var first = Store.Copy();
        await new FollowerRegistry(_fleet.Master.Context).SetStateAsync((await _fleet.AddFollowerAsync("goes")).Services.MachineName, FollowerState.Approved, Stop);
        await _fleet.PublishAsync();
        await new FollowerRegistry(_fleet.Master.Context).SetStateAsync("goes", FollowerState.Revoked, Stop);
        await _fleet.PublishAsync();
        foreach (var key in Store.Objects.Keys.Where(key => !first.ContainsKey(key)).ToList())
        {
            var content = Store[key];
            foreach (var other in first.Where(pair => pair.Key[..6] == key[..6]))
            {
                Store.Set(key, other.Value.Content);
                var reader = await NewcomerAsync();
                _ = await IsRefusedAsync(reader) || reader.Read("AGENTS.md") == "Be kind." ? true : throw new InvalidOperationException(key);
            }

            Store.Set(key, content);
        }

        Assert.Equal(SyncStatus.Applied, (await _follower.SyncAsync()).Status);
    }

    [Fact]
    public async Task HeadOfAnotherMaster_IsRefused()
    {
        using var other = await new PublishedFleet().StartAsync();
        await other.PublishAsync(store: Store, takeOver: true);
        Assert.Equal(ErrorCode.FingerprintMismatch, await _follower.RefusedSyncAsync());
    }

    [Fact]
    public async Task RevokedFollower_WithAllThatItEverSaw_OpensNothingOfTheNextEpoch()
    {
        await _follower.SyncAsync();
        var enrollment = EnrollmentRecord.TryRead(_follower.Context)!;
        var keys = EpochKeys.TryRead(_follower.Context, MasterEpochNumber())!;
        await new FollowerRegistry(_fleet.Master.Context).SetStateAsync("box", FollowerState.Revoked, Stop);
        await _fleet.SaveAsync("AGENTS.md", "not for everybody");
        await _fleet.PublishAsync();

        // The store is open to it: it reads every byte, with its private key and every key that it ever unwrapped.
        Assert.Equal(ErrorCode.PublicationUnreadable, await _follower.RefusedSyncAsync());
        using var own = FollowerKey.Ensure(_follower.Context);
        var epoch = MasterEpochNumber();
        foreach (var (key, (content, _)) in Store.Objects)
        {
            if (key.StartsWith(PublicationPaths.Epochs, StringComparison.Ordinal) && key.Contains($"/{epoch}/", StringComparison.Ordinal) && key.Contains('-', StringComparison.Ordinal))
            {
                Assert.Null(Keyring.TryOpen(content, epoch, enrollment.FollowerId, own));
            }

            foreach (var known in keys)
            {
                using var guess = new SealingKey(epoch, known.Label, known.Secret);
                if (Engine.Content.Sha256Hash.TryParse(Path.GetFileName(key), out var name))
                {
                    Assert.All(Enum.GetValues<SealedKind>(), kind => Assert.Null(guess.TryOpen(kind, name, content)));
                }
            }
        }

        long MasterEpochNumber() => Engine.Master.Stores.MasterEpoch.TryRead(_fleet.Master.Context)!.Number;
    }

    [Fact]
    public async Task StolenCredentialOfTheBucket_OpensNothing_AndForgesNothing()
    {
        // Who holds it has every object and may replace each, but no key: what it makes itself is refused.
        using var forged = new SealingKey(Engine.Master.Stores.MasterEpoch.TryRead(_fleet.Master.Context)!.Number, SealingKey.Everybody, new byte[SealingKey.Size]);
        foreach (var key in Store.Objects.Keys.Where(key => key.StartsWith(PublicationPaths.Revisions, StringComparison.Ordinal) || key.StartsWith(PublicationPaths.Objects, StringComparison.Ordinal)).ToList())
        {
            Assert.True(Engine.Content.Sha256Hash.TryParse(Path.GetFileName(key), out var name));
            Assert.All(Enum.GetValues<SealedKind>(), kind => Assert.Null(forged.TryOpen(kind, name, Store[key])));
            var content = Store[key];
            Store.Set(key, forged.Seal(SealedKind.Pack, name, "anything"u8));
            await AssertRefusedAsync(key);
            Store.Set(key, content);
        }
    }

    [Fact]
    public async Task FollowerThatWritesToTheStore_CanForgeNoContent()
    {
        // It holds the epoch's key, so what it seals opens; what counts is the hash in the signed document.
        var epoch = Engine.Master.Stores.MasterEpoch.TryRead(_fleet.Master.Context)!;
        using var key = epoch.KeyFor(SealingKey.Everybody);
        var pack = epoch.Packs[0];
        var forged = new byte[pack.OpenSize];
        Store.Set(PublicationPaths.Object(pack.Name), key.Seal(SealedKind.Pack, pack.Name, SealedContents.Squeeze(forged)));
        var before = _follower.Snapshot();
        Assert.Equal(ErrorCode.ContentMismatch, await _follower.RefusedSyncAsync());
        AssertUnchanged(before);
    }

    [Fact]
    public async Task StoreWhereSomethingIsWrong_DoesNotKeepAnotherOneFromBeingAsked()
    {
        var good = new MemoryStore();
        await _fleet.PublishAsync(store: good, target: "s3://memory/good");
        foreach (var key in Store.Objects.Keys.Where(key => key.StartsWith(PublicationPaths.Objects, StringComparison.Ordinal)).ToList())
        {
            Store.Objects.Remove(key);
        }

        Engine.Settings.SettingsFile.Update(
            _follower.Context.Files, _follower.Context.Home.SettingsFile, new Dictionary<string, object?> { ["masterUrls"] = new[] { "/bad", "/good" } });
        _follower.Services = _follower.Services with { OpenPublication = (_, address, _, _) => new MemoryReader(address.Text == "/good" ? good : Store, address) };
        Assert.Equal(SyncStatus.Applied, (await _follower.SyncAsync()).Status);
        Assert.Equal("/good", (await _follower.Operations.GetStatusAsync(Stop)).Source);
    }

    private async Task AssertRefusedAsync(string key)
    {
        // Keys that are known need no keyring.
        File.Delete(Path.Join(_follower.Context.Home.MachineStateFolder, "epoch.json"));
        var before = _follower.Snapshot();
        Assert.True(await IsRefusedAsync(_follower), $"{key} was taken though it is not what the master put there.");
        AssertUnchanged(before);
    }

    private static void AssertUnchanged(HomeSnapshot before)
        => before.AssertUnchanged([.. FollowerHome.OwnRecords, ".codexport/state/epoch.json", ".codexport/state/enrollment.json", ".codexport/state/settings.json"]);

    private static async Task<bool> IsRefusedAsync(FollowerHome follower)
    {
        try
        {
            return (await follower.SyncAsync()).Status == SyncStatus.Offline;
        }
        catch (CodexportException error)
        {
            Assert.Contains(error.Code, new[]
            {
                ErrorCode.ContentMismatch, ErrorCode.RevisionNotFound, ErrorCode.HeadInvalid, ErrorCode.FingerprintMismatch, ErrorCode.LimitExceeded,
                ErrorCode.PublicationUnreadable, ErrorCode.MasterUnreachable,
            });
            return true;
        }
    }

    // One that is in the keyring and has seen nothing yet.
    private async Task<FollowerHome> NewcomerAsync()
    {
        var reader = await _fleet.AddFollowerAsync("reader");
        var registry = new FollowerRegistry(_fleet.Master.Context);
        await registry.RemoveAsync(registry.List().First(known => known.Name == "reader").Id, Stop);
        File.Copy(Path.Join(_follower.Context.Home.MachineStateFolder, "key.pem"), Path.Join(reader.Context.Home.MachineStateFolder, "key.pem"), overwrite: true);
        var own = EnrollmentRecord.TryRead(_follower.Context)!;
        (EnrollmentRecord.TryRead(reader.Context)! with { FollowerId = own.FollowerId }).Write(reader.Context);
        return reader;
    }
}
