using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Follower.Wire;

/// <summary>Turns what can go wrong between follower and master into typed errors. Nothing that a master sent is repeated as it came.</summary>
internal static class MasterErrors
{
    /// <summary>Bytes of an error body that are read.</summary>
    public const int MaxBodySize = 4096;

    private const int MaxTextLength = 200;
    private const string Nothing = "Nothing was changed.";

    /// <summary>Foreign text, fit to be shown, at most 200 characters of it.</summary>
    public static string Clean(string? text) => ForeignText.Words(text, MaxTextLength);

    /// <summary>Whether another address of the same master may do better: nothing answers at this one, or something else does.</summary>
    public static bool MayElsewhereHelp(ErrorCode code)
        => code is ErrorCode.MasterUnreachable or ErrorCode.MasterTimeout or ErrorCode.ProtocolViolation or ErrorCode.FingerprintMismatch;

    /// <summary>The master cannot be reached.</summary>
    public static CodexportException Unreachable(MasterAddress master, Exception? cause) => new(
        ErrorCode.MasterUnreachable,
        $"The master at {master} cannot be reached{Because(cause)}.",
        "Check that the master serves ('codexport master serve') and that this machine reaches it, for example over Tailscale.",
        master.Authority,
        cause);

    /// <summary>The connection ended in the middle of an answer.</summary>
    public static CodexportException BrokenOff(MasterAddress master, Exception? cause = null) => new(
        ErrorCode.MasterUnreachable,
        $"The connection to the master at {master} broke off in the middle of an answer{Because(cause)}.",
        "Run the sync again; what has arrived whole is kept.",
        master.Authority,
        cause);

    /// <summary>The master took too long.</summary>
    public static CodexportException TooSlow(MasterAddress master, string what) => new(
        ErrorCode.MasterTimeout,
        $"The master at {master} did not {what} in time.",
        "Try again later; on a slow line raise 'connect' or 'idle' under [timeouts] in local.toml.",
        master.Authority);

    /// <summary>An answer that the protocol does not allow.</summary>
    public static CodexportException Violation(MasterAddress master, string what, Exception? cause = null) => new(
        ErrorCode.ProtocolViolation,
        $"What answers at {master} does not speak Codexport's protocol: {what}.",
        $"{Nothing} Check that the address is the master's and that no proxy or sign-in page stands between.",
        master.Authority,
        cause);

    /// <summary>An answer that is longer than a limit allows.</summary>
    public static CodexportException TooLong(MasterAddress master, string limit, long bytes) => new(
        ErrorCode.LimitExceeded,
        string.Create(CultureInfo.InvariantCulture, $"The answer of the master at {master} passes the limit of {bytes} bytes for {limit}."),
        $"{Nothing} If the master's setup is really that large, leave parts of it out with [export] exclude there.",
        master.Authority)
    {
        Details = [new("limit", limit), new("maximum", bytes.ToString(CultureInfo.InvariantCulture))],
    };

    /// <summary>The key that answered is not the pinned one.</summary>
    public static CodexportException WrongKey(MasterAddress master, string expected, string actual) => new(
        ErrorCode.FingerprintMismatch,
        $"What answers at {master} has the fingerprint {actual}; this follower trusts {expected}.",
        "Check with whoever runs the master. If it was really set up anew, run 'codexport follower trust' and join again with its new link.",
        master.Authority)
    {
        Details = [new("expected", expected), new("actual", actual)],
    };

    /// <summary>The key that answers is not the pinned one, but the pinned one vouches for it.</summary>
    public static CodexportException Vouched(MasterAddress master, string expected, string actual) => new(
        ErrorCode.FingerprintMismatch,
        $"The master at {master} changed its key: it has the fingerprint {actual} now, this follower trusts {expected}. The trusted key vouches for the new one.",
        "If whoever runs the master confirms the change, allow it with 'codexport follower trust --follow' and sync again.",
        master.Authority)
    {
        Details = [new("expected", expected), new("actual", actual), new("vouched", "true")],
    };

    /// <summary>The protocol version of an answer is not ours.</summary>
    public static CodexportException WrongVersion(MasterAddress master, int theirs) => new(
        ErrorCode.ProtocolVersion,
        string.Create(CultureInfo.InvariantCulture, $"The master at {master} speaks protocol {theirs}; this follower speaks {ProtocolConstants.Version}."),
        theirs > ProtocolConstants.Version ? "Update Codexport on this follower." : "Update Codexport on the master.",
        master.Authority);

