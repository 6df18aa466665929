using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Codexport.Server.Metrics;

/// <summary>
/// The instruments of one meter in Prometheus' text format, version 0.0.4, their names changed as OpenTelemetry's specification says: dots
/// become underscores, a unit becomes a suffix, counters end in <c>_total</c>.
/// </summary>
internal sealed class PrometheusText : IDisposable
{
    /// <summary>What the text is.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly Lock _gate = new();
    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, (Instrument Instrument, SortedDictionary<string, double> Values)> _series = new(StringComparer.Ordinal);

    /// <summary>Listens from now on.</summary>
    public PrometheusText(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Everything as it is now.</summary>
    public string Print()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        lock (_gate)
        {
            foreach (var (name, (instrument, values)) in _series)
            {
                text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {Escape(instrument.Description ?? string.Empty)}\n");
                text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {(IsCounter(instrument) ? "counter" : "gauge")}\n");
                foreach (var (labels, value) in values)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{name}{labels} {value}\n");
                }
            }
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var name = NameOf(instrument);
        var labels = LabelsOf(tags);
        lock (_gate)
        {
            if (!_series.TryGetValue(name, out var series))
            {
                _series[name] = series = (instrument, new SortedDictionary<string, double>(StringComparer.Ordinal));
            }

            series.Values[labels] = IsCounter(instrument) ? series.Values.GetValueOrDefault(labels) + value : value;
        }
    }

    private static bool IsCounter(Instrument instrument) => instrument is Counter<long>;

    private static string NameOf(Instrument instrument)
    {
        var unit = instrument.Unit switch
        {
            "By" => "_bytes",
            "s" => "_seconds",
            _ => string.Empty,
        };
        return instrument.Name.Replace('.', '_') + unit + (IsCounter(instrument) ? "_total" : string.Empty);
    }

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return string.Empty;
        }

        var labels = new StringBuilder("{");
        foreach (var (key, value) in tags)
        {
            labels.Append(labels.Length > 1 ? "," : string.Empty).Append(key.Replace('.', '_')).Append("=\"")
                .Append(Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
        }

        return labels.Append('}').ToString();
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
