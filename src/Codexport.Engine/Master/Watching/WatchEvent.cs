namespace Codexport.Engine.Master.Watching;

/// <summary>What a watcher has to say.</summary>
public enum WatchEventKind
{
    /// <summary>Changes are noticed as they happen.</summary>
    Watching,

    /// <summary>The system does not tell of changes; the home is looked through again and again.</summary>
    Polling,

    /// <summary>Something changed; a rebuild begins.</summary>
    Changed,

    /// <summary>A rebuild failed; the last good revision stays in service.</summary>
    Failed,
}

/// <summary>One event of a watcher.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Message">A whole sentence.</param>
/// <param name="Error">The failure, for <see cref="WatchEventKind.Failed"/> and <see cref="WatchEventKind.Polling"/>.</param>
public sealed record WatchEvent(WatchEventKind Kind, string Message, Exception? Error = null);
