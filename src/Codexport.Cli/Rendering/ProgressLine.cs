using System.Diagnostics;
using System.Globalization;
using Codexport.Engine.Homes;

namespace Codexport.Cli.Rendering;

/// <summary>
/// One line on a terminal's standard error that tells how far long work is; cleared at the end. There is none where standard error is piped.
/// </summary>
internal sealed class ProgressLine : IProgress<ProgressUpdate>, IDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly Lock _lock = new();
    private readonly TextWriter _writer;
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _shown;
    private int _width;

    private ProgressLine(TextWriter writer) => _writer = writer;

    /// <summary>A progress line, or null where none is wanted.</summary>
    public static ProgressLine? Create(Output output)
        => output.IsJson || output.IsQuiet || Console.IsErrorRedirected ? null : new ProgressLine(output.Error);

    /// <inheritdoc/>
    public void Report(ProgressUpdate value)
    {
        lock (_lock)
        {
            // Short work shows nothing, and a terminal is not written to for every block of a transfer.
            if (Stopwatch.GetElapsedTime(_started) < Delay || (_shown != 0 && Stopwatch.GetElapsedTime(_shown) < Interval))
            {
                return;
            }

            _shown = Stopwatch.GetTimestamp();

            // A line that wraps could not be taken away again.
            var line = Describe(value);
            line = line.Length <= Widest() ? line : line[..Widest()];
            _writer.Write($"\r{line.PadRight(_width)}");
            _writer.Flush();
            _width = line.Length;
        }
    }

    /// <summary>Takes the line away.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            if (_width > 0)
            {
                _writer.Write($"\r{new string(' ', _width)}\r");
                _writer.Flush();
                _width = 0;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();

    private static int Widest() => Console.WindowWidth is > 1 and var width ? width - 1 : 79;

    /// <summary>The line for an update, such as <c>Fetching contents: 12 MB of 40 MB (30 %)</c>.</summary>
    internal static string Describe(ProgressUpdate value)
    {
        var isBytes = value.Unit == "bytes";
        var done = isBytes ? Text.Size(value.Done) : value.Done.ToString("N0", CultureInfo.InvariantCulture);
        if (value.Total <= 0)
        {
            return $"{value.Activity}: {done}{(isBytes ? string.Empty : $" {value.Unit}")}";
        }

        var total = isBytes ? Text.Size(value.Total) : string.Create(CultureInfo.InvariantCulture, $"{value.Total:N0} {value.Unit}");
        return $"{value.Activity}: {done} of {total} ({Math.Min(100, value.Done * 100 / value.Total)} %)";
    }
}
