using Codexport.Engine.Apply;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Tests.Follower;
using Codexport.Tests.Platform;

namespace Codexport.Tests.State;

/// <summary>No loss of a file opens the way back to an older head, or undoes what a person decided.</summary>
public sealed class HeadMarkLossTests : IAsyncLifetime
{
    private readonly SimulatedMaster _master = new();
    private readonly FollowerHome _home = new();
    private byte[] _old = [];
    private Sha256Hash _newest;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Mark => _home.Context.Home.HeadMarkFile();

    public async ValueTask InitializeAsync()
    {
        _master.Publish(("AGENTS.md", "first"));
        await _home.JoinAsync(_master);
        _old = _master.Envelope;
        _newest = _master.Publish(("AGENTS.md", "second"));
        await _home.SyncAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _master.DisposeAsync();
        _home.Dispose();
    }

    public static TheoryData<string> Losses() => ["deleted", "the older one put back", .. Damage.Names.Where(name => name != Damage.Unreadable)];

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task Head_WhenItsMarkIsLost_IsAskedOverTlsAndNoOlderOneIsTaken(string loss)
    {
        Lose(loss);
        ServePlain(_old);
        var result = await _home.SyncAsync();
        Assert.Equal("second", _home.Read("AGENTS.md"));
        Assert.Equal(SyncStatus.Current, result.Status);
        Assert.Contains(result.Warnings, warning => warning.Contains("head.json", StringComparison.Ordinal));
        Assert.Equal(_master.Head.Sequence, HeadMark.TryRead(_home.Context, EnrollmentRecord.TryRead(_home.Context)!)!.Sequence);

        // Written anew: the next one is as always.
        _master.Script = null;
        Assert.Empty((await _home.SyncAsync()).Warnings);
    }

    [Theory]
    [InlineData("head.json")]
    [InlineData("head.json", "applied.json")]
    [InlineData("head.json", "contact.json")]
    [InlineData("head.json", "contact.json", "glance.cache", "stat.cache", "staged.json")]
    public async Task OlderHead_OverTlsToo_IsRefusedWhicheverOfTheRecordsAreLost(params string[] lost)
    {
        foreach (var file in lost)
        {
            File.Delete(Path.Join(_home.Context.Home.MachineStateFolder, file));
        }

        _master.Envelope = _old;
        var error = await Assert.ThrowsAsync<CodexportException>(
            () => _home.Operations.SyncAsync(new SyncOptions(Apply: true, Adopt: true), Token));
        Assert.Equal(ErrorCode.HeadReplayed, error.Code);
        Assert.Equal("second", _home.Read("AGENTS.md"));
    }

    [Fact]
    public async Task Mark_IsOnTheDiskBeforeAnythingIsFetchedForItsHead()
    {
        var revision = _master.Publish(("AGENTS.md", "newer"));
        var marks = new List<string>();
        _master.Script = request =>
        {
            if (request.Path.Contains(revision.ToString(), StringComparison.Ordinal))
            {
                marks.Add(File.ReadAllText(Mark));
            }

            return null;
        };
        Assert.Equal(SyncStatus.Applied, (await _home.SyncAsync()).Status);
        Assert.NotEmpty(marks);
        Assert.All(marks, mark => Assert.Contains(revision.ToString(), mark, StringComparison.Ordinal));
    }

    [Fact]
    public async Task OlderHead_WhenAnOlderEnrollmentWasPutBackAndTheMarkLost_IsRefusedByTheAppliedState()
    {
        var enrollment = EnrollmentRecord.TryRead(_home.Context)!;
        (enrollment with { Seen = enrollment.Seen! with { Sequence = 1 } }).Write(_home.Context);
        File.Delete(Mark);
        _master.Envelope = _old;
        Assert.Equal(ErrorCode.HeadReplayed, await _home.RefusedSyncAsync());
    }

