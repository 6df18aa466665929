using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Master.Identity;

/// <summary>
/// The master's ECDSA P-256 key, which never leaves the machine, with a self-signed certificate over it. Only the key is stored; the
/// certificate is made anew from it, because followers pin the key and look at nothing else, and one file cannot contradict another.
/// Where another key acts for the identity (<see cref="Delegation"/>), that one signs and serves, and the identity's own need not be here.
/// </summary>
public sealed class MasterIdentity : IDisposable
{
    private const int MaxKeyFileSize = 4096;

    private readonly ECDsa _key;
    private readonly byte[] _publicKey;
    private readonly Lock _gate = new();
    private X509Certificate2? _certificate;

    private MasterIdentity(ECDsa key, byte[] publicKey, KeyDelegation? delegation = null)
    {
        _key = key;
        _publicKey = delegation?.IdentityKey.ToArray() ?? publicKey;
        Delegation = delegation;
        KeyFingerprint = Convert.ToHexStringLower(SHA256.HashData(publicKey));
        Fingerprint = delegation?.Fingerprint ?? KeyFingerprint;
    }

    /// <summary>The statement by which the identity lets the key in use act for it; null when that is the identity's own.</summary>
    public KeyDelegation? Delegation { get; }

    /// <summary>The fingerprint of the key in use: the identity's, or that of the key which acts for it.</summary>
    public string KeyFingerprint { get; }

    /// <summary>SHA-256 of the key's SubjectPublicKeyInfo, 64 lowercase hexadecimal digits.</summary>
    public string Fingerprint { get; }

    /// <summary>The public key as SubjectPublicKeyInfo, which is what heads are verified with.</summary>
    public ReadOnlyMemory<byte> PublicKey => _publicKey;

    /// <summary>The certificate with its key, for TLS; made at the first use, disposed with the identity.</summary>
    public X509Certificate2 Certificate
    {
        get
        {
            lock (_gate)
            {
                return _certificate ??= MakeCertificate(_key, Delegation);
            }
        }
    }

    /// <summary>Makes a new identity in <c>master/</c>, 0600, durable.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.RoleConflict"/> when one is there.</exception>
    public static MasterIdentity Create(EngineContext context)
    {
        var path = KeyFile(context);
        if (context.Files.TryGetEntry(path) is not null)
        {
            throw new CodexportException(
                ErrorCode.RoleConflict,
                $"This home has a master's key already: '{path}'.",
                "Keep it: followers trust this key. Only to begin anew with every follower, move that file away first.",
                path);
        }

        context.Files.CreateDirectory(context.Home.StateFolder, FilePermission.Private);
        context.Files.CreateDirectory(context.Home.MasterFolder, FilePermission.Private);
        return CreateAt(context, path);
    }

    /// <summary>Loads the identity; null when there is none.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.IdentityInvalid"/> when it is damaged.</exception>
    public static MasterIdentity? TryLoad(EngineContext context)
    {
        if (KeyChange.IsBegun(context))
        {
            // Whoever holds the lock is at it, or mends it; the key in place is whole in any case.
            BuildLock.TryAcquire(context)?.Dispose();
        }

        return IdentityDelegationFiles.TryRead(context) ?? Read(context, KeyFile(context));
    }

    /// <summary>Loads the identity of a home that must be a master.</summary>
    /// <exception cref="CodexportException">
    /// <see cref="ErrorCode.NotMaster"/>, or <see cref="ErrorCode.IdentityInvalid"/> when the key is damaged, or gone from a home that has
    /// published with one.
    /// </exception>
    public static MasterIdentity Load(EngineContext context)
    {
        if (TryLoad(context) is { } identity)
        {
            return identity;
        }

        throw new HeadInForce(context).Exists
            ? Damaged(KeyFile(context), "is missing")
            : new CodexportException(
                ErrorCode.NotMaster,
                $"'{context.Home.StateFolder}' is not a master's home: there is no key.",
                "Run 'codexport master init' to make this machine the master.",
                context.Home.StateFolder);
    }

    /// <summary>Signs a head: the DSSE envelope.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.DelegationRefused"/> when the key may not act for the identity any more.</exception>
    public byte[] Sign(Head head)
    {
        ArgumentNullException.ThrowIfNull(head);
        if (Delegation is { } delegation)
        {
            KeyDelegationCodec.Require(delegation, DelegationScope.Heads, new DelegationRules(head.IssuedAt, 0));
            head = head with { Delegation = delegation, Expires = head.Expires < delegation.Expires ? head.Expires : delegation.Expires };
        }

        // Key handles of the platforms are not promised to be safe for use by several threads.
        lock (_gate)
        {
            return HeadCodec.Sign(head, _key, KeyFingerprint);
        }
    }

    /// <summary>Signs the statement that another key acts for this identity.</summary>
    internal KeyDelegation Sign(KeyDelegation delegation)
    {
        lock (_gate)
        {
            return KeyDelegationCodec.Sign(delegation, RequireOwnKey());
        }
    }

