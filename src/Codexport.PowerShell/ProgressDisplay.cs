using System.Management.Automation;
using Codexport.Engine.Homes;

namespace Codexport.PowerShell;

/// <summary>Shows how far a piece of work is. Work that is over before a person could read of it shows no bar that comes and goes.</summary>
/// <param name="time">The clock.</param>
/// <param name="write">Writes a record.</param>
internal sealed class ProgressDisplay(TimeProvider time, Action<ProgressRecord> write)
{
    private const int Activity = 17342;
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(400);
    private readonly long _started = time.GetTimestamp();
    private ProgressRecord? _shown;

    /// <summary>Takes what the engine reports.</summary>
    public void Show(ProgressUpdate update)
    {
        if (_shown is null && time.GetElapsedTime(_started) < Delay)
        {
            return;
        }

        _shown ??= new ProgressRecord(Activity, "Codexport", update.Activity);
        _shown.StatusDescription = update.Total > 0 ? $"{update.Activity}: {update.Done}/{update.Total} {update.Unit}" : update.Activity;
        _shown.PercentComplete = update.Total > 0 ? (int)Math.Min(100, update.Done * 100 / update.Total) : -1;
        write(_shown);
    }

    /// <summary>Takes the bar away.</summary>
    public void Complete()
    {
        if (_shown is not null)
        {
            _shown.RecordType = ProgressRecordType.Completed;
            write(_shown);
            _shown = null;
        }
    }
}
