namespace Codexport.Cli.Commands;

/// <summary>
/// Standard input as the bond to the process that started this one: the system closes it however that process ends, so this one never
/// outlives it.
/// </summary>
internal static class Lifeline
{
    /// <summary>Makes a source that is cancelled when standard input ends, or with the other token.</summary>
    public static CancellationTokenSource Watch(CancellationToken cancellationToken)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        new Thread(() => WaitForEnd(source)) { IsBackground = true, Name = "lifeline" }.Start();
        return source;
    }

    private static void WaitForEnd(CancellationTokenSource source)
    {
        try
        {
            using var input = Console.OpenStandardInput();
            Span<byte> nothing = stackalloc byte[64];
            while (input.Read(nothing) > 0)
            {
                // What is written is of no interest, only that the writer is there.
            }
        }
        catch (IOException)
        {
            // A broken pipe ends the bond as a closed one does.
        }

        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The server has ended already.
            return;
        }
    }
}
