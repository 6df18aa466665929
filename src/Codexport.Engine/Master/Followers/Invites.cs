using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Master.Followers;

/// <summary>
/// The invites that join links carry, 192 random bits each: the durable one, <c>master/invite</c>, and those with limits, of which only the
/// hash is kept (<c>master/invites.json</c>). A new durable one ends all that were made before.
/// </summary>
public sealed class Invites(EngineContext context)
{
    private const int InviteBytes = 24;
    private const int MaxLimited = 1000;
    private const int MaxFileSize = 256;

    private readonly string _path = Path.Combine(context.Home.MasterFolder, "invite");

    /// <summary>The durable invite in force, made when there is none yet.</summary>
    /// <param name="renew">Whether to replace the one that is there, and to end those with limits.</param>
    /// <param name="cancellationToken">Ends the wait for another process that is at it.</param>
    public async Task<string> GetAsync(bool renew, CancellationToken cancellationToken)
    {
        if (!renew && TryRead() is { } present)
        {
            return present;
        }

        using var held = await MasterLock.AcquireAsync(context, cancellationToken);
        if (!renew && TryRead() is { } meanwhile)
        {
            return meanwhile;
        }

        var book = ReadOrBegin(renew);
        var serial = book.NextSerial(context.Time.GetUtcNow());
        var invite = NewInvite();

        // The invite first: who is stopped in between has ended the old one, and the new one counts as an old one for whoever was shut out.
        Write(invite);
        (book with { LastSerial = serial, DurableSerial = serial, Limited = renew ? [] : book.Limited }).Write(context);
        if (renew)
        {
            new FollowerBookFile(context).BeginAnewIfLost();
        }

        return invite;
    }

    /// <summary>Makes an invite with limits.</summary>
    /// <returns>The invite, which is not kept and cannot be had again, and when it ends.</returns>
    /// <exception cref="CodexportException"><see cref="ErrorCode.LimitExceeded"/>.</exception>
    public async Task<(string Invite, DateTimeOffset? Expires)> CreateLimitedAsync(InviteLimits limits, CancellationToken cancellationToken)
    {
        using var held = await MasterLock.AcquireAsync(context, cancellationToken);
        var now = context.Time.GetUtcNow();
        var book = InviteBook.Read(context);
        var inForce = book.Limited.Where(invite => invite.IsInForce(now)).ToList();
        if (inForce.Count >= MaxLimited)
        {
            throw new CodexportException(
                ErrorCode.LimitExceeded,
                $"{MaxLimited} limited invites are in force at this master; there are no more at a time.",
                "Wait until some have ended, or end all with 'codexport master link --renew'.");
        }

        var (text, serial) = (NewInvite(), book.NextSerial(now));
        var expires = now + limits.ExpiresIn;
        (book with { LastSerial = serial, Limited = [.. inForce, new LimitedInvite(HashOf(text), serial, expires, limits.Uses) { Group = limits.Group }] }).Write(context);
        return (text, expires);
    }

    /// <summary>The invite that was brought, while it is in force; null when it is none. Takes as long for a near miss as for any other.</summary>
    public InviteGrant? Find(string offered)
    {
        var hash = HashOf(offered);
        var book = InviteBook.Read(context);
        var now = context.Time.GetUtcNow();
        InviteGrant? found = TryRead() is { } present && Same(HashOf(present), hash) ? new InviteGrant(book.DurableSerial, null) : null;
        foreach (var invite in book.Limited)
        {
            found = Same(invite.Hash, hash) && invite.IsInForce(now) ? new InviteGrant(invite.Serial, invite.Hash) { Group = invite.Group } : found;
        }

        return found;
    }

    /// <summary>Whether <paramref name="offered"/> is an invite in force.</summary>
    public bool IsValid(string offered) => Find(offered) is not null;

    /// <summary>The number of the newest invite.</summary>
    internal long LastSerial() => InviteBook.Read(context).LastSerial;

    /// <summary>Takes one use of an invite with limits; false when it has none left. The caller holds the <see cref="MasterLock"/>.</summary>
    internal bool TryUse(InviteGrant grant)
    {
        if (grant.Hash is not { } hash)
        {
            return true;
        }

        var book = InviteBook.Read(context);
        var invite = book.Limited.FirstOrDefault(limited => limited.Hash == hash);
        if (invite is null || !invite.IsInForce(context.Time.GetUtcNow()))
        {
            return false;
        }

        if (invite.UsesLeft is { } uses)
        {
            (book with { Limited = [.. book.Limited.Select(limited => limited == invite ? invite with { UsesLeft = uses - 1 } : limited)] }).Write(context);
        }

        return true;
    }

    /// <summary>The durable invite in force; null when there is none.</summary>
    internal string? TryRead()
    {
        if (context.Files.TryGetEntry(_path) is not { Size: <= MaxFileSize }
            || AtomicFile.TryReadAllBytes(context.Files, _path, MaxFileSize) is not { } content)
        {
            return null;
        }

        // An emptied or damaged file must not become an invite that everybody knows: another one is made when a link is asked for.
        var text = Encoding.ASCII.GetString(content).TrimEnd('\r', '\n');
        return JoinLink.IsInvite(text) ? text : null;
    }

    /// <summary>Puts a durable invite in force.</summary>
    internal void Write(string invite)
    {
        SetAside.IfNotFile(context, _path);
        AtomicFile.Write(context.Files, _path, Encoding.ASCII.GetBytes(invite + "\n"), FilePermission.Private);
    }

    private InviteBook ReadOrBegin(bool renew)
    {
        try
        {
            return InviteBook.Read(context);
        }
        catch (CodexportException error) when (renew && error.Code is ErrorCode.StateDamaged or ErrorCode.PathBlocked)
        {
            context.Trace?.Invoke($"{error.Message} It is written anew.");
            SetAside.IfNotFile(context, InviteBook.PathOf(context));
            return InviteBook.Empty;
        }
    }

    private static string NewInvite() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(InviteBytes));

    private static string HashOf(string invite) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(invite)));

    private static bool Same(string left, string right)
        => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(left), Encoding.ASCII.GetBytes(right));
}
