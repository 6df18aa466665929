using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;

namespace Codexport.Server;

/// <summary>The form of a line that tells of an event.</summary>
internal enum EventForm
{
    /// <summary>For people: time and words.</summary>
    Text,

    /// <summary>One JSON object.</summary>
    Json,

    /// <summary>For the systemd journal: words, and their weight in front (sd-daemon(3)); the time is the journal's own.</summary>
    Journal,
}

/// <summary>Writes events, one line each.</summary>
/// <param name="write">Writes a line; called by one thread at a time.</param>
/// <param name="form">The form.</param>
/// <param name="warningsOnly">Whether everything but warnings is left out.</param>
internal sealed class EventWriter(Action<string> write, EventForm form, bool warningsOnly) : IServerEventSink
{
    private readonly Lock _lock = new();

    /// <inheritdoc/>
    public void Emit(ServerEvent happening)
    {
        if (warningsOnly && happening is not ServerWarning)
        {
            return;
        }

        var line = form switch
        {
            EventForm.Json => ServerEventJson.Format(happening),
            EventForm.Journal => (happening is ServerWarning ? "<4>" : "<6>") + ServerEventText.FormatWithoutTime(happening),
            _ => ServerEventText.Format(happening),
        };
        lock (_lock)
        {
            write(line);
        }
    }
}

/// <summary>A log of at most two files: what is full is kept once under another name.</summary>
/// <param name="files">The disk.</param>
/// <param name="path">The file.</param>
/// <param name="sizeLimit">When it is full, in bytes.</param>
internal sealed class RollingLog(IFileSystem files, string path, long sizeLimit = 1 << 20)
{
    /// <summary>Adds a line.</summary>
    public void Write(string line)
    {
        try
        {
            if (files.TryGetEntry(path) is { } entry && entry.Size > sizeLimit)
            {
                files.Move(path, path + ".old", overwrite: true);
            }

            using var stream = files.OpenAppend(path, FilePermission.Private);
            stream.Write(Encoding.UTF8.GetBytes(ForeignText.Line(line) + "\n"));
        }
        catch (CodexportException error) when (error.Code is ErrorCode.DiskFull or ErrorCode.FileUnwritable or ErrorCode.FileUnreadable)
        {
            // A log that cannot be written now is no reason to stop serving.
            return;
        }
    }
}
