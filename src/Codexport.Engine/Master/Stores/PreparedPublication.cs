using Codexport.Engine.Content;
using Codexport.Engine.Protocol;
using Codexport.Engine.Publication;

namespace Codexport.Engine.Master.Stores;

/// <summary>What a store must hold for the head in force: made once, uploaded to each target.</summary>
internal sealed record PreparedPublication
{
    /// <summary>The signed head.</summary>
    public required byte[] Envelope { get; init; }

    /// <summary>What it says.</summary>
    public required Head Head { get; init; }

    /// <summary>The epoch that seals it.</summary>
    public required MasterEpoch Epoch { get; init; }

    /// <summary>The checkpoint's name and content, open.</summary>
    public required KeyValuePair<Sha256Hash, byte[]> Checkpoint { get; init; }

    /// <summary>What leads to the document, with its name, open.</summary>
    public required KeyValuePair<Sha256Hash, byte[]> Lead { get; init; }

    /// <summary>The list of the keyring's shards.</summary>
    public required byte[] KeyringList { get; init; }

    /// <summary>The keyring's shards.</summary>
    public required IReadOnlyList<KeyringShard> Shards { get; init; }

    /// <summary>Followers that may come but have not told their public key yet, so that only the master itself serves them.</summary>
    public required int WithoutKey { get; init; }

    /// <summary>Every key in the store that this head needs, but the head's own.</summary>
    public HashSet<string> Needed()
    {
        var epoch = Epoch.Number;
        return
        [
            .. Epoch.Packs.Select(pack => PublicationPaths.Object(pack.Name)),
            PublicationPaths.Revision(Checkpoint.Key),
            PublicationPaths.Revision(Lead.Key),
            PublicationPaths.Keyring(epoch, Head.Keyring!.Value),
            .. Shards.Select(shard => PublicationPaths.Shard(epoch, shard.Shard, shard.Hash)),
        ];
    }
}
