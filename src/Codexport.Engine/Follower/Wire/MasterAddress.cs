using System.Globalization;
using Codexport.Engine.Bundles;

namespace Codexport.Engine.Follower.Wire;

/// <summary>Where a master listens. <c>http</c> and <c>https</c> mean the same address: one port serves both.</summary>
/// <param name="Host">Name or address, an IPv6 address without brackets.</param>
/// <param name="Port">1 to 65535.</param>
internal sealed record MasterAddress(string Host, int Port)
{
    /// <summary>Host and port as a URL has them.</summary>
    public string Authority => Host.Contains(':', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}")
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>The URL that the settings hold.</summary>
    public string Url => $"https://{Authority}";

    /// <summary>
    /// Reads a master URL. By hand and not through <see cref="Uri"/>, which is an assembly of its own that the hook's check need not load.
    /// </summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.SettingsInvalid"/>.</exception>
    public static MasterAddress Parse(string url)
    {
        var rest = url.AsSpan().Trim();
        if (rest.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            rest = rest[8..];
        }
        else if (rest.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            rest = rest[7..];
        }
        else
        {
            throw Invalid(url);
        }

        rest = rest.TrimEnd('/');
        var isBracketed = rest.StartsWith('[');
        var hostEnd = isBracketed ? rest.IndexOf(']') : rest.IndexOf(':');
        hostEnd = hostEnd < 0 && !isBracketed ? rest.Length : hostEnd;
        if (hostEnd < 0)
        {
            throw Invalid(url);
        }

        var host = isBracketed ? rest[1..hostEnd] : rest[..hostEnd];
        var tail = rest[(isBracketed ? hostEnd + 1 : hostEnd)..];
        var port = Protocol.DefaultPort;
        var portIsRight = tail.IsEmpty
            || (tail[0] == ':' && int.TryParse(tail[1..], NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535);
        return portIsRight && IsHost(host, isBracketed) ? new MasterAddress(host.ToString(), port) : throw Invalid(url);
    }

    /// <inheritdoc/>
    public override string ToString() => Authority;

    // Whatever could end the Host header's line, or mean a path or a user name, is no part of a host.
    private static bool IsHost(ReadOnlySpan<char> host, bool isBracketed)
    {
        foreach (var character in host)
        {
            var isRight = char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_' || character > 0x7f
                || (isBracketed && character is ':' or '%');
            if (!isRight || char.IsControl(character))
            {
                return false;
            }
        }

        return !host.IsEmpty;
    }

    private static CodexportException Invalid(string url) => new(
        ErrorCode.SettingsInvalid,
        $"'{MasterErrors.Clean(url)}' is no master URL.",
        "Write it as https://HOST:PORT in 'masterUrl' of local.toml.",
        MasterErrors.Clean(url));
}
