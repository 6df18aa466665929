using Codexport.Engine.Codex;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Follower.Sync;
using Codexport.Engine.Follower.Wire;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Follower.Operations;

/// <summary>
/// Joining: lock and disk first, so that a join that could not be written down contacts nobody; then the key that answers is compared with
/// the link's fingerprint before anything is said, then the follower registers, and only then does it follow. A join that fails before that
/// leaves nothing but its lock and the machine's secret.
/// </summary>
internal sealed class JoinFlow(EngineContext context, FollowerServices services)
{
    /// <summary>Joins, fetches and, when asked for, applies.</summary>
    public async Task<SyncResult> RunAsync(JoinOptions options, CancellationToken cancellationToken)
    {
        var link = options.Link;
        RequireFree(link, Settings(), TryReadEnrollment());
        RecordedHome.CheckReadable(context);
        using var hold = FileLock.Acquire(context.Files, context.Home.FollowerLockFile);

        // Once more: whoever held the lock a moment ago may have joined meanwhile.
        var settings = Settings();
        var known = TryReadEnrollment();
        RequireFree(link, settings, known);
        var machine = MachineSecret.Ensure(context);
        MasterAddress[] masters = [new(link.Host, link.Port), .. link.OtherHosts.Select(host => new MasterAddress(host, link.Port))];
        // Written down only once the master has let this follower in.
        using var own = FollowerKey.TryRead(context) ?? FollowerKey.Make();
        var (registration, key) = await RegisterAsync(masters, options, settings, known, (machine, FollowerKey.PublicText(own)), cancellationToken);
        FollowerKey.Write(context, own);
        Save(masters, link, known, registration, key);
        if (known is not null && known.FollowerId != registration.Id)
        {
            await ForgetOldAsync(masters, link, settings, known, cancellationToken);
        }

        if (registration.IsPending)
        {
            throw Pending(masters[0], registration);
        }

        var sync = new WholeSync(FollowerSession.Open(context, services));
        var result = await sync.RunAsync(new SyncRequest(options.Apply, options.Adopt), cancellationToken);
        return result with { Warnings = [.. result.Warnings, .. LoginWarnings(settings, result)] };
    }

    // An apply warns by itself, when it writes the login; what is only staged, or not taken, is told of here.
    private IEnumerable<string> LoginWarnings(LocalSettings settings, SyncResult result)
    {
        if (settings.Credentials == CredentialPolicy.Never || !Sha256Hash.TryParse(result.Revision, out var revision))
        {
            yield break;
        }

        var session = FollowerSession.Open(context, services);
        var isTaken = settings.Credentials != CredentialPolicy.ApiKeyOnly;
        var logins = session.Shelf.TryRead(revision)?.Files
            .Where(file => isTaken ? file.Path == CodexLayout.AuthFile : SharedLogin.Files.Contains(file.Path))
            .Where(file => session.Store.Contains(file.Hash) && SharedLogin.IsRotating(file.Path, Read(session, file.Hash)));
        if ((!isTaken || result.Status == SyncStatus.Staged) && logins?.Any() == true)
        {
            yield return isTaken ? SharedLogin.Warning : SharedLogin.NotTaken;
        }
    }

    private static byte[] Read(FollowerSession session, Sha256Hash hash)
    {
        using var content = session.Store.OpenRead(hash);
        using var memory = new MemoryStream();
        content.CopyTo(memory);
        return memory.ToArray();
    }

    private async Task<(Registration Registration, byte[] Key)> RegisterAsync(
        MasterAddress[] masters, JoinOptions options, LocalSettings settings, EnrollmentRecord? known, (byte[] Secret, string PublicKey) machine,
        CancellationToken cancellationToken)
    {
        var link = options.Link;

        // The old credential proves to its own master that this machine is in its book; no other one sees it.
        var proof = known?.Fingerprint == link.Fingerprint ? known.Credential : null;
        await using var connection = services.Connect(
            new ConnectionOptions(masters, link.Fingerprint, proof, settings.ConnectTimeout, settings.IdleTimeout)
            {
                Limits = services.Limits,
                Delegation = new DelegationRules(context.Time.GetUtcNow(), known?.Fingerprint == link.Fingerprint ? known.DelegationFloor : 0),
                WireTrace = context.WireTrace,
            });
        var name = MasterErrors.Clean(options.Name ?? services.MachineName);
        var request = new JoinRequest(link.Invite, name, ThisMachine.Platform, ThisMachine.Version, MachineSecret.For(machine.Secret, link.Fingerprint))
        {
            Key = machine.PublicKey,
        };
        return (await connection.RegisterAsync(request, cancellationToken), connection.PublicKey!);
    }

