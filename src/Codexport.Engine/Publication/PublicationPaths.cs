using System.Globalization;
using Codexport.Engine.Content;

namespace Codexport.Engine.Publication;

/// <summary>Where things lie in a publication: below <c>v1/</c>, one mutable file and else what never changes.</summary>
internal static class PublicationPaths
{
    /// <summary>The signed head: the one thing that is replaced.</summary>
    public const string Head = "v1/head";

    /// <summary>Below it lie the wrapped keys of the epochs.</summary>
    public const string Epochs = "v1/epochs/";

    /// <summary>Below it lie sealed documents.</summary>
    public const string Revisions = "v1/revisions/";

    /// <summary>Below it lie sealed contents.</summary>
    public const string Objects = "v1/objects/";

    /// <summary>The list of an epoch's shards; its hash is in the head.</summary>
    public static string Keyring(long epoch, Sha256Hash keyring) => string.Create(CultureInfo.InvariantCulture, $"{Epochs}{epoch}/keyring/{keyring}");

    /// <summary>One shard of an epoch's wrapped keys.</summary>
    public static string Shard(long epoch, byte shard, Sha256Hash hash)
        => string.Create(CultureInfo.InvariantCulture, $"{Epochs}{epoch}/keyring/{shard:x2}-{hash}");

    /// <summary>A sealed document or what leads to one.</summary>
    public static string Revision(Sha256Hash name) => Revisions + name;

    /// <summary>A sealed pack.</summary>
    public static string Object(Sha256Hash name) => Objects + name;
}
