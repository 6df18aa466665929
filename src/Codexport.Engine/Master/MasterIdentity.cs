using System.Security.Cryptography.X509Certificates;
using Codexport.Engine.Bundles;

namespace Codexport.Engine.Master;

/// <summary>The master's ECDSA P-256 key, which never leaves the machine, with a self-signed certificate over it.</summary>
public sealed class MasterIdentity : IDisposable
{
    /// <summary>SHA-256 of the key's SubjectPublicKeyInfo, 64 lowercase hexadecimal digits.</summary>
    public string Fingerprint => throw new NotImplementedException();

    /// <summary>The certificate with its key, for TLS.</summary>
    public X509Certificate2 Certificate => throw new NotImplementedException();

    /// <summary>Makes a new identity in <c>master/</c>, 0600, durable.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.RoleConflict"/> when one is there.</exception>
    public static MasterIdentity Create(EngineContext context) => throw new NotImplementedException();

    /// <summary>Loads the identity; null when there is none.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.IdentityInvalid"/> when it is damaged.</exception>
    public static MasterIdentity? TryLoad(EngineContext context) => throw new NotImplementedException();

    /// <summary>Signs a head: the DSSE envelope.</summary>
    public byte[] Sign(Head head) => throw new NotImplementedException(head.ToString());

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}