    private LocalSettings Settings() => SettingsFile.ReadAsFound(context.Files, context.Home.SettingsFile);

    // Joining again is how a damaged enrollment is mended.
    private EnrollmentRecord? TryReadEnrollment()
    {
        try
        {
            return EnrollmentRecord.TryRead(context);
        }
        catch (CodexportException error) when (error.Code == ErrorCode.StateDamaged)
        {
            context.Trace?.Invoke($"{error.Message} It is written anew.");
            return null;
        }
    }

    // At a master that does not know machines again, joining again renews the credential; the old one is given up, so that the master's book does not list this machine twice.
    private async Task ForgetOldAsync(
        MasterAddress[] masters, JoinLink link, LocalSettings settings, EnrollmentRecord? known, CancellationToken cancellationToken)
    {
        if (known is null)
        {
            return;
        }

        try
        {
            await using var connection = services.Connect(
                new ConnectionOptions(masters, link.Fingerprint, known.Credential, settings.ConnectTimeout, settings.IdleTimeout));
            await connection.UnregisterAsync(cancellationToken);
        }
        catch (CodexportException error)
        {
            context.Trace?.Invoke($"The old credential could not be given up. {error.Message}");
        }
    }

    private void Save(MasterAddress[] masters, JoinLink link, EnrollmentRecord? known, Registration registration, byte[] key)
    {
        RecordedHome.Record(context);
        new EnrollmentRecord
        {
            MasterUrls = Array.ConvertAll(masters, master => master.Url),
            Fingerprint = link.Fingerprint,
            PublicKey = key,
            FollowerId = registration.Id,
            Credential = registration.Credential,
            IsPending = registration.IsPending,
            JoinedAt = context.Time.GetUtcNow(),

            // The same pin as before goes on where it was.
            Pin = known?.Fingerprint == link.Fingerprint ? known.Pin ?? EnrollmentRecord.NewPin() : EnrollmentRecord.NewPin(),
            Seen = known?.Fingerprint == link.Fingerprint ? known.Seen : null,
            HeldBack = known?.Fingerprint == link.Fingerprint ? known.HeldBack : null,
            DelegationFloor = known?.Fingerprint == link.Fingerprint ? known.DelegationFloor : 0,
        }.Write(context);
        var values = new Dictionary<string, object?>
        {
            ["role"] = "follower",
            ["masterUrl"] = masters.Length == 1 ? masters[0].Url : null,
            ["masterFingerprint"] = link.Fingerprint,
        };
        if (masters.Length > 1 || (known is not null && known.Fingerprint != link.Fingerprint))
        {
            // Addresses that the person wrote down stay, unless they are another master's.
            values["masterUrls"] = masters.Length > 1 ? Array.ConvertAll(masters, master => master.Url) : null;
        }

        SettingsFile.Restore(context.Files, context.Home.SettingsFile, values);

        OverlayTemplate.Create(context);

        // The first head after a join is asked for over TLS.
        (ContactRecord.Read(context) with { LastSecureHead = null, Failures = 0, NextQuickSync = null, Announced = null, LastGood = null, Told = null, KeyTold = KeyTold(registration) })
            .Write(context);
    }

    private string? KeyTold(Registration registration)
    {
        using var own = registration.HasKey ? FollowerKey.TryRead(context) : null;
        return own is null ? null : KeyTelling.MarkOf(FollowerKey.PublicText(own));
    }

    private void RequireFree(JoinLink link, LocalSettings settings, EnrollmentRecord? known)
    {
        if (settings.Role == Role.Master)
        {
            throw new CodexportException(
                ErrorCode.RoleConflict,
                $"The home '{context.Home.UserHome}' is a master; it cannot follow another one.",
                "Join from another machine, or with --home and another folder.",
                context.Home.UserHome);
        }

        if (known?.Fingerprint is { } pinned && !string.Equals(pinned, link.Fingerprint, StringComparison.Ordinal))
        {
            throw new CodexportException(
                ErrorCode.RoleConflict,
                $"The home '{context.Home.UserHome}' follows another master already: {known.MasterUrls[0]}.",
                "Leave it first with 'codexport follower leave'. If it is the same master, set up anew, run 'codexport follower trust' first.",
                known.MasterUrls[0])
            {
                Details = [new("expected", pinned), new("actual", link.Fingerprint)],
            };
        }
    }

    private static CodexportException Pending(MasterAddress master, Registration registration) => new(
        ErrorCode.ApprovalPending,
        $"This machine is registered at {master} as '{registration.Name}' and waits for approval.",
        $"Run 'codexport master followers approve {registration.Name}' on the master, then 'codexport sync --apply' here.",
        master.Authority);
}
