using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Master.Followers;

/// <summary>The durable invite that join links carry: <c>master/invite</c>, 192 random bits. A new one ends the old one.</summary>
public sealed class Invites(EngineContext context)
{
    private const int InviteBytes = 24;
    private const int MaxFileSize = 256;

    private readonly string _path = Path.Combine(context.Home.MasterFolder, "invite");

    /// <summary>The invite in force, made when there is none yet.</summary>
    /// <param name="renew">Whether to replace the one that is there.</param>
    /// <param name="cancellationToken">Ends the wait for another process that is at it.</param>
    public async Task<string> GetAsync(bool renew, CancellationToken cancellationToken)
    {
        if (!renew && TryRead() is { } present)
        {
            return present;
        }

        using var held = await MasterLock.AcquireAsync(context, cancellationToken);
        if (!renew && TryRead() is { } meanwhile)
        {
            return meanwhile;
        }

        var invite = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(InviteBytes));
        Write(invite);
        return invite;
    }

    /// <summary>The invite in force; null when there is none.</summary>
    internal string? TryRead()
    {
        if (AtomicFile.TryReadAllBytes(context.Files, _path, MaxFileSize) is not { } content)
        {
            return null;
        }

        // An emptied or damaged file must not become an invite that everybody can guess, nor a link that nobody can use.
        var text = Encoding.ASCII.GetString(content).TrimEnd('\r', '\n');
        return JoinLink.IsInvite(text) ? text : null;
    }

    /// <summary>Puts an invite in force.</summary>
    internal void Write(string invite)
        => AtomicFile.Write(context.Files, _path, Encoding.ASCII.GetBytes(invite + "\n"), FilePermission.Private);

    /// <summary>Whether <paramref name="offered"/> is the invite in force. Takes as long for a near miss as for any other.</summary>
    public bool IsValid(string offered)
    {
        if (TryRead() is not { } present)
        {
            return false;
        }

        Span<byte> left = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> right = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(present), left);
        SHA256.HashData(Encoding.UTF8.GetBytes(offered), right);
        return CryptographicOperations.FixedTimeEquals(left, right);
    }
}
