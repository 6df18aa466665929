using System.Globalization;
using System.Net;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Follower.Wire;

/// <summary>
/// Where a master's publication lies: below a path of a web server, or in a folder. A web address needs a path, be it <c>/v1</c>, as one
/// without is a master's.
/// </summary>
internal sealed record PublicationAddress
{
    /// <summary>The address as it is shown and remembered.</summary>
    public required string Text { get; init; }

    /// <summary>The folder; null for a web address.</summary>
    public string? Folder { get; init; }

    /// <summary>The web server; null for a folder.</summary>
    public MasterAddress? Host { get; init; }

    /// <summary>The path that <c>v1/head</c> goes behind, begun and ended by a slash; empty for a folder.</summary>
    public string BasePath { get; init; } = string.Empty;

    /// <summary>Whether it is asked over TLS, checked as any public server is.</summary>
    public bool IsTls { get; init; }

    /// <summary>The whole address of something in it.</summary>
    public string UrlOf(string key) => $"{(IsTls ? "https" : "http")}://{Host!.Authority}{BasePath}{key}";

    /// <summary>Reads an address; null when it is not that of a publication.</summary>
    public static PublicationAddress? TryParse(string text)
    {
        var trimmed = text.Trim();
        var isTls = trimmed.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        if (isTls || trimmed.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            return TryParseWeb(trimmed, isTls);
        }

        var path = trimmed.StartsWith("file://", StringComparison.OrdinalIgnoreCase) && Uri.TryCreate(trimmed, UriKind.Absolute, out var url) ? url.LocalPath : trimmed;
        return (path == trimmed && path.Contains("://", StringComparison.Ordinal)) || path.Contains('\0', StringComparison.Ordinal) || !Path.IsPathFullyQualified(path)
            ? null
            : new PublicationAddress { Text = path, Folder = WithoutVersion(path.Replace('\\', Path.DirectorySeparatorChar), Path.DirectorySeparatorChar) };
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static PublicationAddress? TryParseWeb(string text, bool isTls)
    {
        var start = text.IndexOf("//", StringComparison.Ordinal) + 2;
        var slash = text.IndexOf('/', start);
        if (slash < 0 || text.AsSpan(slash).Trim('/').IsEmpty)
        {
            return null;
        }

        var path = text[slash..];
        var isPath = path.All(character => char.IsAsciiLetterOrDigit(character) || character is '/' or '-' or '_' or '.' or '~' or '%' or '+' or '=' or '@' or ':' or ',');
        var authority = text[start..slash];
        var hasPort = authority.LastIndexOf(':') > authority.LastIndexOf(']');
        var host = isPath && !path.Contains("/..", StringComparison.Ordinal)
            ? MasterAddress.TryParse(hasPort ? "https://" + authority : string.Create(CultureInfo.InvariantCulture, $"https://{authority}:{(isTls ? 443 : 80)}"))
            : null;
        return host is not null && (isTls || IsThisMachine(host.Host))
            ? new PublicationAddress { Text = text, Host = host, IsTls = isTls, BasePath = WithoutVersion(path, '/') + "/" }
            : null;
    }

    // Whoever names the folder v1 or the head in it means the publication.
    private static string WithoutVersion(string path, char separator)
    {
        var rest = path.TrimEnd(separator);
        foreach (var ending in new[] { $"{separator}v1{separator}head", $"{separator}v1" })
        {
            if (rest.EndsWith(ending, StringComparison.Ordinal))
            {
                return rest[..^ending.Length];
            }
        }

        return rest;
    }

    // What is published is sealed and signed, yet who reads which shard of the keyring need not be seen on the way.
    private static bool IsThisMachine(string host)
        => host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}

/// <summary>Where a follower may ask for the head: a master, or a publication of it.</summary>
/// <param name="Master">The master's address; null for a publication.</param>
/// <param name="Publication">The publication; null for a master.</param>
internal sealed record SourceAddress(MasterAddress? Master, PublicationAddress? Publication)
{
    /// <summary>By what it is remembered and shown.</summary>
    public string Name => Master?.Authority ?? Publication!.Text;

    /// <summary>Reads an address of either kind; null when it is neither.</summary>
    public static SourceAddress? TryParse(string text)
        => PublicationAddress.TryParse(text) is { } publication ? new SourceAddress(null, publication)
            : MasterAddress.TryParse(text) is { } master ? new SourceAddress(master, null)
            : null;

    /// <summary>The addresses of some texts in their order, but the one that answered last before the others.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.SettingsInvalid"/>.</exception>
    public static SourceAddress[] InOrder(IReadOnlyList<string> texts, string? lastGood)
    {
        var sources = new SourceAddress[texts.Count];
        for (var index = 0; index < sources.Length; index++)
        {
            sources[index] = TryParse(texts[index]) ?? throw MasterAddress.Invalid(texts[index]);
        }

        var first = lastGood is null ? -1 : Array.FindIndex(sources, source => source.Name == lastGood);
        return first <= 0 ? sources : [sources[first], .. sources[..first], .. sources[(first + 1)..]];
    }
}
