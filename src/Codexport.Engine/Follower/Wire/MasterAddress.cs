using System.Globalization;
using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;

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
    public static MasterAddress Parse(string url) => TryParse(url) ?? throw Invalid(url);

    /// <summary>Whether this is a master URL.</summary>
    public static bool IsAddress(string url) => TryParse(url) is not null;

    /// <summary>Reads a master URL; null when it is not one.</summary>
    internal static MasterAddress? TryParse(string url)
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
            return null;
        }

        rest = rest.TrimEnd('/');
        var isBracketed = rest.StartsWith('[');
        var hostEnd = isBracketed ? rest.IndexOf(']') : rest.IndexOf(':');
        hostEnd = hostEnd < 0 && !isBracketed ? rest.Length : hostEnd;
        if (hostEnd < 0)
        {
            return null;
        }

        var host = isBracketed ? rest[1..hostEnd] : rest[..hostEnd];
        var tail = rest[(isBracketed ? hostEnd + 1 : hostEnd)..];
        var port = ProtocolConstants.DefaultPort;
        var portIsRight = tail.IsEmpty
            || (tail[0] == ':' && int.TryParse(tail[1..], NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535);
        return portIsRight && IsHost(host, isBracketed) ? new MasterAddress(host.ToString(), port) : null;
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

    /// <summary>The error for an address that is neither a master's nor that of a publication.</summary>
    internal static CodexportException Invalid(string url) => new(
        ErrorCode.SettingsInvalid,
        $"'{MasterErrors.Clean(url)}' is neither a master's address nor that of a publication.",
        "Write https://HOST:PORT for a master, https://HOST/PATH or the whole path of a folder for a publication, in 'masterUrls' of local.toml.",
        MasterErrors.Clean(url));
}
