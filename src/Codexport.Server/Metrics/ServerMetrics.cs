using System.Diagnostics.Metrics;
using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;

namespace Codexport.Server.Metrics;

/// <summary>
/// What a serving master counts, as instruments of .NET under the names of OpenTelemetry's conventions, so that whatever listens to
/// instruments can have them; <see cref="PrometheusText"/> is one such listener. No name or address of a follower is in them.
/// </summary>
internal sealed class ServerMetrics : IDisposable
{
    /// <summary>What the meter is called.</summary>
    public const string MeterName = "Codexport.Master";

    private readonly Counter<long> _headChecks;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _syncs;
    private readonly Counter<long> _refusals;
    private FleetFigures _figures = FleetFigures.None;

    /// <summary>Makes the instruments.</summary>
    public ServerMetrics()
    {
        Meter = new Meter(new MeterOptions(MeterName) { Scope = this });
        _headChecks = Meter.CreateCounter<long>("codexport.master.head.checks", "{request}", "Requests for the signed head.");
        _sent = Meter.CreateCounter<long>("codexport.master.sent", "By", "Bytes of bundles that were sent to their end.");
        _syncs = Meter.CreateCounter<long>("codexport.master.syncs", "{sync}", "Syncs that followers told of, by how they ended.");
        _refusals = Meter.CreateCounter<long>("codexport.master.refusals", "{request}", "Connections and requests that were refused, by error code.");
        Meter.CreateObservableGauge("codexport.master.followers", Followers, "{follower}", "Followers by state and ring.");
        Meter.CreateObservableGauge("codexport.master.followers.behind", () => _figures.Behind, "{follower}", "Approved followers that do not have the revision in service.");
        Meter.CreateObservableGauge("codexport.master.followers.failing", () => _figures.Failing, "{follower}", "Approved followers whose last report was an error.");
        Meter.CreateObservableGauge("codexport.master.revisions.behind", () => _figures.MostBehind, "{revision}", "How many revisions the follower that is behind most is behind, as far as is known.");
        Meter.CreateObservableGauge("codexport.master.publication.time", () => _figures.PublishedAt, "s", "When the revision in service was published, in Unix time; 0 while nothing is.");
        Meter.CreateObservableGauge("codexport.master.publication.held", () => _figures.IsHeld ? 1 : 0, "{publication}", "1 while something is held back or cannot be published.");
        Meter.CreateObservableGauge("codexport.master.head.expires", () => _figures.HeadExpires, "s", "When the signed head in service expires, in Unix time; 0 while there is none.");
        Meter.CreateObservableGauge("codexport.master.connections", () => _figures.Connections, "{connection}", "Connections that are open now.");
    }

    /// <summary>The meter that all instruments belong to.</summary>
    public Meter Meter { get; }

    /// <summary>Counts a request for the head.</summary>
    public void CountHeadCheck(bool isTls) => _headChecks.Add(1, new KeyValuePair<string, object?>("network.protocol.name", isTls ? "https" : "http"));

    /// <summary>Counts a refusal.</summary>
    public void CountRefusal(ErrorCode reason) => _refusals.Add(1, new KeyValuePair<string, object?>("error.type", reason.ToString()));

    /// <summary>Counts what the server tells.</summary>
    public void Count(ServerEvent happening)
    {
        switch (happening)
        {
            case FollowerSynced it:
                _sent.Add(it.Bytes);
                break;
            case FollowerApplied:
                _syncs.Add(1, new KeyValuePair<string, object?>("outcome", "applied"));
                break;
            case FollowerFailed it:
                _syncs.Add(1, new("outcome", "failed"), new("error.type", it.Code));
                break;
        }
    }

    /// <summary>Takes the figures that the gauges give from now on.</summary>
    public void Show(FleetFigures figures) => Volatile.Write(ref _figures, figures);

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();

    private IEnumerable<Measurement<long>> Followers()
    {
        var figures = _figures;
        foreach (var state in Enum.GetValues<FollowerState>())
        {
            foreach (var ring in figures.ByState.Keys.Select(key => key.Ring).Append("rest").Distinct(StringComparer.Ordinal))
            {
                yield return new Measurement<long>(
                    figures.ByState.GetValueOrDefault((state, ring)), new("state", state.ToString().ToLowerInvariant()), new KeyValuePair<string, object?>("ring", ring));
            }
        }
    }
}
