using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Protocol;

/// <summary>
/// The durable link that a follower joins with: <c>codexport://join?host=H&amp;port=17342&amp;fingerprint=HEX&amp;invite=TOKEN&amp;version=1</c>.
/// <c>host</c> may be there several times, best first.
/// </summary>
/// <param name="Host">Name or address; an IPv6 address without brackets.</param>
/// <param name="Port">1 to 65535.</param>
/// <param name="Fingerprint">64 lowercase hexadecimal digits.</param>
/// <param name="Invite">The invite token; null for a master that approves by hand or admits openly.</param>
public sealed record JoinLink(string Host, int Port, string Fingerprint, string? Invite)
{
    /// <summary>The link format that this version writes and reads.</summary>
    public const int Version = 1;

    /// <summary>Hosts that a link names at most.</summary>
    public const int MaxHosts = 8;

    private const string Prefix = "codexport://join?";
    private const int MaxLength = 2048;
    private const int MaxInviteLength = 128;

    private static readonly SearchValues<char> InviteCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Further names or addresses of the same master, tried in this order after <see cref="Host"/>; the port is the same.</summary>
    public IReadOnlyList<string> OtherHosts { get; init; } = [];

    /// <summary>Reads a link.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.JoinLinkInvalid"/>, naming the part that is wrong, never the invite.</exception>
    public static JoinLink Parse(string text)
    {
        var link = text.Trim();
        if (!link.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            throw Malformed($"it does not begin with '{Prefix}'");
        }

        if (link.Length > MaxLength)
        {
            throw Malformed($"it is longer than {MaxLength} characters");
        }

        var hosts = new List<string>();
        var parts = Split(link[Prefix.Length..], hosts);
        CheckVersion(Require(parts, "version"));
        if (hosts.Count is 0 or > MaxHosts || !hosts.TrueForAll(IsHost) || hosts.Distinct(StringComparer.OrdinalIgnoreCase).Count() < hosts.Count)
        {
            throw Malformed(hosts.Count == 0 ? "'host' is missing"
                : hosts.Count > MaxHosts ? $"it names more than {MaxHosts} hosts"
                : hosts.TrueForAll(IsHost) ? "'host' names the same one twice"
                : "'host' is neither a name nor an address");
        }

        var port = Require(parts, "port");
        var fingerprint = Require(parts, "fingerprint");
        parts.TryGetValue("invite", out var invite);
        return new JoinLink(
            hosts[0],
            TryReadPort(port, out var number) ? number : throw Malformed("'port' is not a number from 1 to 65535"),
            Sha256Hash.TryParse(fingerprint, out _) ? fingerprint : throw Malformed("'fingerprint' is not 64 lowercase hexadecimal digits"),
            invite is null || IsInvite(invite) ? invite : throw Malformed("'invite' is empty, cut off or has characters that no invite has"))
        {
            OtherHosts = hosts.Count > 1 ? (IReadOnlyList<string>)hosts[1..] : [],
        };
    }

    /// <summary>
    /// Makes the same from the master's URLs, best first; <c>http</c> or <c>https</c>, with the default port where none is named. As in a link
    /// they name different hosts and one port.
    /// </summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.InvalidUsage"/>.</exception>
    public static JoinLink FromUrls(IReadOnlyList<string> masterUrls, string fingerprint, string? invite)
    {
        ArgumentNullException.ThrowIfNull(masterUrls);
        var masters = masterUrls.Select(ReadUrl).ToList();
        if (masters.Count is 0 or > MaxHosts)
        {
            throw Unusable($"A join names from 1 to {MaxHosts} master URLs.");
        }

        if (masters.Exists(master => master.Port != masters[0].Port))
        {
            throw Unusable(
                "The master URLs name different ports.",
                "Give those that have the same port, and add the others to 'masterUrls' in local.toml when the join is done.");
        }

        if (masters.DistinctBy(master => master.Host, StringComparer.OrdinalIgnoreCase).Count() < masters.Count)
        {
            throw Unusable("The master URLs name the same host twice.");
        }

        var pin = fingerprint.Trim().ToLowerInvariant();
        return new JoinLink(
            masters[0].Host,
            masters[0].Port,
            Sha256Hash.TryParse(pin, out _) ? pin : throw Unusable("The fingerprint is not 64 hexadecimal digits."),
            invite is null || IsInvite(invite) ? invite : throw Unusable("The invite is empty, cut off or has characters that no invite has."))
        {
            OtherHosts = masters.Count > 1 ? (IReadOnlyList<string>)[.. masters.Skip(1).Select(master => master.Host)] : [],
        };
    }

