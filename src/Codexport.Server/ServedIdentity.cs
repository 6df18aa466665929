using System.Net.Security;
using System.Security.Authentication;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Identity;

namespace Codexport.Server;

/// <summary>
/// The key that the server serves with. It changes while serving when another process gave the master a new one: connections that are open
/// go on, new ones get the new key.
/// </summary>
internal sealed class ServedIdentity : IDisposable
{
    private readonly EngineContext _context;
    private readonly List<MasterIdentity> _retired = [];
    private Served _served;

    /// <summary>Loads the key in force.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.NotMaster"/> or <see cref="ErrorCode.IdentityInvalid"/>.</exception>
    public ServedIdentity(EngineContext context)
    {
        _context = context;
        _served = Serve(MasterIdentity.Load(context));
    }

    /// <summary>The identity in service.</summary>
    public MasterIdentity Current => Volatile.Read(ref _served).Identity;

    /// <summary>How a connection that begins now shakes hands: one object for all connections, so that sessions can be resumed.</summary>
    public SslServerAuthenticationOptions Handshake => Volatile.Read(ref _served).Handshake;

    /// <summary>Takes the key that is on disk in service, when it is another one. Not for several threads at once.</summary>
    /// <returns>Whether it was.</returns>
    public bool Reload()
    {
        var identity = MasterIdentity.Load(_context);
        if (identity.Delegation?.Sequence == Current.Delegation?.Sequence && identity.KeyFingerprint == Current.KeyFingerprint)
        {
            identity.Dispose();
            return false;
        }

        // A handshake may be at work with the old one, so it is let go only at the end.
        _retired.Add(Current);
        Volatile.Write(ref _served, Serve(identity));
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Current.Dispose();
        _retired.ForEach(identity => identity.Dispose());
    }

    private static Served Serve(MasterIdentity identity) => new(identity, new SslServerAuthenticationOptions
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(identity.Certificate, additionalCertificates: null, offline: true),
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ApplicationProtocols = [SslApplicationProtocol.Http11],
    });

    private sealed record Served(MasterIdentity Identity, SslServerAuthenticationOptions Handshake);
}
