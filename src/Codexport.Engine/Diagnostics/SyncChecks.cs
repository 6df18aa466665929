using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Follower.Sync;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;

namespace Codexport.Engine.Diagnostics;

/// <summary>Whether the master answers with the pinned key, and whether both clocks agree.</summary>
internal sealed class MasterCheck : DiagnosticCheck
{
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    public override string Name => "master";

    public override async Task<IReadOnlyList<DiagnosticFinding>> RunAsync(DiagnosticScope scope, CancellationToken cancellationToken)
    {
        if (scope.Enrollment is not { } enrollment)
        {
            return Skipped("This home follows none.");
        }

        var session = FollowerSession.Open(scope.Context, scope.Services);
        await using var connection = session.Connect();
        var envelope = await connection.GetHeadAsync(cancellationToken).ConfigureAwait(false);
        var head = HeadCodec.Verify(envelope, connection.PublicKey ?? enrollment.PublicKey ?? [], session.Fingerprint);
        var now = scope.Context.Time.GetUtcNow();
        return
        [
            new DiagnosticFinding(Name, DiagnosticLevel.Ok, $"{session.Masters[0]} answers with the pinned key {session.Fingerprint[..16]}…; revision {head.Revision.ToString()[..12]}."),
            head.IssuedAt > now + ClockTolerance
                ? new DiagnosticFinding("clock", DiagnosticLevel.Warning, $"The master signed its head at {head.IssuedAt:u}, and here it is {now:u}.", "Set the clock of whichever machine is wrong.")
                : head.Expires <= now
                    ? new DiagnosticFinding("clock", DiagnosticLevel.Warning, $"The master's head expired at {head.Expires:u}.", "Check both clocks, and that 'codexport master serve' runs.")
                    : new DiagnosticFinding("clock", DiagnosticLevel.Ok, "Nothing speaks for a wrong clock here or on the master."),
            .. enrollment.IsPending
                ? [new DiagnosticFinding(Name, DiagnosticLevel.Warning, "The master has not approved this follower yet.", "Run 'codexport master followers approve' there.")]
                : Array.Empty<DiagnosticFinding>(),
        ];
    }
}

/// <summary>Whether the master has something in service.</summary>
internal sealed class PublicationCheck : DiagnosticCheck
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(7);

    public override string Name => "publication";

    public override Task<IReadOnlyList<DiagnosticFinding>> RunAsync(DiagnosticScope scope, CancellationToken cancellationToken)
    {
        if (!scope.IsMaster)
        {
            return Task.FromResult(Skipped("This home is not a master."));
        }

        using var identity = MasterIdentity.Load(scope.Context);
        var head = new PublishedRevisions(scope.Context).ReadHead(identity);
        var now = scope.Context.Time.GetUtcNow();
        if (identity.Delegation is { } delegation && delegation.Expires - now < Soon)
        {
            return Task.FromResult(Warning(
                $"The key {identity.KeyFingerprint[..16]}…, which acts for the identity {identity.Fingerprint[..16]}…, may do so until {delegation.Expires:u} only.",
                "Renew that with 'codexport master identity delegate'; followers refuse the master afterwards."));
        }

        return Task.FromResult(head is null
            ? Warning("Nothing is published yet.", "Run 'codexport master rebuild'.")
            : head.Expires <= now
                ? Warning($"The head in service expired at {head.Expires:u}.", "Keep 'codexport master serve' running; it renews the head.")
                : Ok($"Revision {head.Revision.ToString()[..12]} is published; fingerprint {identity.Fingerprint[..16]}…, {KeyInUse(identity)}."));
    }

    private static string KeyInUse(MasterIdentity identity) => identity.Delegation is { } delegation
        ? $"for which the key {identity.KeyFingerprint[..16]}… signs until {delegation.Expires:u}"
        : "whose own key signs";
}

/// <summary>How old the last contact is, and what failed since.</summary>
internal sealed class LastSyncCheck : DiagnosticCheck
{
    private static readonly TimeSpan Old = TimeSpan.FromDays(7);

    public override string Name => "last sync";

    public override Task<IReadOnlyList<DiagnosticFinding>> RunAsync(DiagnosticScope scope, CancellationToken cancellationToken)
    {
        if (scope.Enrollment is null)
        {
            return Task.FromResult(Skipped("This home follows no master."));
        }

        var findings = new List<DiagnosticFinding>();
        var contact = scope.Contact;
        var age = scope.Context.Time.GetUtcNow() - contact.LastSync;
        findings.AddRange(age is null
            ? Warning("The master was never reached.", "Run 'codexport sync --apply'.")
            : age > Old
                ? Warning($"The master was last reached {age.Value.TotalDays:0} days ago.", "Run 'codexport sync --apply'.")
                : Ok($"The master was last reached {Ago(age.Value)} ago."));
        if (contact.LastError is not null)
        {
            var next = contact.NextQuickSync is { } time ? $" The hook asks again from {time.ToLocalTime():yyyy-MM-dd HH:mm:ss} on." : string.Empty;
            findings.AddRange(Warning(
                $"The last run failed with {contact.LastError} ({contact.Failures} in a row): {contact.LastMessage}{next}", "Run 'codexport sync --apply', which tries at once."));
        }

        return Task.FromResult<IReadOnlyList<DiagnosticFinding>>(findings);
    }

    private static string Ago(TimeSpan age) => age.TotalHours < 1 ? $"{Math.Max(0, age.TotalMinutes):0} min" : age.TotalDays < 2 ? $"{age.TotalHours:0} h" : $"{age.TotalDays:0} days";
}

/// <summary>Whether the newest revision can be composed for this machine: path variables, conflicts, drift.</summary>
internal sealed class CompositionCheck : DiagnosticCheck
{
    public override string Name => "composition";

    public override async Task<IReadOnlyList<DiagnosticFinding>> RunAsync(DiagnosticScope scope, CancellationToken cancellationToken)
    {
        if (scope.Enrollment is null)
        {
            return Skipped("This home follows no master.");
        }

        var result = await new StatusReader(scope.Context, scope.Services).CompareAsync(cancellationToken).ConfigureAwait(false);
        if (result.Revision is null)
        {
            return Skipped("Nothing has been fetched from the master yet.");
        }

        var drift = result.Changes.Count(change => change.Reason == ChangeReason.Drift);
        return result is { Conflicts: 0, Problem: { } problem }
            ? Error($"An apply would be refused: {problem}", "Run 'codexport diff' to see everything that an apply would change.")
            : result.Conflicts > 0
            ? Error($"{result.Conflicts} local names or files stand against the master's.", "Run 'codexport diff' to see them and how to allow each.")
            : drift > 0
                ? Info($"{drift} canonical units were changed here.", "Run 'codexport diff' to see them; the next apply treats them as onDrift says.")
                : Ok("The newest revision fits this machine.");
    }
}
