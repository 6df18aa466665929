namespace Codexport.Engine.Protocol;

/// <summary>The words of the wire protocol, for both sides. docs/protocol.md holds the full text.</summary>
public static class ProtocolConstants
{
    /// <summary>The protocol version that this side speaks.</summary>
    public const int Version = 1;

    /// <summary>The default port.</summary>
    public const int DefaultPort = 17342;

    /// <summary>The signed head; plain HTTP or TLS.</summary>
    public const string HeadPath = "/v1/head";

    /// <summary>The statements with which the master changed its key; plain HTTP or TLS.</summary>
    public const string RotationsPath = "/v1/rotations";

    /// <summary>Whether the server lives; plain HTTP or TLS.</summary>
    public const string HealthPath = "/healthz";

    /// <summary>Joining; TLS.</summary>
    public const string FollowersPath = "/v1/followers";

    /// <summary>Leaving; TLS and credential.</summary>
    public const string SelfPath = FollowersPath + "/self";

    /// <summary>Revision documents: <c>/v1/revisions/{revision}?base={revision}</c>; TLS and credential.</summary>
    public const string RevisionsPath = "/v1/revisions/";

    /// <summary>Bundles: <c>/v1/bundle/{revision}?base={revision}</c>; TLS and credential.</summary>
    public const string BundlePath = "/v1/bundle/";

    /// <summary>Single objects: <c>/v1/objects/{sha256}</c>; TLS and credential.</summary>
    public const string ObjectsPath = "/v1/objects/";

    /// <summary>Header of requests and answers with <see cref="Version"/>.</summary>
    public const string VersionHeader = "Codexport-Protocol";

    /// <summary>Header (TLS only): the follower's platform: <c>linux</c>, <c>macos</c> or <c>windows</c>.</summary>
    public const string PlatformHeader = "Codexport-Platform";

    /// <summary>Header (TLS only): the revision that the follower last applied.</summary>
    public const string AppliedHeader = "Codexport-Applied";

    /// <summary>Header (TLS only): the stable code of the follower's last error, or <c>none</c>.</summary>
    public const string LastErrorHeader = "Codexport-Last-Error";

    /// <summary>Content type of a revision document.</summary>
    public const string RevisionContentType = "application/vnd.codexport.revision+json";

    /// <summary>Content type of the difference between two revision documents.</summary>
    public const string DeltaContentType = "application/vnd.codexport.revision-delta+json";

    /// <summary>Content type of the statements of changed keys: one DSSE envelope a line.</summary>
    public const string RotationsContentType = "application/vnd.codexport.key-rotations+jsonl";

    /// <summary>The extension of a certificate, a comment, that holds the identity's statement about the certificate's key.</summary>
    public const string CommentExtension = "2.16.840.1.113730.1.13";

    /// <summary>Content type of a bundle.</summary>
    public const string BundleContentType = "application/vnd.codexport.bundle";
}
