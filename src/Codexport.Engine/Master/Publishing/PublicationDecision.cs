using Codexport.Engine.Codex;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Building;
using Codexport.Engine.Master.Gate;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Master.Publishing;

/// <summary>
/// Decides whether a build that differs from what is published goes out: not when it lost too much, when the scan found something, or when
/// a person is to look first. The first publication goes out in any case, because nobody follows yet; what the scan finds in it is told.
/// </summary>
internal sealed class PublicationDecision(EngineContext context, PreparedBuild prepared, RebuildOptions options)
{
    private const int MostNamed = 20;

    private readonly RevisionBuild _build = prepared.Build;
    private readonly PublicationGate _gate = new(context, prepared.Settings);

    /// <summary>What the scan finds in what would go out.</summary>
    public IReadOnlyList<GateFinding> Findings => field ??=
    [
        .. _gate.Judge(Differing(), _build.Platforms, prepared.Published),
        .. prepared.Groups.SelectMany(group => _gate.JudgeGroup(group.Key, group.Value, prepared.Document, prepared.PublishedGroup(group.Key))),
    ];

    /// <summary>Why an export that lost much needs a person's word; null when it does not.</summary>
    public string? Loss => prepared.Newest is null ? null
        : DeletionGuard.Reason(_build.PublishedFiles, _build.Removed, _build.Files, _build.Named) ?? LostKeys();

    /// <summary>Why a person is to look first; null when nobody need.</summary>
    public string? Review => prepared.Newest is null ? null
        : RollbackHold.TryRead(context) is { } hold
            ? $"The master was rolled back to revision {hold.Revision.ToString()[..12]}, and what its Codex home holds now waits. "
                + "'codexport master diff' shows it, 'codexport master rebuild --publish' lets it go."
        : prepared.Settings.PublishMode == PublishMode.Review
            ? "The changes wait for review, as publish = \"review\" says. 'codexport master diff' shows them, 'codexport master rebuild --publish' lets them go."
        : null;

    /// <summary>The result when the build stays; null when it goes out.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.ConcurrentChange"/> when something else than the person has looked at would go.</exception>
    public RebuildResult? Decide()
    {
        RequireExpected();
        if (prepared.Newest is null)
        {
            prepared.Baseline = Told(Findings);
            return null;
        }

        if (!options.AcceptDeletions && Loss is { } loss)
        {
            return Keep(RebuildStatus.Held, $"Nothing was published: {loss}.", []);
        }

        if (Findings.Count > 0 && !options.AcceptFindings)
        {
            return Keep(RebuildStatus.Held, HeldReason(Findings), Findings);
        }

        if (Findings.Count > 0)
        {
            _gate.Confirm(Findings);
        }

        return !options.Publish && Review is { } review ? Keep(RebuildStatus.Waiting, review, []) : null;
    }

    /// <summary>The error that a held result is to a person who asked for a rebuild.</summary>
    internal static CodexportException HeldError(RebuildResult result) => result.Findings.Count > 0
        ? new CodexportException(
            ErrorCode.FindingsHeld,
            result.Warnings[^1],
            "Look at 'codexport master diff'. Take it out; or confirm it with 'codexport master rebuild --publish --accept-findings'; or silence it with ignore under "
                + "[scan] in local.toml. The last good revision stays in service.",
            result.Findings[0].Path)
        {
            Details =
            [
                new("revision", result.Revision),
                .. result.Findings.Select(finding => new KeyValuePair<string, string>("finding", $"{finding.IgnoreEntry}:{finding.Line}")),
            ],
        }
        : new CodexportException(
            ErrorCode.DeletionsHeld,
            result.Warnings[^1],
            "If that is meant, run 'codexport master rebuild --accept-deletions'. The last good revision stays in service.")
        {
            Details = [new("revision", result.Revision), new("removed", $"{result.Removed.Count}")],
        };

    /// <summary>What holds it back, as whole sentences.</summary>
    internal static string HeldReason(IReadOnlyList<GateFinding> findings)
        => $"Nothing was published: the scan found {(findings.Count == 1 ? "something" : $"{findings.Count} things")} that a person must look at. "
            + string.Join(' ', Told(findings));

    /// <summary>The revision that would go out.</summary>
    internal Sha256Hash NextRevision => RevisionCodec.RevisionOf(RevisionCodec.Write(prepared.Document));

    private static IReadOnlyList<string> Told(IReadOnlyList<GateFinding> findings) =>
    [
        .. findings.Take(MostNamed).Select(item => $"'{ForeignText.Name(item.Finding.Path)}', line {item.Finding.Line}: {item.Finding.Message} "
            + $"[{ScanIgnore.WordOf(item.Finding.Rule)}]"),
        .. findings.Count > MostNamed ? [$"{findings.Count - MostNamed} more were found."] : Array.Empty<string>(),
    ];

    private void RequireExpected()
    {
        if (options.ExpectedRevision is { Length: > 0 } expected
            && NextRevision.ToString() is var next && !next.StartsWith(expected, StringComparison.OrdinalIgnoreCase))
        {
            throw new CodexportException(
                ErrorCode.ConcurrentChange,
                $"The Codex home has changed since: revision {next[..12]} would go out now, not {expected[..Math.Min(12, expected.Length)]}.",
                "Look at 'codexport master diff' once more. Nothing was published.")
            {
                Details = [new("expected", expected), new("actual", next)],
            };
        }
    }

    private RebuildResult Keep(RebuildStatus status, string reason, IReadOnlyList<GateFinding> findings)
    {
        var shown = findings.Select(item => item.Finding).ToList();
        var changes = _build.Added.Count + _build.Changed.Count + _build.Removed.Count;
        new WaitingFile(context).Write(new WaitingPublication(
            status == RebuildStatus.Held ? BundleState.Held : BundleState.Waiting, NextRevision.ToString(), changes, shown,
            context.Time.GetUtcNow().LocalDateTime, reason));
        var published = prepared.Published!;
        return MasterRebuilder.Result(status, prepared.Newest!.Revision, null, _build, [.. prepared.Warnings, reason]) with
        {
            Files = published.Files.Count,
            Bytes = published.Files.Sum(file => file.Size),
            Findings = shown,
            Groups = prepared.OtherGroups(),
        };
    }

    private IEnumerable<(string Path, Sha256Hash Hash, long Size)> Differing()
    {
        var differing = _build.Added.Concat(_build.Changed).ToHashSet(StringComparer.Ordinal);
        return _build.Files.Where(file => differing.Contains(file.Path)).Select(file => (file.Path, file.Hash, file.Size));
    }

    private string? LostKeys()
    {
        var changed = _build.Changed.Where(path => CodexLayout.KindOf(path).IsConfiguration()).ToHashSet(StringComparer.Ordinal);
        if (changed.Count == 0)
        {
            return null;
        }

        var store = new ObjectStore(context.Files, context.Home.ObjectsFolder, context.Time);
        var before = prepared.Published!.Files.Where(file => changed.Contains(file.Path)).ToDictionary(file => file.Path, file => file.Hash);
        return _build.Files.Where(file => before.ContainsKey(file.Path) && store.Contains(before[file.Path]) && store.Contains(file.Hash))
            .Select(file => ConfigurationGuard.Reason(file.Path, Read(store, before[file.Path]), Read(store, file.Hash)))
            .FirstOrDefault(reason => reason is not null);
    }

    private static byte[] Read(ObjectStore store, Sha256Hash hash)
    {
        using var stream = store.OpenRead(hash);
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
