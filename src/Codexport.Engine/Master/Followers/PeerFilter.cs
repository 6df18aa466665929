using System.Net;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Master.Followers;

/// <summary>
/// Which addresses may speak to the master at all: this machine, Tailscale's ranges, and what the person adds. It cuts noise;
/// admission is what protects.
/// </summary>
public sealed class PeerFilter
{
    private static readonly IPNetwork[] Always =
    [
        IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("::1/128"),
        IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("fd7a:115c:a1e0::/48"),
    ];

    private readonly IPNetwork[] _networks;

    /// <summary>Makes a filter.</summary>
    /// <param name="ranges">Further ranges in CIDR form, or single addresses.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.SettingsInvalid"/>, naming the range that cannot be read.</exception>
    public PeerFilter(IEnumerable<string> ranges) => _networks = [.. Always, .. ranges.Select(Parse)];

    /// <summary>Whether a peer may go on; an IPv4 address mapped into IPv6 counts as the IPv4 address.</summary>
    public bool Allows(IPAddress address)
    {
        var peer = Unwrap(address);
        foreach (var network in _networks)
        {
            if (network.Contains(peer))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The IPv4 address in an IPv4-mapped IPv6 address, without scope; any other address as it is.</summary>
    public static IPAddress Unwrap(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static IPNetwork Parse(string range)
    {
        var text = range.Trim();
        if (IPNetwork.TryParse(text, out var network))
        {
            return network.BaseAddress.IsIPv4MappedToIPv6 ? throw Unreadable(text) : network;
        }

        return !text.Contains('/') && IPAddress.TryParse(text, out var address)
            ? new IPNetwork(Unwrap(address), Unwrap(address).GetAddressBytes().Length * 8)
            : throw Unreadable(text);
    }

    private static CodexportException Unreadable(string range) => new(
        ErrorCode.SettingsInvalid,
        $"'{range}' is not a range of addresses.",
        "Write ranges in CIDR form, such as 192.168.1.0/24 or fd00:1::/32.",
        range);
}