    /// <summary>The same key, acting for the identity that says so.</summary>
    internal MasterIdentity ActingOn(KeyDelegation delegation)
        => delegation.KeyFingerprint == KeyFingerprint ? new MasterIdentity(_key, _publicKey, delegation) : throw new ArgumentException("It is about another key.", nameof(delegation));

    private ECDsa RequireOwnKey() => Delegation is null ? _key : throw new CodexportException(
        ErrorCode.IdentityInvalid,
        "This needs the identity's own key, and another one acts for it here.",
        "Take the statement back first ('codexport master identity delegate --withdraw --identity FILE').");

    /// <summary>Signs the statement that another key takes this one's place.</summary>
    internal byte[] Sign(KeyRotation rotation)
    {
        lock (_gate)
        {
            return KeyRotationCodec.Sign(rotation, RequireOwnKey());
        }
    }

    /// <summary>The private key as encrypted PKCS#8 in PEM form.</summary>
    internal string ExportEncrypted(ReadOnlySpan<char> passphrase, PbeParameters parameters)
    {
        lock (_gate)
        {
            return RequireOwnKey().ExportEncryptedPkcs8PrivateKeyPem(passphrase, parameters);
        }
    }

    /// <summary>Writes the key, 0600, durable.</summary>
    internal void WriteTo(EngineContext context, string path)
    {
        lock (_gate)
        {
            AtomicFile.Write(context.Files, path, Encoding.ASCII.GetBytes(_key.ExportPkcs8PrivateKeyPem() + "\n"), FilePermission.Private);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _certificate?.Dispose();
        _key.Dispose();
    }

    /// <summary>Where the key in force lies.</summary>
    internal static string KeyFile(EngineContext context) => Path.Combine(context.Home.MasterFolder, "key.pem");

    /// <summary>Makes a new key in a file.</summary>
    internal static MasterIdentity CreateAt(EngineContext context, string path)
    {
        var identity = Of(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        try
        {
            identity.WriteTo(context, path);
            return identity;
        }
        catch
        {
            identity.Dispose();
            throw;
        }
    }

    /// <summary>The identity of a key, which it owns from now on.</summary>
    /// <exception cref="CryptographicException">It is not a private key, or not on curve P-256.</exception>
    internal static MasterIdentity Of(ECDsa key)
    {
        try
        {
            // A public key alone imports as well; exporting the private part tells.
            CryptographicOperations.ZeroMemory(key.ExportPkcs8PrivateKey());
            var publicKey = key.ExportSubjectPublicKeyInfo();
            return KeyRotationCodec.IsPublicKey(publicKey)
                ? new MasterIdentity(key, publicKey)
                : throw new CryptographicException("The key is not on curve P-256.");
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>The identity in a file; null when there is no such file.</summary>
    internal static MasterIdentity? Read(EngineContext context, string path)
    {
        StateGuard.RequireSecret(context.Files, path);
        switch (context.Files.TryGetEntry(path))
        {
            case null:
                return null;
            case { Size: > MaxKeyFileSize }:
                throw Damaged(path, "is no ECDSA P-256 key");
            case { Kind: EntryKind.SymbolicLink } when context.Files.ResolveLinks(path) is null:
                throw Damaged(path, "is a symbolic link that leads nowhere");
        }

        var pem = AtomicFile.ReadAllBytes(context.Files, path, MaxKeyFileSize);
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(Encoding.ASCII.GetString(pem));
            return Of(key);
        }
        catch (Exception error) when (error is not (CodexportException or OutOfMemoryException))
        {
            key.Dispose();
            throw Damaged(path, "is damaged or no ECDSA P-256 key", error);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pem);
        }
    }

    private static X509Certificate2 MakeCertificate(ECDsa key, KeyDelegation? delegation)
    {
        var request = new CertificateRequest("CN=codexport", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));

        if (delegation is not null)
        {
            // With it a follower that has only the fingerprint knows whose key this is, before it says anything.
            request.CertificateExtensions.Add(KeyDelegationCodec.ToExtension(delegation));
        }

        // Fixed dates (the last is RFC 5280's "no well-defined expiration"): a master whose clock is wrong serves all the same.
        var made = request.CreateSelfSigned(
            new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero));
        if (!OperatingSystem.IsWindows())
        {
            return made;
        }

        // SChannel cannot serve with a key that lives in this process alone; importing a PFX gives the key a container for as long as the
        // certificate object lives.
        using (made)
        {
            return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.UserKeySet);
        }
    }

    private static CodexportException Damaged(string path, string what, Exception? inner = null) => new(
        ErrorCode.IdentityInvalid,
        $"The master's key '{path}' {what}.",
        "Bring the file back from a backup of this machine, or import an exported identity ('codexport master identity import'). Without either the master needs a new key ('codexport master init' after moving the file away) and every follower must join again.",
        path,
        inner);
}