    [Fact]
    public async Task ResetTrust_ClearsAllThreeRecords()
    {
        await _home.Operations.ResetTrustAsync(_master.Fingerprint, Token);
        Assert.Null(HeadMark.TryRead(
            _home.Context, EnrollmentRecord.TryRead(_home.Context)!, AppliedStateCodec.TryLoad(_home.Context.Files, _home.Context.Home)));
        _master.Envelope = _old;
        await _home.SyncAsync();
        Assert.Equal("first", _home.Read("AGENTS.md"));
    }

    public static TheoryData<string> Caches() => ["contact.json", "head.json", "glance.cache", "stat.cache", "staged.json"];

    [Theory]
    [MemberData(nameof(Caches))]
    public async Task Hook_AfterARollbackAndALostCache_DoesNotApplyAgain(string lost)
    {
        var older = _home.Operations.GetRevisions().First(revision => revision.Revision != _newest.ToString()).Revision;
        await _home.Operations.ApplyAsync(older, adopt: false, Token);
        File.Delete(Path.Join(_home.Context.Home.MachineStateFolder, lost));
        _home.Operations.QuickSync(Token);
        _home.Operations.QuickSync(Token);
        Assert.Equal("first", _home.Read("AGENTS.md"));

        // The person's word ends it, and what is newer is not held back.
        await _home.SyncAsync();
        Assert.Equal("second", _home.Read("AGENTS.md"));
        Assert.Null(EnrollmentRecord.TryRead(_home.Context)!.HeldBack);
    }

    [Fact]
    public async Task Hook_AfterARestoredBackupAndALostContact_DoesNotApplyAgain()
    {
        var backup = Assert.Single(await _home.Operations.GetBackupsAsync(Token));
        await _home.Operations.RestoreBackupAsync(backup.Name, Token);
        File.Delete(_home.Context.Home.ContactFile());
        _home.Operations.QuickSync(Token);
        Assert.Equal("first", _home.Read("AGENTS.md"));
    }

    [Fact]
    public async Task Hook_WhileTheHeadStaysExpired_SaysSoOnceADay()
    {
        _master.Sign(_newest, 3, expires: _home.Time.Now.AddHours(1));
        await _home.SyncAsync();
        var told = new List<int>();
        for (var hour = 0; hour < 80; hour += 2)
        {
            _home.Time.Now = _home.Time.Now.AddHours(2);
            if (_home.Operations.QuickSync(Token) is { } line)
            {
                Assert.Contains("expired", line, StringComparison.Ordinal);
                told.Add(hour);
            }
        }

        Assert.Equal([0, 24, 48, 72], told);
    }

    [Fact]
    public async Task Hook_WhileTheMasterIsAwayAndTheHeadExpired_SaysSoOnceADay()
    {
        _master.Sign(_newest, 3, expires: _home.Time.Now.AddHours(1));
        await _home.SyncAsync();
        await _master.Server.DisposeAsync();
        var told = 0;
        for (var hour = 0; hour < 72; hour += 3)
        {
            _home.Time.Now = _home.Time.Now.AddHours(3);
            told += _home.Operations.QuickSync(Token) is null ? 0 : 1;
        }

        Assert.Equal(3, told);
    }

    private void Lose(string loss)
    {
        switch (loss)
        {
            case "deleted":
                File.Delete(Mark);
                break;
            case "the older one put back":
                HeadMark.Of(new Head(_master.Head.Revision, 1, default, _home.Time.Now.AddDays(9)), _old, _master.Fingerprint).Write(_home.Context);
                break;
            default:
                Damage.Do(loss, Mark);
                break;
        }
    }

    // Somebody between plays an old head where anybody can; over TLS the master itself answers.
    private void ServePlain(byte[] envelope) => _master.Script = request
        => !request.IsSecure && request.Path == ProtocolConstants.HeadPath ? HostileAnswer.Of(200, envelope, "application/json") : null;
}
