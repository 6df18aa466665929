using Codexport.Engine.Errors;
using Codexport.Engine.Homes;

namespace Codexport.Engine.Follower.Sync;

/// <summary>How far the fetching of contents is, and whether there is room for them.</summary>
/// <param name="context">Home, disk and who watches.</param>
/// <param name="activity">What is done, as a person would say it.</param>
/// <param name="total">Bytes of all contents.</param>
internal sealed class FetchProgress(EngineContext context, string activity, long total)
{
    private const long ReportEvery = 256 * 1024;
    private const long Spare = 16L << 20;

    private long _reported;

    /// <summary>Bytes that have arrived.</summary>
    public long Done { get; private set; }

    /// <summary>Fails when there is not room for all of it.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.DiskFull"/>.</exception>
    public void RequireSpace()
    {
        var folder = context.Home.StateFolder;
        var free = context.Files.GetFreeSpace(folder);
        if (free < total + Spare)
        {
            throw new CodexportException(
                ErrorCode.DiskFull,
                $"The disk of '{folder}' is too full: {(total + Spare) >> 20} MiB are needed and {free >> 20} MiB are free.",
                "Make room, then sync again.",
                folder);
        }
    }

    /// <summary>Some more has arrived.</summary>
    public void Arrived(long bytes)
    {
        Done += bytes;
        Report(force: false);
    }

    /// <summary>Tells whoever watches.</summary>
    public void Report(bool force)
    {
        if (force || Done - _reported >= ReportEvery)
        {
            _reported = Done;
            context.Progress?.Report(new ProgressUpdate(activity, Done, total, "bytes"));
        }
    }
}