    /// <summary>The error that an answer with a status other than success stands for.</summary>
    /// <param name="master">Who answered.</param>
    /// <param name="status">Its HTTP status.</param>
    /// <param name="body">Its body, at most <see cref="MaxBodySize"/> bytes.</param>
    public static CodexportException FromAnswer(MasterAddress master, int status, ReadOnlySpan<byte> body)
    {
        if (status is >= 300 and < 400)
        {
            return Violation(master, string.Create(CultureInfo.InvariantCulture, $"it answers with a redirect ({status}), which is never followed"));
        }

        var words = ReadBody(body);
        var code = CodeOf(words?.Code) ?? CodeOf(status);
        var said = Clean(words?.Message) is { Length: > 0 } text ? $" It says: {text}" : string.Empty;
        var sentence = code == ErrorCode.RevisionNotFound && said.Length > 0
            ? $"The master at {master} does not have what was asked for."
            : Sentence(master, code, status);
        return new CodexportException(code, sentence + said, Remedy(code), master.Authority);
    }

    private static ErrorCode? CodeOf(string? name) => name switch
    {
        nameof(ErrorCode.CredentialRefused) => ErrorCode.CredentialRefused,
        nameof(ErrorCode.InviteRefused) => ErrorCode.InviteRefused,
        nameof(ErrorCode.ApprovalPending) => ErrorCode.ApprovalPending,
        nameof(ErrorCode.PeerRefused) => ErrorCode.PeerRefused,
        nameof(ErrorCode.RevisionNotFound) => ErrorCode.RevisionNotFound,
        nameof(ErrorCode.ProtocolVersion) => ErrorCode.ProtocolVersion,
        nameof(ErrorCode.LimitExceeded) => ErrorCode.LimitExceeded,
        nameof(ErrorCode.MasterUnreachable) or nameof(ErrorCode.Busy) => ErrorCode.MasterUnreachable,
        _ => null,
    };

    private static ErrorCode CodeOf(int status) => status switch
    {
        401 => ErrorCode.CredentialRefused,
        403 => ErrorCode.PeerRefused,
        404 or 410 => ErrorCode.RevisionNotFound,
        413 or 429 => ErrorCode.LimitExceeded,
        426 or 505 => ErrorCode.ProtocolVersion,
        >= 500 => ErrorCode.MasterUnreachable,
        _ => ErrorCode.ProtocolViolation,
    };

    private static string Sentence(MasterAddress master, ErrorCode code, int status) => code switch
    {
        ErrorCode.CredentialRefused => $"The master at {master} does not accept this follower's credential: it was revoked, or the master does not know it.",
        ErrorCode.InviteRefused => $"The master at {master} refused the invite: it is missing, wrong or was renewed.",
        ErrorCode.ApprovalPending => $"The master at {master} has not approved this follower yet.",
        ErrorCode.PeerRefused => $"The master at {master} does not answer this machine's address.",
        ErrorCode.RevisionNotFound => $"The master at {master} does not have what was asked for: it has published nothing yet, or no longer keeps it.",
        ErrorCode.ProtocolVersion => $"The master at {master} speaks another protocol version than {ProtocolConstants.Version}.",
        ErrorCode.LimitExceeded => $"The master at {master} refused the request: a limit was passed.",
        ErrorCode.MasterUnreachable => string.Create(CultureInfo.InvariantCulture, $"The master at {master} cannot answer now (status {status})."),
        _ => string.Create(CultureInfo.InvariantCulture, $"What answers at {master} gives the status {status}, which the protocol does not know."),
    };

    private static string Remedy(ErrorCode code) => code switch
    {
        ErrorCode.CredentialRefused => "Join again with the master's present link ('codexport master link' prints it).",
        ErrorCode.InviteRefused => "Get the master's present link ('codexport master link' prints it) and join with that.",
        ErrorCode.ApprovalPending => "Run 'codexport master followers approve' on the master, then sync again.",
        ErrorCode.PeerRefused => "Reach the master over Tailscale, or serve with --allow and this machine's address range.",
        ErrorCode.RevisionNotFound => "Sync again; if it lasts, run 'codexport master rebuild' on the master.",
        ErrorCode.ProtocolVersion => "Update Codexport on the side that has the older version; 'codexport --version' tells.",
        ErrorCode.LimitExceeded => "Try again later; if it lasts, look into the master's log.",
        ErrorCode.MasterUnreachable => "Try again later; the master's log says more.",
        _ => $"{Nothing} Check that the address is the master's.",
    };

    private static ErrorWords? ReadBody(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, WireJson.Default.ErrorAnswer)?.Error;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // A proxy's page, or nothing at all: the status alone decides.
            return null;
        }
    }

    private static string Because(Exception? cause) => cause switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => ": the connection was refused",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } => ": its name is not known",
        SocketException { SocketErrorCode: SocketError.HostUnreachable or SocketError.NetworkUnreachable } => ": there is no way to it",
        SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted } => ": the connection was reset",
        _ => string.Empty,
    };
}
