using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Codexport.Engine.Bundles;
using Codexport.Engine.Platform;
using Codexport.Engine.Results;

namespace Codexport.Engine.Master;

/// <summary>What a follower says of itself, as it came over the network.</summary>
/// <param name="Name">Machine name.</param>
/// <param name="Platform"><c>linux</c>, <c>macos</c> or <c>windows</c>.</param>
/// <param name="Version">Codexport version.</param>
/// <param name="Address">The address it comes from.</param>
public sealed record FollowerIntroduction(string? Name, string? Platform, string? Version, string Address);

/// <summary>What a request tells of the follower that sent it; null where it says nothing.</summary>
/// <param name="Address">The address it comes from.</param>
/// <param name="Platform"><c>linux</c>, <c>macos</c> or <c>windows</c>.</param>
/// <param name="Version">Codexport version.</param>
/// <param name="Applied">The revision it last applied.</param>
/// <param name="LastError">The name of an <see cref="ErrorCode"/>, or <c>none</c>.</param>
public readonly record struct FollowerSighting(string Address, string? Platform, string? Version, string? Applied, string? LastError);

/// <summary>
/// The master's book of followers, <c>master/followers.json</c>. Several processes may hold it open: every change is read, made and written
/// under one lock, and a change made elsewhere counts from the next question on. Sightings are kept in memory and written with
/// <see cref="FlushAsync"/>, so that a request costs no write.
/// </summary>
public sealed class FollowerRegistry
{
    private const int FormatVersion = 1;
    private const int CredentialBytes = 32;
    private const int MaxCredentialLength = 128;
    private const int MaxNameLength = 64;
    private const int MaxVersionLength = 32;
    private const int MaxFileSize = 16 << 20;

    private readonly EngineContext _context;
    private readonly string _path;
    private readonly FileStamp _stamp;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, FollowerRecord> _sightings = new(StringComparer.Ordinal);
    private FollowerRecord[] _records = [];
    private bool _wasRead;

    /// <summary>Opens the book; it is read at the first question.</summary>
    public FollowerRegistry(EngineContext context)
    {
        _context = context;
        _path = Path.Combine(context.Home.MasterFolder, "followers.json");
        _stamp = new FileStamp(context, _path);
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
            return [.. _records.Select(record => _sightings.GetValueOrDefault(record.Id, record).ToInfo())];
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

    /// <summary>Enters a new follower.</summary>
    /// <returns>The follower and its credential, which is not kept and cannot be had again.</returns>
    /// <exception cref="CodexportException"><see cref="ErrorCode.LimitExceeded"/> or <see cref="ErrorCode.Busy"/>.</exception>
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
            CredentialHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(credential))),
            Address = introduction.Address,
            Platform = CleanPlatform(introduction.Platform) ?? "unknown",
            Version = CleanVersion(introduction.Version) ?? "unknown",
            JoinedAt = Now(),
        };
        await ChangeAsync(records => [.. WithRoom(records, record), record], cancellationToken);
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
                changed = records[index] with { State = state };
                return [.. records[..index], changed, .. records[(index + 1)..]];
            },
            cancellationToken);
        return changed!.ToInfo();
    }

    /// <summary>Forgets a follower that left.</summary>
    public async Task RemoveAsync(string id, CancellationToken cancellationToken)
        => await ChangeAsync(records => [.. records.Where(record => record.Id != id)], cancellationToken);

    /// <summary>Notes what a request told; nothing is written yet.</summary>
    /// <returns>Whether the follower says for the first time that it applied another revision.</returns>
    public bool Note(string id, FollowerSighting sighting)
    {
        lock (_gate)
        {
            var record = _sightings.GetValueOrDefault(id) ?? Array.Find(_records, record => record.Id == id);
            if (record is null)
            {
                return false;
            }

            var applied = Sha256Hash.TryParse(sighting.Applied, out _) ? sighting.Applied : record.AppliedRevision;
            _sightings[id] = record with
            {
                Address = sighting.Address,
                Platform = CleanPlatform(sighting.Platform) ?? record.Platform,
                Version = CleanVersion(sighting.Version) ?? record.Version,
                AppliedRevision = applied,
                LastError = CleanError(sighting.LastError, record.LastError),
                LastSeen = Now(),
            };
            return applied != record.AppliedRevision;
        }
    }

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
                changed = Take(ReadFile());
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
                var records = change([.. ReadFile().Select(WithSighting)]);
                AtomicFile.Write(
                    _context.Files,
                    _path,
                    JsonSerializer.SerializeToUtf8Bytes(new FollowerBook(FormatVersion, records), FollowerBookContext.Default.FollowerBook),
                    FilePermission.Private);
                _sightings.Clear();
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

    private FollowerRecord[] ReadFile()
    {
        if (AtomicFile.TryReadAllBytes(_context.Files, _path, MaxFileSize) is not { } content)
        {
            return [];
        }

        try
        {
            var book = JsonSerializer.Deserialize(content, FollowerBookContext.Default.FollowerBook);
            return book is { Version: FormatVersion, Followers: not null } && book.Followers.All(IsSound)
                ? [.. book.Followers]
                : throw new JsonException("The book is of another version or a follower's hash is malformed.");
        }
        catch (JsonException error)
        {
            throw new CodexportException(
                ErrorCode.StateDamaged,
                $"The master's book of followers '{_path}' is damaged, so nobody is let in.",
                "Bring it back from a backup, or move it away and let every follower join again.",
                _path,
                error);
        }
    }

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

        throw new CodexportException(
            ErrorCode.FollowerNotFound,
            index < 0 ? $"No follower has the name or id '{nameOrId}'." : $"Several followers have the name '{nameOrId}'.",
            "See 'codexport master followers list', and use the id.",
            nameOrId);
    }

    private static bool IsSound(FollowerRecord record)
        => record is not null && Sha256Hash.TryParse(record.CredentialHash, out _);

    private DateTimeOffset Now()
    {
        var now = _context.Time.GetUtcNow();
        return new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
    }

    private static string? CleanPlatform(string? platform) => platform is "linux" or "macos" or "windows" ? platform : null;

    private static string? CleanVersion(string? version) => NetworkText.Clean(version, MaxVersionLength) is { Length: > 0 } clean ? clean : null;

    private static string? CleanError(string? said, string? before)
        => said == "none" ? null : said is not null && Enum.TryParse<ErrorCode>(said, out var code) && Enum.IsDefined(code) ? code.ToString() : before;

    private static CodexportException Full(int limit, string what) => new(
        ErrorCode.LimitExceeded,
        $"No more than {limit} followers {what} at this master.",
        "On the master, look at 'codexport master followers list' and approve or revoke those that wait.");
}
