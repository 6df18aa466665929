namespace Codexport.Engine.Bundles;

/// <summary>
/// The durable link that a follower joins with: <c>codexport://join?host=H&amp;port=17342&amp;fingerprint=HEX&amp;invite=TOKEN&amp;version=1</c>.
/// </summary>
/// <param name="Host">Name or address; an IPv6 address without brackets.</param>
/// <param name="Port">1 to 65535.</param>
/// <param name="Fingerprint">64 lowercase hexadecimal digits.</param>
/// <param name="Invite">The invite token; null for a master that approves by hand or admits openly.</param>
public sealed record JoinLink(string Host, int Port, string Fingerprint, string? Invite)
{
    /// <summary>The link format that this version writes and reads.</summary>
    public const int Version = 1;

    /// <summary>Reads a link.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.JoinLinkInvalid"/>, naming the part that is wrong, never the invite.</exception>
    public static JoinLink Parse(string text) => throw new NotImplementedException();

    /// <summary>Makes the same from a master URL, <c>http</c> or <c>https</c>, with the default port when it names none.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.InvalidUsage"/>.</exception>
    public static JoinLink FromUrl(string masterUrl, string fingerprint, string? invite) => throw new NotImplementedException();

    /// <summary>The link.</summary>
    public override string ToString() => $"codexport://join?host={Uri.EscapeDataString(Host)}&port={Port}&fingerprint={Fingerprint}"
        + (Invite is null ? string.Empty : $"&invite={Invite}") + $"&version={Version}";
}
