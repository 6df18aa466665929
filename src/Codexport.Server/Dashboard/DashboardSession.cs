using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Codexport.Server.Dashboard;

/// <summary>
/// A browser that was let in. Cookies do not tell ports apart, and other users of this machine may serve pages on other ports of the same
/// address; so each session has a path that nobody else knows, and its cookie is sent to that path alone.
/// </summary>
internal sealed class DashboardSession(long now)
{
    private long _usedAt = now;

    /// <summary>The first part of the path of all its pages.</summary>
    public string Path { get; } = NewSecret(18);

    /// <summary>What the cookie holds.</summary>
    public string Cookie { get; } = NewSecret(32);

    /// <summary>What every form must bring.</summary>
    public string FormToken { get; } = NewSecret(32);

    /// <summary>When it was last used, in milliseconds of the clock that sessions count by.</summary>
    public long UsedAt
    {
        get => Volatile.Read(ref _usedAt);
        set => Volatile.Write(ref _usedAt, value);
    }

    /// <summary>Whether two secrets are the same; takes as long for a near miss as for any other.</summary>
    public static bool Same(string? offered, string kept)
        => offered is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(offered), Encoding.UTF8.GetBytes(kept));

    private static string NewSecret(int bytes) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));
}
