using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;

namespace Codexport.Engine.Master.Followers;

/// <summary>
/// The master's book of followers, <c>master/followers.json</c>. Several processes may hold it open: every change is read, made and written
/// under one lock, and a change made elsewhere counts from the next question on. Sightings are kept in memory and written with
/// <see cref="FlushAsync"/>, so that a request costs no write.
/// </summary>
public sealed class FollowerRegistry
{
    private const int CredentialBytes = 32;
    private const int MaxCredentialLength = 128;
    private const int MaxNameLength = 64;

    private readonly EngineContext _context;
    private readonly FollowerBookFile _file;
    private readonly FileStamp _stamp;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, FollowerRecord> _sightings = new(StringComparer.Ordinal);
    private FollowerRecord[] _records = [];
    private bool _wasRead;
    private bool _hasNews;

    /// <summary>Opens the book; it is read at the first question.</summary>
    public FollowerRegistry(EngineContext context)
    {
        _context = context;
        _file = new FollowerBookFile(context);
        _stamp = new FileStamp(context.Files, context.Time, _file.Path);
    }

    /// <summary>Followers that are kept at most; a refusal names it.</summary>
    public int MaxFollowers { get; init; } = 10_000;

    /// <summary>Followers that may wait for approval at a time; a refusal names it.</summary>
    public int MaxPending { get; init; } = 100;

    /// <summary>Raised when another process, or this one, let a follower in or shut it out.</summary>
    public event Action<FollowerInfo>? StateChanged;

    /// <summary>The followers, in the order in which they came.</summary>
    public IReadOnlyList<FollowerInfo> List()
    {
        Refresh();
        lock (_gate)
        {
            return [.. _records.Select(record => WithSighting(record).ToInfo())];
        }
    }

    /// <summary>The follower whose credential this is, whatever its state; null when it is nobody's.</summary>
    public FollowerInfo? Authenticate(string credential)
    {
        if (credential.Length is 0 or > MaxCredentialLength)
        {
            return null;
        }

        Refresh();
        var records = Volatile.Read(ref _records);
        Span<byte> offered = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> kept = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(credential), offered);
        FollowerRecord? found = null;
        foreach (var record in records)
        {
            // To the end in any case: how long it takes must not tell whom a guess came near to.
            Convert.FromHexString(record.CredentialHash, kept, out _, out _);
            found = CryptographicOperations.FixedTimeEquals(offered, kept) ? record : found;
        }

