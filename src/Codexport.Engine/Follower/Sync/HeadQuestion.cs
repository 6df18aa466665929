using System.Globalization;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Follower.Verification;
using Codexport.Engine.Follower.Wire;

namespace Codexport.Engine.Follower.Sync;

/// <summary>A head that was verified, and whence its revision comes.</summary>
/// <param name="Verifier">What took it, and judges what follows.</param>
/// <param name="Head">The head.</param>
/// <param name="Source">Whence the revision is fetched.</param>
internal sealed record AcceptedHead(RevisionVerifier Verifier, HeadMark Head, IRevisionSource Source);

/// <summary>
/// Asks for the head at the master and at publications of it, in the person's order, the one that answered last before the others. The first
/// head that is accepted counts. A publication that is merely behind, because the master could not reach it, or because somebody holds it
/// back, is passed over: what is here is newer.
/// </summary>
internal sealed class HeadQuestion(FollowerSession session, IMasterConnection connection, SyncRequest request, HeadMark? mark) : IAsyncDisposable
{
    private readonly List<IPublicationReader> _readers = [];

    /// <summary>Whole sentences for the person.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Asks.</summary>
    public async Task<AcceptedHead> AskAsync(CancellationToken cancellationToken)
    {
        var sources = session.Sources;
        if (sources.All(source => source.Publication is null))
        {
            return await AskMasterAsync(cancellationToken);
        }

        CodexportException? failure = null;
        IPublicationReader? behind = null;
        var isMasterAsked = false;
        foreach (var source in sources)
        {
            if (source.Publication is null && isMasterAsked)
            {
                continue;
            }

            isMasterAsked |= source.Publication is null;
            try
            {
                return source.Publication is { } publication ? await AskPublicationAsync(publication, cancellationToken) : await AskMasterAsync(cancellationToken);
            }
            catch (CodexportException error) when (source.Publication is not null && error.Code == ErrorCode.HeadReplayed)
            {
                behind ??= _readers[^1];
                session.Context.Trace?.Invoke($"{source.Publication}: {error.Message}");
            }
            catch (CodexportException error)
            {
                // That something is wrong is what the person must hear of, rather than that another place is out of reach.
                failure = failure is null || (failure.IsUnreachable && !error.IsUnreachable) ? error : failure;
                session.Context.Trace?.Invoke(error.Message);
            }
        }

        return behind is not null && mark is { Envelope.Length: > 0 } && failure is null or { IsUnreachable: true }
            ? Behind(behind!)
            : throw failure ?? Older(behind!);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var reader in _readers)
        {
            await reader.DisposeAsync();
        }
    }

    private async Task<AcceptedHead> AskPublicationAsync(PublicationAddress address, CancellationToken cancellationToken)
    {
        if (session.Enrollment.PublicKey is null)
        {
            throw PublicationErrors.NoKey(address, "it does not know the master's key yet, which the master itself must show once");
        }

        var reader = session.OpenPublication(address);
        _readers.Add(reader);
        var tag = mark is { Envelope.Length: > 0 } ? session.Contact.TagOf(address) : null;
        var answer = await reader.GetHeadAsync(tag, cancellationToken);
        var verifier = session.Verifier(mark, isFromMaster: false);
        var head = verifier.AcceptHead(answer.Envelope ?? mark!.Envelope);
        session.Reached(new SourceAddress(null, address));
        session.Note(contact => contact.WithTag(address, answer.Tag) with { LastSecureHead = session.Now });
        return new AcceptedHead(verifier, head, new PublicationSource(session, reader));
    }

    private async Task<AcceptedHead> AskMasterAsync(CancellationToken cancellationToken)
    {
        // Without the whole mark of the newest head only TLS will do, where nobody between can hold an old one before us.
        var last = session.Contact.LastSecureHead;
        if (session.Enrollment.PublicKey is not null && mark is { IsRecalled: false } && last <= session.Now && session.Now - last < SyncPipeline.SecureHeadEvery)
        {
            var budget = request.HeadBudget / (session.Sources.Count + 1) ?? (session.Settings.ConnectTimeout * 2);
            var masters = session.Masters;
            var answer = request.Head
                ?? await Task.Run(() => session.Services.CheckHead(masters, mark.Ring, budget, cancellationToken), cancellationToken);
            if (TryAcceptHint(answer) is { } accepted)
            {
                session.Reached(new SourceAddress(answer.Master!, null));
                connection.Prefer(answer.Master!);
                return accepted;
            }
        }

        var envelope = await connection.GetHeadAsync(cancellationToken);
        session.LearnKey(connection.PublicKey!);
        if (connection.Master is { } master)
        {
            session.Reached(new SourceAddress(master, null));
        }

        session.Remember(contact => contact with { LastSecureHead = session.Now });
        var verifier = session.Verifier(mark, isFromMaster: true);
        return new AcceptedHead(verifier, verifier.AcceptHead(envelope), new MasterSource(session, connection));
    }

    // Anybody on the way can answer the plain question, with an old head too: what does not verify, or has expired, is asked over TLS, and
    // only what comes from there is an error.
    private AcceptedHead? TryAcceptHint(HeadAnswer answer)
    {
        if (answer.Master is null)
        {
            return null;
        }

        try
        {
            var verifier = session.Verifier(mark, isFromMaster: false);
            var head = verifier.AcceptHead(answer.Envelope);

            // Signed anew for what is here already: the master may have put this follower into another ring, which it tells over TLS alone.
            var isRenewed = mark is not null && head.Revision == mark.Revision && head.Sequence != mark.Sequence;
            return head.Expires > session.Now && !isRenewed ? new AcceptedHead(verifier, head, new MasterSource(session, connection)) : null;
        }
        catch (CodexportException error)
        {
            session.Context.Trace?.Invoke($"The answer over plain HTTP was not a head that verifies ({error.Code}); the master is asked over TLS.");
            return null;
        }
    }

    private AcceptedHead Behind(IPublicationReader reader)
    {
        Warnings.Add($"The publication at {reader.Address} holds an older head than this follower has seen; what is here stays in use. "
            + "If it lasts, look whether the master still publishes there.");
        var verifier = session.Verifier(mark, isFromMaster: false);
        return new AcceptedHead(verifier, verifier.AcceptHead(mark!.Envelope), new PublicationSource(session, reader));
    }

    private CodexportException Older(IPublicationReader reader) => new(
        ErrorCode.HeadReplayed,
        string.Create(CultureInfo.InvariantCulture, $"The publication at {reader.Address} holds an older head than this follower has seen (sequence {mark?.Sequence})."),
        "Nothing was changed. Look whether the master still publishes there.",
        reader.Address.Text);
}
