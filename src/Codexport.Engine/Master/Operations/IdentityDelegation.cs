using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;

namespace Codexport.Engine.Master.Operations;

/// <summary>How another key is to act for the identity.</summary>
public sealed record DelegationOptions
{
    /// <summary>For how long.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Whether the identity's own key is taken away from this machine; only with an exported one, which proves that there is a copy.</summary>
    public bool RemoveKey { get; init; }

    /// <summary>Whether the identity acts for itself again, and the statement counts no more.</summary>
    public bool Withdraw { get; init; }
}

/// <summary>Lets another key act for the identity, renews that, or takes it back; a new head says so to the followers.</summary>
internal sealed class IdentityDelegation(EngineContext context)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    /// <summary>Does it.</summary>
    /// <param name="options">What.</param>
    /// <param name="file">An exported identity, where the key is not on this machine; null to use the one that is.</param>
    /// <param name="passphrase">The passphrase of that file.</param>
    /// <param name="cancellationToken">Ends the work before anything is changed.</param>
    public async Task<DelegationResult> RunAsync(DelegationOptions options, string? file, ReadOnlyMemory<char> passphrase, CancellationToken cancellationToken)
    {
        Require(options, file);
        MasterIdentity.Load(context).Dispose();
        using var exported = file is null ? null : await IdentityImport.OpenKeyAsync(context, file, passphrase, cancellationToken);
        using var held = await BuildLock.AcquireAsync(context, cancellationToken);
        using var present = MasterIdentity.Load(context);
        using var own = exported is null ? MasterIdentity.Read(context, MasterIdentity.KeyFile(context)) : null;
        var identity = exported ?? own ?? throw new CodexportException(
            ErrorCode.IdentityInvalid, "The identity's own key is not on this machine.", "Name the exported identity with --identity FILE.");
        if (identity.Fingerprint != present.Fingerprint)
        {
            throw new CodexportException(
                ErrorCode.IdentityInvalid, "That is the identity of another master.", "Use the export of this one.")
            {
                Details = [new("expected", present.Fingerprint), new("actual", identity.Fingerprint)],
            };
        }

        return options.Withdraw ? Withdraw(identity, present) : Delegate(options, identity, present);
    }

    private DelegationResult Delegate(DelegationOptions options, MasterIdentity identity, MasterIdentity present)
    {
        var head = new HeadInForce(context);
        var last = head.TryRead(present);
        var sequence = Math.Max(head.NextSequence(last?.Sequence ?? 0), (present.Delegation?.Sequence ?? 0) + 1);
        using var online = IdentityDelegationFiles.Ensure(context);
        var issued = head.IssueTime();
        var statement = identity.Sign(new KeyDelegation(
            identity.PublicKey, online.PublicKey, DelegationScope.Heads | DelegationScope.Tls, sequence, issued, issued + options.Lifetime));
        IdentityDelegationFiles.Write(context, statement);
        if (options.RemoveKey)
        {
            IdentityDelegationFiles.Overwrite(context, MasterIdentity.KeyFile(context));
        }

        if (last is not null)
        {
            using var acting = MasterIdentity.Load(context);
            head.Renew(last.Revision, sequence, acting);
        }

        return new DelegationResult(
            identity.Fingerprint, statement.KeyFingerprint, statement.Expires.LocalDateTime, context.Files.TryGetEntry(MasterIdentity.KeyFile(context)) is not null);
    }

    private DelegationResult Withdraw(MasterIdentity identity, MasterIdentity present)
    {
        var head = new HeadInForce(context);
        var last = head.TryRead(present);
        identity.WriteTo(context, MasterIdentity.KeyFile(context));
        IdentityDelegationFiles.Delete(context);
        if (last is not null)
        {
            // Above the statement, so that followers know it for older than this.
            head.Renew(last.Revision, Math.Max(last.Sequence, present.Delegation?.Sequence ?? 0), identity);
        }

        return new DelegationResult(identity.Fingerprint, identity.Fingerprint, null, IsIdentityHere: true);
    }

    private static void Require(DelegationOptions options, string? file)
    {
        if (options.Lifetime <= TimeSpan.Zero || options.Lifetime > Longest)
        {
            throw new CodexportException(ErrorCode.InvalidUsage, "A key acts for the identity for at most a year.", "Give from 1 to 366 days.");
        }

        if (options.RemoveKey && file is null)
        {
            throw new CodexportException(
                ErrorCode.InvalidUsage, "The identity's key is only taken away where an export of it is shown.",
                "Run 'codexport master identity export FILE' first, then name that file with --identity.");
        }
    }
}