        return found?.ToInfo();
    }

    /// <summary>
    /// Enters a follower. One that proves to be in the book already, by its credential or its machine's secret, takes its own place with a
    /// new credential; one that was shut out comes back only with an invite that was made later.
    /// </summary>
    /// <returns>The follower and its credential, which is not kept and cannot be had again.</returns>
    /// <exception cref="CodexportException">
    /// <see cref="ErrorCode.InviteRefused"/>, <see cref="ErrorCode.LimitExceeded"/> or <see cref="ErrorCode.Busy"/>.
    /// </exception>
    public async Task<(FollowerInfo Follower, string Credential)> RegisterAsync(
        FollowerIntroduction introduction, FollowerState state, CancellationToken cancellationToken)
    {
        var credential = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(CredentialBytes));
        var name = NetworkText.Clean(introduction.Name, MaxNameLength);
        var record = new FollowerRecord
        {
            Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)),
            Name = name.Length > 0 ? name : "unnamed",
            State = state,
            CredentialHash = HashOf(credential),
            Address = introduction.Address,
            Platform = FollowerSighting.CleanPlatform(introduction.Platform) ?? "unknown",
            Version = FollowerSighting.CleanVersion(introduction.Version) ?? "unknown",
            JoinedAt = Now(),
            PublicKey = CleanKey(introduction.PublicKey),
            Group = introduction.Invite?.Group,
            MachineHash = introduction.Machine is { Length: > 0 and <= MaxCredentialLength } machine ? HashOf(machine) : null,
        };
        await ChangeAsync(records => Enter(records, ref record, introduction), cancellationToken);
        return (record.ToInfo(), credential);
    }

    /// <summary>Lets a follower in or shuts it out, by id or, when only one has it, by name.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.FollowerNotFound"/>, also when several have the name.</exception>
    public async Task<FollowerInfo> SetStateAsync(string nameOrId, FollowerState state, CancellationToken cancellationToken)
    {
        FollowerRecord? changed = null;
        await ChangeAsync(
            records =>
            {
                var index = Find(records, nameOrId);
                changed = records[index] with
                {
                    State = state,
                    RevokedAtInvite = state == FollowerState.Revoked ? new Invites(_context).LastSerial() : null,
                };
                return [.. records[..index], changed, .. records[(index + 1)..]];
            },
            cancellationToken);
        return changed!.ToInfo();
    }

    /// <summary>Notes a follower's public key.</summary>
    /// <returns>Whether it is one; nothing changes else.</returns>
    public async Task<bool> SetKeyAsync(string id, string publicKey, CancellationToken cancellationToken)
    {
        if (CleanKey(publicKey) is not { } key)
        {
            return false;
        }

        await ChangeAsync(records => [.. records.Select(record => record.Id == id ? record with { PublicKey = key } : record)], cancellationToken);
        return true;
    }

    /// <summary>Whether a follower has told its public key.</summary>
    public bool HasKey(string id)
    {
        lock (_gate)
        {
            return Array.Find(_records, record => record.Id == id)?.PublicKey is not null;
        }
    }

    /// <summary>The followers that may read what is published to stores, with their public keys: not those of groups, which get something else.</summary>
    internal IReadOnlyList<FollowerPublicKey> ListKeys()
    {
        Refresh();
        lock (_gate)
        {
            return
            [
                .. _records.Where(record => record.State == FollowerState.Approved && record.Group is null)
                    .Select(record => new FollowerPublicKey(record.Id, record.PublicKey is { } key ? Convert.FromBase64String(key) : null)),
            ];
        }
    }

    /// <summary>Another text whenever other followers may fetch, or have other public keys.</summary>
    public string KeyMark()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var follower in ListKeys())
        {
            hash.AppendData(Encoding.UTF8.GetBytes(follower.Id));
            hash.AppendData(follower.PublicKey ?? []);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Puts a follower into a group or ring, by id or, when only one has it, by name.</summary>
    /// <param name="nameOrId">Which one.</param>
    /// <param name="group">The group; empty for none, null to leave it as it is.</param>
    /// <param name="ring">The ring; empty for the last one, null to leave it as it is.</param>
    /// <param name="cancellationToken">Ends the wait for whoever holds the book.</param>
    /// <returns>The follower as it was, and as it is.</returns>
    /// <exception cref="CodexportException"><see cref="ErrorCode.FollowerNotFound"/>, also when several have the name.</exception>
    public async Task<(FollowerInfo Before, FollowerInfo After)> SetPlaceAsync(string nameOrId, string? group, string? ring, CancellationToken cancellationToken)
    {
        FollowerRecord? before = null, after = null;
        await ChangeAsync(
            records =>
            {
                var index = Find(records, nameOrId);
                before = records[index];
                after = before with
                {
                    Group = group is null ? before.Group : group.Length == 0 ? null : group,
                    Ring = ring is null ? before.Ring : ring.Length == 0 ? null : ring,
                };
                return [.. records[..index], after, .. records[(index + 1)..]];
            },
            cancellationToken);
        return (before!.ToInfo(), after!.ToInfo());
    }

    /// <summary>Forgets a follower that left.</summary>
    public async Task RemoveAsync(string id, CancellationToken cancellationToken)
        => await ChangeAsync(records => [.. records.Where(record => record.Id != id)], cancellationToken);

    /// <summary>Notes what a request told; nothing is written yet.</summary>
    /// <returns>What is new in it.</returns>
    public FollowerNews Note(string id, FollowerSighting sighting)
    {
        lock (_gate)
        {
            var before = _sightings.GetValueOrDefault(id) ?? Array.Find(_records, record => record.Id == id);
            if (before is null)
            {
                return default;
            }

            var now = sighting.On(before, Now());
            _sightings[id] = now;
            var news = new FollowerNews(
                now.AppliedRevision != before.AppliedRevision ? now.AppliedRevision : null,
                now.LastError != before.LastError ? now.LastError : null,
                now.LastError is null && before.LastError is not null);
            _hasNews |= before.LastSeen is null || news != default;
            return news;
        }
    }

    /// <summary>Writes what was noted, if a person would want to know of it at once: a first sight, an apply, an error, its end.</summary>
    public Task FlushNewsAsync(CancellationToken cancellationToken)
        => Volatile.Read(ref _hasNews) ? FlushAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Writes what was noted since the last time, if anything was.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_sightings.Count == 0)
            {
                return;
            }
        }

        await ChangeAsync(records => records, cancellationToken);
    }

    /// <summary>Reads the book again when it changed on disk.</summary>
    public void Refresh()
    {
        List<FollowerInfo> changed;
        lock (_gate)
        {
            if (!_stamp.IsDue())
            {
                return;
            }

            try
            {
                changed = Take(_file.Read());
            }
            catch
            {
                _stamp.Reset();
                throw;
            }
        }

        changed.ForEach(follower => StateChanged?.Invoke(follower));
    }

    private async Task ChangeAsync(Func<FollowerRecord[], FollowerRecord[]> change, CancellationToken cancellationToken)
    {
        List<FollowerInfo> changed;
        using (await MasterLock.AcquireAsync(_context, cancellationToken))
        {
            lock (_gate)
            {
                // What is on disk decides who is there and how they stand; what was noted here only adds to it.
                var records = change([.. _file.Read().Select(WithSighting)]);
                _file.Write(records);
                _sightings.Clear();
                _hasNews = false;
                _stamp.Reset();
                changed = Take(records);
            }
        }

        changed.ForEach(follower => StateChanged?.Invoke(follower));
    }

    private List<FollowerInfo> Take(FollowerRecord[] records)
    {
        var before = _records.ToDictionary(record => record.Id, record => record.State, StringComparer.Ordinal);
        var changed = _wasRead
            ? records.Where(record => before.TryGetValue(record.Id, out var state) && state != record.State).Select(record => record.ToInfo())
            : [];
        var result = changed.ToList();
        Volatile.Write(ref _records, records);
        _wasRead = true;
        return result;
    }

    private FollowerRecord WithSighting(FollowerRecord record) => !_sightings.TryGetValue(record.Id, out var seen) ? record : record with
    {
        Address = seen.Address,
        Platform = seen.Platform,
        Version = seen.Version,
        AppliedRevision = seen.AppliedRevision,
        LastError = seen.LastError,
        LastSeen = seen.LastSeen,
    };

    private FollowerRecord[] Enter(FollowerRecord[] records, ref FollowerRecord newcomer, FollowerIntroduction introduction)
    {
        var machine = newcomer.MachineHash;
        var index = Array.FindIndex(records, record => record.Id == introduction.ProvenId);
        index = index >= 0 ? index : Array.FindIndex(records, record => machine is not null && record.MachineHash == machine);
        FollowerRecord[] result;
        if (index < 0)
        {
            result = [.. WithRoom(records, newcomer), newcomer];
        }
        else
        {
            var own = records[index];
            if (own.State == FollowerState.Revoked && !(introduction.Invite?.Serial > (own.RevokedAtInvite ?? 0)))
            {
                throw Refused();
            }

            // Who was let in once need not wait again.
            newcomer = newcomer with
            {
                Id = own.Id,
                State = own.State == FollowerState.Approved ? own.State : newcomer.State,
                PublicKey = newcomer.PublicKey ?? own.PublicKey,
                Group = newcomer.Group ?? own.Group,
                Ring = own.Ring,
            };
            result = [.. records[..index], newcomer, .. records[(index + 1)..]];
        }

        // Taken last: whoever is refused for another reason has used up nothing.
        return introduction.Invite is { } invite && !new Invites(_context).TryUse(invite) ? throw Refused() : result;
    }

    private static string? CleanKey(string? publicKey)
    {
        Span<byte> key = stackalloc byte[128];
        return publicKey is { Length: <= MaxCredentialLength } && Convert.TryFromBase64String(publicKey, key, out var length) && KeyRotationCodec.IsPublicKey(key[..length])
            ? publicKey
            : null;
    }

    private static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private static CodexportException Refused() => new(
        ErrorCode.InviteRefused,
        "The invite has ended, or the follower that brings it was shut out.",
        "Ask for a new join link; on the master, 'codexport master link --renew' makes one.");

    private FollowerRecord[] WithRoom(FollowerRecord[] records, FollowerRecord newcomer)
    {
        // Somebody who asks again while still waiting takes the place of the earlier question.
        var others = newcomer.State != FollowerState.Pending
            ? records
            : [.. records.Where(record => record.State != FollowerState.Pending
                || record.Name != newcomer.Name || record.Address != newcomer.Address)];
        if (others.Length >= MaxFollowers)
        {
            throw Full(MaxFollowers, "are known");
        }

        return newcomer.State == FollowerState.Pending && others.Count(record => record.State == FollowerState.Pending) >= MaxPending
            ? throw Full(MaxPending, "wait for approval")
            : others;
    }

    private static int Find(FollowerRecord[] records, string nameOrId)
    {
        var index = Array.FindIndex(records, record => record.Id == nameOrId);
        if (index >= 0)
        {
            return index;
        }

        index = Array.FindIndex(records, record => record.Name == nameOrId);
        if (index >= 0 && Array.FindIndex(records, index + 1, record => record.Name == nameOrId) < 0)
        {
            return index;
        }

        throw NotFound(nameOrId, isAmbiguous: index >= 0);
    }

    /// <summary>The error that a name stands for which no follower has, or several have.</summary>
    public static CodexportException NotFound(string nameOrId, bool isAmbiguous) => new(
        ErrorCode.FollowerNotFound,
        isAmbiguous ? $"Several followers have the name '{nameOrId}'." : $"No follower has the name or id '{nameOrId}'.",
        "See 'codexport master followers list', and use the id.",
        nameOrId);

    private DateTimeOffset Now()
    {
        var now = _context.Time.GetUtcNow();
        return new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
    }

    private static CodexportException Full(int limit, string what) => new(
        ErrorCode.LimitExceeded,
        $"No more than {limit} followers {what} at this master.",
        "On the master, look at 'codexport master followers list' and approve or revoke those that wait.");
}
