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

    private static MasterAddress? TryParse(string url)
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

    /// <summary>The addresses of some URLs in their order, but the one that answered last before the others.</summary>
    /// <param name="urls">The URLs.</param>
    /// <param name="lastGood">The <see cref="Authority"/> that answered last; null when none did, or there is but one.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.SettingsInvalid"/>.</exception>
    public static MasterAddress[] InOrder(IReadOnlyList<string> urls, string? lastGood)
    {
        var masters = new MasterAddress[urls.Count];
        for (var index = 0; index < masters.Length; index++)
        {
            masters[index] = Parse(urls[index]);
        }

        return lastGood is null || masters.Length == 1 ? masters : First(masters, lastGood);
    }

    /// <inheritdoc/>
    public override string ToString() => Authority;

    private static MasterAddress[] First(MasterAddress[] masters, string authority)
    {
        var index = Array.FindIndex(masters, master => master.Authority == authority);
        return index <= 0 ? masters : [masters[index], .. masters[..index], .. masters[(index + 1)..]];
    }

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
        "Write it as https://HOST:PORT in 'masterUrl' or 'masterUrls' of local.toml.",
        MasterErrors.Clean(url));
}