    /// <summary>The link.</summary>
    public override string ToString() => $"codexport://join?host={string.Join("&host=", OtherHosts.Prepend(Host).Select(Uri.EscapeDataString))}&port={Port}&fingerprint={Fingerprint}"
        + (Invite is null ? string.Empty : $"&invite={Invite}") + $"&version={Version}";

    /// <summary>Whether a text is a host name or an address, IPv6 without brackets.</summary>
    internal static bool IsHost(string text)
        => text.Contains(':')
            ? IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 && !text.Contains('[')
            : text.Length is > 0 and <= 255 && Uri.CheckHostName(text) is UriHostNameType.Dns or UriHostNameType.IPv4;

    private static (string Host, int Port) ReadUrl(string masterUrl)
    {
        var url = masterUrl.Trim();
        var start = url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? 7
            : url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? 8
            : throw Unusable("The master URL does not begin with 'http://' or 'https://'.");
        var authority = url[start..].TrimEnd('/');

        // Read by hand: System.Uri cannot tell ':80' from no port, and no port means ours.
        var end = authority.LastIndexOf(':');
        var hasPort = end >= 0 && end > authority.LastIndexOf(']');
        var port = ProtocolConstants.DefaultPort;
        if (hasPort && !TryReadPort(authority[(end + 1)..], out port))
        {
            throw Unusable("The port of the master URL is not a number from 1 to 65535; an IPv6 address needs brackets.");
        }

        var host = hasPort ? authority[..end] : authority;
        var isBracketed = host.StartsWith('[') && host.EndsWith(']');
        host = isBracketed ? host[1..^1] : host;
        return IsHost(host) && isBracketed == host.Contains(':')
            ? (host, port)
            : throw Unusable("The master URL must be a name or an address with an optional port and nothing more, such as 'https://master:17342'.");
    }

    private static Dictionary<string, string> Split(string query, List<string> hosts)
    {
        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in query.Split('&'))
        {
            var equals = part.IndexOf('=');
            var name = equals < 0 ? part : part[..equals];
            if (name is not ("host" or "port" or "fingerprint" or "invite" or "version") || equals < 0)
            {
                // The text is not shown: a link that was cut in the wrong place could have the invite there. A newer format may have
                // parts that are unknown here, so its version is looked at first.
                CheckVersion(query.Split('&').FirstOrDefault(other => other.StartsWith("version=", StringComparison.Ordinal))?[8..] ?? "1");
                throw Malformed("it has a part that is none of 'host', 'port', 'fingerprint', 'invite' and 'version'");
            }

            var value = Uri.UnescapeDataString(part[(equals + 1)..]);
            if (name == "host")
            {
                hosts.Add(value);
            }
            else if (!parts.TryAdd(name, value))
            {
                throw Malformed($"'{name}' is there twice");
            }
        }

        return parts;
    }

    private static string Require(Dictionary<string, string> parts, string name)
        => parts.TryGetValue(name, out var value) ? value : throw Malformed($"'{name}' is missing");

    private static void CheckVersion(string text)
    {
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            throw Malformed("'version' is not a number");
        }

        if (version != Version)
        {
            throw new CodexportException(
                ErrorCode.JoinLinkInvalid,
                $"The join link is of version {version}; this Codexport reads version {Version}.",
                version > Version
                    ? "Update Codexport on this machine."
                    : "Update Codexport on the master and make a new link there with 'codexport master link'.");
        }
    }

    private static bool TryReadPort(string text, out int port)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535;

    internal static bool IsInvite(string text) => text.Length is >= 16 and <= MaxInviteLength && !text.AsSpan().ContainsAnyExcept(InviteCharacters);

    private static CodexportException Malformed(string what) => new(
        ErrorCode.JoinLinkInvalid,
        $"The join link cannot be used: {what}.",
        "Copy the whole link as 'codexport master link' shows it on the master, in quotation marks.");

    private static CodexportException Unusable(
        string what, string remedy = "Use the join link that 'codexport master link' shows on the master, or the address and fingerprint in it.")
        => new(ErrorCode.InvalidUsage, what, remedy);
}
