using System.Security.Cryptography;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Publication;

namespace Codexport.Engine.Master.Stores;

/// <summary>
/// The epoch in which this master publishes: its keys, for whom they are wrapped, and which packs hold what, <c>master/publication/</c>, 0600.
/// When any of it is lost or damaged a new epoch begins, in which everything is sealed anew; nothing else depends on it.
/// </summary>
internal sealed record MasterEpoch
{
    private const byte Format = 1;
    private const int MaxSize = 64 << 20;

    /// <summary>Its number, above that of every epoch before.</summary>
    public required long Number { get; init; }

    /// <summary>Its keys by their labels; <see cref="SealingKey.Everybody"/> is always there, a group's from when the group is first published to.</summary>
    public required IReadOnlyDictionary<string, byte[]> Keys { get; init; }

    /// <summary>Its keys as they are wrapped for each follower.</summary>
    public IReadOnlyList<KeyringEntry> Members { get; init; } = [];

    /// <summary>The packs that hold contents.</summary>
    public IReadOnlyList<PlacedPack> Packs { get; init; } = [];

    /// <summary>The name of the checkpoint in force; null while there is none.</summary>
    public Sha256Hash? Checkpoint { get; init; }

    /// <summary>The revision whose document it holds.</summary>
    public Sha256Hash CheckpointRevision { get; init; }

    /// <summary>Begins one.</summary>
    public static MasterEpoch Begin(long number) => new()
    {
        Number = number,
        Keys = new Dictionary<string, byte[]>(StringComparer.Ordinal) { [SealingKey.Everybody] = RandomNumberGenerator.GetBytes(SealingKey.Size) },
    };

    /// <summary>The folder of what belongs to publication.</summary>
    public static string FolderOf(EngineContext context) => Path.Combine(context.Home.MasterFolder, "publication");

    /// <summary>The checkpoint, open.</summary>
    public static string CheckpointFile(EngineContext context) => Path.Combine(FolderOf(context), "checkpoint");

    /// <summary>The key of a label.</summary>
    public SealingKey KeyFor(string label) => new(Number, label, Keys[label]);

    /// <summary>Reads the epoch; null when there is none that can be used.</summary>
    public static MasterEpoch? TryRead(EngineContext context)
    {
        var path = FileOf(context);
        try
        {
            StateGuard.RequireSecret(context.Files, path);
            return context.Files.TryGetEntry(path) is { Kind: EntryKind.File } ? Parse(AtomicFile.ReadAllBytes(context.Files, path, MaxSize)) : null;
        }
        catch (Exception error) when (error is FormatException or CodexportException { Code: ErrorCode.LimitExceeded })
        {
            context.Trace?.Invoke($"The state of the publication, '{path}', is damaged; a new epoch begins.");
            return null;
        }
    }

    /// <summary>Writes the epoch, durably.</summary>
    public void Write(EngineContext context)
    {
        context.Files.CreateDirectory(FolderOf(context), FilePermission.Private);
        SetAside.IfNotFile(context, FileOf(context));
        AtomicFile.Write(context.Files, FileOf(context), Print(), FilePermission.Private);
    }

    // The record's own text would show the keys to whoever logs it.
    /// <inheritdoc/>
    public override string ToString() => $"MasterEpoch {{ {Number} }}";

    private static string FileOf(EngineContext context) => Path.Combine(FolderOf(context), "epoch");

    private byte[] Print()
    {
        var form = new ByteFormWriter().Byte(Format).Number(Number).Count(Keys.Count);
        foreach (var (label, key) in Keys.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            form.Text(label).Bytes(key);
        }

        form.Count(Members.Count);
        foreach (var member in Members)
        {
            form.Text(member.FollowerId).Hash(member.PublicKey).Bytes(member.Wrapped).Text(string.Join('\n', member.Labels));
        }

        form.Byte(Checkpoint is null ? (byte)0 : (byte)1).Hash(Checkpoint ?? default).Hash(CheckpointRevision);
        SealedContents.PrintPacks(form, Packs);

        // A file that was cut or changed by accident must not be taken for a whole one: keys are in it.
        return [.. SHA256.HashData(form.Written), .. form.Written];
    }

    private static MasterEpoch Parse(ReadOnlySpan<byte> content)
    {
        if (content.Length < SHA256.HashSizeInBytes || !SHA256.HashData(content[SHA256.HashSizeInBytes..]).AsSpan().SequenceEqual(content[..SHA256.HashSizeInBytes]))
        {
            throw new FormatException("The state was changed.");
        }

        var form = new ByteFormReader(content[SHA256.HashSizeInBytes..]);
        form.Format(Format);
        var number = form.Number();
        var keys = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        for (var left = form.Count(); left > 0; left--)
        {
            keys[form.Text()] = form.Bytes().ToArray();
        }

        var members = new List<KeyringEntry>();
        for (var left = form.Count(Sha256Hash.Size); left > 0; left--)
        {
            var (id, key, wrapped) = (form.Text(), form.Hash(), form.Bytes().ToArray());
            members.Add(new KeyringEntry(id, key, wrapped) { Labels = form.Text().Split('\n') });
        }

        var hasCheckpoint = form.Byte() == 1;
        var (checkpoint, revision) = (form.Hash(), form.Hash());
        var packs = SealedContents.ReadPacks(ref form);
        form.End();
        return keys.ContainsKey(SealingKey.Everybody)
            ? new MasterEpoch
            {
                Number = number,
                Keys = keys,
                Members = members,
                Packs = packs,
                Checkpoint = hasCheckpoint ? checkpoint : null,
                CheckpointRevision = revision,
            }
            : throw new FormatException("The state holds no key.");
    }
}
