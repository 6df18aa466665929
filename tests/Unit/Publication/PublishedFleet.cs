using System.Security.Cryptography;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Follower.Wire;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;
using Codexport.Tests.Follower;
using Codexport.Tests.Master;

namespace Codexport.Tests.Publication;

/// <summary>A master that publishes to a store in memory, and followers that joined it and cannot reach it any more.</summary>
internal sealed class PublishedFleet : IDisposable
{
    public const string Target = "s3://memory/fleet";

    private readonly List<FollowerHome> _followers = [];

    public MasterHome Master { get; } = new(files: new UnsyncedFileSystem());

    public MemoryStore Store { get; } = new();

    public string Revision { get; private set; } = string.Empty;

    public async Task<PublishedFleet> StartAsync()
    {
        Master.Write("AGENTS.md", "Be kind.");
        Master.Write("skills/a/SKILL.md", "the secret way of doing a");
        Master.Write("skills/b/SKILL.md", new string('b', 3000));
        Revision = (await Master.InitializeAsync()).Revision;
        return this;
    }

    /// <summary>A follower that the master knows, with the store as the only address that answers.</summary>
    public async Task<FollowerHome> AddFollowerAsync(string name)
    {
        var home = new FollowerHome { Services = new() { MachineName = name } };
        _followers.Add(home);
        using var key = FollowerKey.Ensure(home.Context);
        using var identity = MasterIdentity.Load(Master.Context);
        var introduction = new FollowerIntroduction(name, "linux", "0.1.0", "127.0.0.1") { PublicKey = FollowerKey.PublicText(key) };
        var (follower, credential) = await new FollowerRegistry(Master.Context).RegisterAsync(introduction, FollowerState.Approved, Stop);
        new EnrollmentRecord
        {
            MasterUrls = ["https://127.0.0.1:9"],
            Fingerprint = identity.Fingerprint,
            PublicKey = identity.PublicKey.ToArray(),
            FollowerId = follower.Id,
            Credential = credential,
            JoinedAt = home.Time.Now,
            Pin = EnrollmentRecord.NewPin(),
        }.Write(home.Context);
        SettingsFile.Update(home.Context.Files, home.Context.Home.SettingsFile, new Dictionary<string, object?>
        {
            ["role"] = "follower",
            ["masterUrls"] = new[] { "/store" },
        });
        home.Time.Now = DateTimeOffset.UtcNow;
        Offer(home, Store);
        return home;
    }

    /// <summary>Lets a follower read from a store.</summary>
    public static void Offer(FollowerHome home, MemoryStore store) => home.Services = home.Services with
    {
        OpenPublication = (_, address, _, _) => new MemoryReader(store, address),
        CheckPublication = (_, address, tag, _, _, token) => new MemoryReader(store, address).GetHeadAsync(tag, token).GetAwaiter().GetResult(),
        Connect = options => new AwayMaster(),
    };

    /// <summary>Saves a file on the master and puts it in service there.</summary>
    public async Task SaveAsync(string path, string text)
    {
        Master.Write(path, text, DateTime.UtcNow.AddHours(-1).AddSeconds(RandomNumberGenerator.GetInt32(3000)));
        Revision = (await Master.RebuildAsync(acceptDeletions: true)).Revision;
    }

    public async Task<PublicationResult> PublishAsync(bool takeOver = false, MemoryStore? store = null, string target = Target, TimeSpan? grace = null)
        => (await new MasterOperations(Master.Context).PublishAsync(
            [new PublishTarget(target) { Grace = grace ?? PublishTarget.DefaultGrace }], _ => store ?? Store, takeOver, Stop))[0];

    public void Dispose()
    {
        Master.Dispose();
        _followers.ForEach(follower => follower.Dispose());
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A master that is switched off.</summary>
    private sealed class AwayMaster : IMasterConnection
    {
        public long BytesReceived => 0;

        public byte[]? PublicKey => null;

        public MasterAddress? Master => null;

        public void Prefer(MasterAddress master)
        {
        }

        public Task ReportAsync(Engine.Content.Sha256Hash? applied, string? lastError, CancellationToken cancellationToken) => throw Away();

        public Task TellKeyAsync(string publicKey, CancellationToken cancellationToken) => throw Away();

        public Task<byte[]> GetHeadAsync(CancellationToken cancellationToken) => throw Away();

        public Task<Registration> RegisterAsync(Engine.Protocol.JoinRequest request, CancellationToken cancellationToken) => throw Away();

        public Task<RevisionAnswer> GetRevisionAsync(Engine.Content.Sha256Hash revision, Engine.Content.Sha256Hash? known, CancellationToken cancellationToken) => throw Away();

        public Task<Stream> OpenBundleAsync(
            Engine.Content.Sha256Hash revision, Engine.Content.Sha256Hash? known, long size, long offset, CancellationToken cancellationToken) => throw Away();

        public Task<Stream> OpenObjectAsync(Engine.Content.Sha256Hash hash, long size, CancellationToken cancellationToken) => throw Away();

        public Task UnregisterAsync(CancellationToken cancellationToken) => throw Away();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private static CodexportException Away() => new(ErrorCode.MasterUnreachable, "The master is off.", "Switch it on.");
    }
}
