namespace Codexport.Engine.Platform.Files;

/// <summary>Locks that another program takes too, held together: all of them or none.</summary>
internal static class ForeignLocks
{
    private const int Tries = 250;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Takes the locks in order, waiting about 5 seconds for each; null when somebody keeps one of them.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="paths">The lock files, whose folders are there; none at all is fine.</param>
    public static IDisposable? TryAcquire(IFileSystem files, IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(paths);
        var held = new Held();
        var isComplete = false;
        try
        {
            foreach (var path in paths)
            {
                if (Wait(files, path) is not { } taken)
                {
                    return null;
                }

                held.Locks.Push(taken);
            }

            isComplete = true;
            return held;
        }
        finally
        {
            if (!isComplete)
            {
                held.Dispose();
            }
        }
    }

    private static IDisposable? Wait(IFileSystem files, string path)
    {
        for (var left = Tries; left > 0; left--)
        {
            if (files.TryLock(path) is { } taken)
            {
                return taken;
            }

            Thread.Sleep(Pause);
        }

        return null;
    }

    private sealed class Held : IDisposable
    {
        public Stack<IDisposable> Locks { get; } = new();

        public void Dispose()
        {
            while (Locks.TryPop(out var taken))
            {
                taken.Dispose();
            }
        }
    }
}
