using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Codexport.Engine.ServiceSetup;

/// <summary>
/// Tells the service manager how the program stands (sd_notify(3)): one datagram a message, to the socket that <c>NOTIFY_SOCKET</c> names.
/// Microsoft.Extensions.Hosting.Systemd, which tells that a program is ready and that it stops, does not know the watchdog, and throws
/// where a manager does not listen.
/// </summary>
public sealed class ServiceNotifier : IDisposable
{
    private readonly Socket _socket;
    private readonly UnixDomainSocketEndPoint _manager;

    private ServiceNotifier(UnixDomainSocketEndPoint manager, TimeSpan? watchdogInterval)
    {
        _manager = manager;
        WatchdogInterval = watchdogInterval;
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
    }

    /// <summary>How long the manager bears silence; null when it does not wait for signs of life from this process.</summary>
    public TimeSpan? WatchdogInterval { get; }

    /// <summary>The notifier for the manager that started this process; null when none did that wants to know.</summary>
    public static ServiceNotifier? Open(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return environment("NOTIFY_SOCKET") is { Length: > 1 } address && address[0] is '/' or '@' && Socket.OSSupportsUnixDomainSockets
            ? new ServiceNotifier(new UnixDomainSocketEndPoint(address[0] == '@' ? "\0" + address[1..] : address), ReadInterval(environment))
            : null;
    }

    /// <summary>The program is ready.</summary>
    public bool Ready(string status) => Send($"READY=1\nSTATUS={OneLine(status)}");

    /// <summary>What it does, for people.</summary>
    public bool Status(string status) => Send($"STATUS={OneLine(status)}");

    /// <summary>It is alive and well.</summary>
    public bool Alive() => Send("WATCHDOG=1");

    /// <summary>It begins to end.</summary>
    public bool Stopping() => Send("STOPPING=1");

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static TimeSpan? ReadInterval(Func<string, string?> environment)
    {
        // The variables are handed down: only the process that they name is meant.
        var isForUs = environment("WATCHDOG_PID") is not { Length: > 0 } process
            || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return isForUs && long.TryParse(environment("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0
            ? TimeSpan.FromMicroseconds(microseconds)
            : null;
    }

    private bool Send(string message)
    {
        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(message), _manager);
            return true;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // A manager that does not listen is no reason to stop serving; it draws its own conclusions from silence.
            return false;
        }
    }
}
