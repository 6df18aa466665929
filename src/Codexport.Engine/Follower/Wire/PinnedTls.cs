using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Follower.Wire;

/// <summary>
/// TLS 1.2 or later that accepts exactly one key: the one whose SubjectPublicKeyInfo hashes to the pinned fingerprint. Names, dates and
/// issuers do not count, and the system's trusted roots are not even loaded.
/// </summary>
internal static class PinnedTls
{
    /// <summary>Connects and shakes hands.</summary>
    /// <returns>The encrypted stream, which owns the socket, and the public key that was proven.</returns>
    /// <exception cref="CodexportException">
    /// <see cref="ErrorCode.MasterUnreachable"/>, <see cref="ErrorCode.MasterTimeout"/>, <see cref="ErrorCode.FingerprintMismatch"/> or
    /// <see cref="ErrorCode.ProtocolViolation"/>.
    /// </exception>
    public static async Task<(Stream Stream, byte[] PublicKey)> ConnectAsync(
        MasterAddress master, string fingerprint, TimeSpan timeout, DelegationRules rules, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(timeout);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(master.Host, master.Port, limited.Token);
            return await HandshakeAsync(socket, master, fingerprint, rules, limited.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw MasterErrors.TooSlow(master, "accept the connection");
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            socket.Dispose();
            throw MasterErrors.Unreachable(master, error as SocketException ?? error.InnerException ?? error);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<(Stream Stream, byte[] PublicKey)> HandshakeAsync(
        Socket socket, MasterAddress master, string fingerprint, DelegationRules rules, CancellationToken cancellationToken)
    {
        byte[]? shown = null;
        CodexportException? refused = null;
        var actual = string.Empty;
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await stream.AuthenticateAsClientAsync(Options(master, Accept), cancellationToken);
        }
        catch (AuthenticationException error)
        {
            await stream.DisposeAsync();
            throw refused ?? (actual.Length > 0
                ? MasterErrors.WrongKey(master, fingerprint, actual)
                : MasterErrors.Violation(master, "no TLS 1.2 or later with it comes about", error));
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }

        return (stream, shown!);

        bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
        {
            if (certificate is null)
            {
                return false;
            }

            var key = ((X509Certificate2)certificate).PublicKey.ExportSubjectPublicKeyInfo();
            var hash = Convert.ToHexStringLower(SHA256.HashData(key));
            if (!string.Equals(hash, fingerprint, StringComparison.Ordinal))
            {
                shown = IdentityOf((X509Certificate2)certificate, hash, fingerprint, rules, out refused);
                actual = shown is null ? hash : string.Empty;
                return shown is not null;
            }

            shown = key;
            return true;
        }
    }

    // The pinned identity's key, where the certificate holds its statement that this key acts for it.
    private static byte[]? IdentityOf(X509Certificate2 certificate, string hash, string fingerprint, DelegationRules rules, out CodexportException? refused)
    {
        refused = null;
        try
        {
            if (KeyDelegationCodec.In(certificate) is not { } delegation || delegation.Fingerprint != fingerprint || delegation.KeyFingerprint != hash)
            {
                return null;
            }

            KeyDelegationCodec.Require(delegation, DelegationScope.Tls, rules);
            return delegation.IdentityKey.ToArray();
        }
        catch (CodexportException error)
        {
            refused = error.Code == ErrorCode.DelegationRefused ? error : null;
            return null;
        }
    }

    private static SslClientAuthenticationOptions Options(MasterAddress master, RemoteCertificateValidationCallback accept) => new()
    {
        TargetHost = master.Host,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ApplicationProtocols = [SslApplicationProtocol.Http11],
        RemoteCertificateValidationCallback = accept,

        // A chain is built before the callback is asked. With roots of its own, none, it does not read the system's.
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        },
    };
}
