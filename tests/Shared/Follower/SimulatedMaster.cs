using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Codexport.Engine.Content;
using Codexport.Engine.Protocol;

namespace Codexport.Tests.Follower;

/// <summary>A master in memory: it answers as the protocol says, and a test bends single answers.</summary>
public sealed class SimulatedMaster : IAsyncDisposable
{
    private readonly Dictionary<Sha256Hash, RevisionDocument> _documents = [];
    private readonly Dictionary<Sha256Hash, byte[]> _contents = [];
    private ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private X509Certificate2 _certificate;
    private int _registrations;

    public SimulatedMaster()
    {
        _certificate = MakeCertificate(_key);
        PublicKey = _key.ExportSubjectPublicKeyInfo();
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(PublicKey));
        Server = new HostileServer(_certificate, request => (Script?.Invoke(request)) ?? Honest(request));
    }

    public byte[] PublicKey { get; private set; }

    public string Fingerprint { get; private set; }

    public HostileServer Server { get; }

    public X509Certificate2 Certificate => _certificate;

    /// <summary>Answers before the honest one; null leaves it to that.</summary>
    public Func<HostileRequest, HostileAnswer?>? Script { get; set; }

    public string Invite { get; set; } = "the-invite";

    public string State { get; set; } = "approved";

    public HashSet<string> Credentials { get; } = [];

    public bool KnowsBases { get; set; } = true;

    public Head Head { get; private set; } = new(default, 1, default, default);

    public byte[] Envelope { get; set; } = [];

    public JoinLink Link => new("127.0.0.1", Server.Port, Fingerprint, Invite);

    public RevisionDocument Document => _documents[Head.Revision];

    /// <summary>Publishes files: path to text.</summary>
    public Sha256Hash Publish(params (string Path, string Text)[] files)
        => Publish(new RevisionDocument(files.Select(file => File(file.Path, Encoding.UTF8.GetBytes(file.Text)))));

    public Sha256Hash Publish(RevisionDocument document)
    {
        var revision = RevisionCodec.RevisionOf(RevisionCodec.Write(document));
        _documents[revision] = document;
        Sign(revision, Head.Sequence + 1);
        return revision;
    }

    public RevisionFile File(string path, byte[] content)
    {
        var hash = Sha256Hash.Of(content);
        _contents[hash] = content;
        return new RevisionFile(path, false, content.Length, hash);
    }

    public byte[] Content(Sha256Hash hash) => _contents[hash];

    /// <summary>Lets the store hold other bytes than the hash says.</summary>
    public void Corrupt(Sha256Hash hash, byte[] content) => _contents[hash] = content;

    public void Sign(Sha256Hash revision, long sequence, DateTimeOffset? expires = null)
    {
        var issued = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Head = new Head(revision, sequence, issued, expires ?? issued.AddDays(30));
        Envelope = Sign(Head);
    }

    /// <summary>What leads from the keys of before to the present one.</summary>
    public byte[] Rotations { get; set; } = [];

    /// <summary>Gives the master a new key, as a real one does: statement of the old one, then a head of the new one.</summary>
    public void Rotate()
    {
        using var old = _key;
        var next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var statement = new KeyRotation(Fingerprint, next.ExportSubjectPublicKeyInfo(), Head.Sequence + 1, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Rotations = RotationChain.Append(Rotations, KeyRotationCodec.Sign(statement, old));
        _key = next;
        _certificate.Dispose();
        _certificate = MakeCertificate(next);
        Server.Certificate = _certificate;
        PublicKey = next.ExportSubjectPublicKeyInfo();
        Fingerprint = statement.NewFingerprint;
        Sign(Head.Revision, statement.Sequence + 1);
    }

    public byte[] Sign(Head head) => HeadCodec.Sign(head, _key, Fingerprint);

    public byte[] SignAs(Head head, string fingerprint) => HeadCodec.Sign(head, _key, fingerprint);

    public byte[] Bundle(Sha256Hash revision, string? known) => [.. Needed(revision, known).SelectMany(file => _contents[file.Hash])];

    public IReadOnlyList<RevisionFile> Needed(Sha256Hash revision, string? known)
    {
        var seen = Known(known) is { } document ? document.Files.Select(file => file.Hash).ToHashSet() : [];
        return [.. _documents[revision].Files.Where(file => seen.Add(file.Hash))];
    }

    public HostileAnswer Honest(HostileRequest request)
    {
        if (request is { Method: "GET", Path: ProtocolConstants.HeadPath })
        {
            return request.Headers.ContainsKey("if-none-match")
                ? HostileAnswer.Raw("HTTP/1.1 304 Not Modified\r\nCodexport-Protocol: 1\r\n\r\n")
                : HostileAnswer.Of(200, Envelope, "application/json");
        }

        if (request is { Method: "GET", Path: ProtocolConstants.RotationsPath })
        {
            return HostileAnswer.Of(200, Rotations, ProtocolConstants.RotationsContentType);
        }

        if (!request.IsSecure)
        {
            return HostileAnswer.Error(404, "RevisionNotFound");
        }

        if (request is { Method: "POST", Path: ProtocolConstants.FollowersPath })
        {
            return Register(request);
        }

        var credential = request.Headers.GetValueOrDefault("authorization", "Bearer ")["Bearer ".Length..];
        return !Credentials.Contains(credential) ? HostileAnswer.Error(401, "CredentialRefused")
            : State != "approved" ? HostileAnswer.Error(403, "ApprovalPending")
            : request.Method == "DELETE" ? Unregister(credential)
            : Serve(request);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _certificate.Dispose();
        _key.Dispose();
    }

    private static X509Certificate2 MakeCertificate(ECDsa key)
        => new CertificateRequest("CN=master", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1));

    private HostileAnswer Register(HostileRequest request)
    {
        if (!request.Body.Contains($"\"invite\":\"{Invite}\"", StringComparison.Ordinal))
        {
            return HostileAnswer.Error(403, "InviteRefused");
        }

        var credential = $"credential-{++_registrations}";
        Credentials.Add(credential);
        return HostileAnswer.Of(
            201,
            Encoding.UTF8.GetBytes($$"""{"id":"f{{_registrations}}","credential":"{{credential}}","state":"{{State}}","name":"box","key":"kept"}"""),
            "application/json");
    }

    private HostileAnswer Unregister(string credential)
    {
        Credentials.Remove(credential);
        return HostileAnswer.Raw("HTTP/1.1 204 No Content\r\nCodexport-Protocol: 1\r\n\r\n");
    }

    private HostileAnswer Serve(HostileRequest request)
    {
        var name = request.Path[(request.Path.LastIndexOf('/') + 1)..];
        if (!Sha256Hash.TryParse(name, out var hash))
        {
            return HostileAnswer.Error(400, "ProtocolViolation");
        }

        if (request.Path.StartsWith(ProtocolConstants.ObjectsPath, StringComparison.Ordinal))
        {
            return HostileAnswer.Of(200, _contents[hash], "application/octet-stream");
        }

        if (!_documents.TryGetValue(hash, out var document))
        {
            return HostileAnswer.Error(404, "RevisionNotFound");
        }

        if (request.Path.StartsWith(ProtocolConstants.RevisionsPath, StringComparison.Ordinal))
        {
            return Known(request.Base) is { } known
                ? HostileAnswer.Of(200, RevisionCodec.WriteDelta(known, document), ProtocolConstants.DeltaContentType)
                : HostileAnswer.Of(200, RevisionCodec.Write(document), ProtocolConstants.RevisionContentType);
        }

        var bundle = Bundle(hash, request.Base);
        return request.RangeStart == 0
            ? HostileAnswer.Of(200, bundle, ProtocolConstants.BundleContentType)
            : HostileAnswer.Of(
                206, bundle[(int)request.RangeStart..], ProtocolConstants.BundleContentType,
                $"Content-Range: bytes {request.RangeStart}-{bundle.Length - 1}/{bundle.Length}\r\n");
    }

    private RevisionDocument? Known(string? known)
        => KnowsBases && Sha256Hash.TryParse(known, out var hash) && _documents.TryGetValue(hash, out var document) ? document : null;
}
