using System.Runtime.InteropServices;

namespace Codexport.Cli.Commands;

/// <summary>Ctrl+C and the system's wish that the program end: the first asks it to stop in good order, the second to end at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly CancellationTokenSource _endNow = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _count;

    /// <summary>Listens for signals from now on.</summary>
    /// <param name="cancellationToken">Asks to stop as well.</param>
    public StopSignals(CancellationToken cancellationToken)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT }.Select(signal => PosixSignalRegistration.Create(signal, Take))];
    }

    /// <summary>Asks to stop.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Asks to end at once.</summary>
    public CancellationToken EndNow => _endNow.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _stop.Dispose();
        _endNow.Dispose();
    }

    private void Take(PosixSignalContext context)
    {
        context.Cancel = true;
        (Interlocked.Increment(ref _count) == 1 ? _stop : _endNow).Cancel();
    }
}
