using System.Runtime.ExceptionServices;

namespace Codexport.Engine.Apply;

/// <summary>Runs independent pieces of disk work over the processors and reports the first failure as itself.</summary>
internal static class ParallelWork
{
    /// <summary>Fewer pieces than this are done faster by one thread.</summary>
    private const int Threshold = 16;

    /// <summary>Does <paramref name="action"/> for each item; stops early at a failure or cancellation.</summary>
    public static void ForEach<T>(IReadOnlyList<T> items, int parallelism, Action<T> action, CancellationToken cancellationToken)
    {
        if (parallelism <= 1 || items.Count < Threshold)
        {
            foreach (var item in items)
            {
                cancellationToken.ThrowIfCancellationRequested();
                action(item);
            }

            return;
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellationToken };
        try
        {
            Parallel.For(0, items.Count, options, index => action(items[index]));
        }
        catch (AggregateException errors)
        {
            ExceptionDispatchInfo.Throw(errors.InnerExceptions[0]);
        }
    }
}
