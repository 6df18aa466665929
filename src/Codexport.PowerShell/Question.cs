using System.Management.Automation;
using System.Management.Automation.Host;
using Codexport.Engine.Errors;

namespace Codexport.PowerShell;

/// <summary>Asks the person through the host, which may have nobody to ask: with -NonInteractive, or where standard input is at its end.</summary>
internal static class Question
{
    /// <summary>
    /// Whether a person sits there. A remote session has one far away, who may have started many; other hosts than the console's decide for
    /// themselves.
    /// </summary>
    public static bool CanBeAsked(PSHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.UI is not null && host.Name switch
        {
            "ConsoleHost" => !Console.IsInputRedirected && !Console.IsOutputRedirected,
            "ServerRemoteHost" => false,
            _ => true,
        };
    }

    /// <summary>Asks.</summary>
    /// <param name="ask">The host's question.</param>
    /// <param name="nobodyToAsk">The error for a host that cannot ask; it gets what the host threw.</param>
    public static T Ask<T>(Func<T> ask, Func<Exception, CodexportException> nobodyToAsk)
    {
        try
        {
            return ask();
        }
        catch (Exception error) when (error is HostException or not RuntimeException)
        {
            // Each host fails in its own way, at the end of standard input with a null reference. That the person stops it is no such failure.
            throw nobodyToAsk(error);
        }
    }
}
