using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Codexport.Engine.Content;

namespace Codexport.Engine.Publication;

/// <summary>What lies sealed in a store. The words are part of the sealed form.</summary>
internal enum SealedKind
{
    /// <summary>What leads from other documents to the one of a revision.</summary>
    Revision,

    /// <summary>A document whole, with the places of its contents.</summary>
    Checkpoint,

    /// <summary>Contents, or a part of a large one.</summary>
    Pack,
}

/// <summary>
/// One key of an epoch: that of all followers, or of a group. It names what it seals and seals it: names are keyed hashes, so that a store
/// cannot tell a known content by its name; contents are AES-256-GCM under a key of their own, bound to epoch, kind and name.
/// </summary>
internal sealed class SealingKey : IDisposable
{
    /// <summary>Bytes of a key.</summary>
    public const int Size = 32;

    /// <summary>The name of the key that every follower of an epoch has.</summary>
    public const string Everybody = "epoch";

    private const byte Format = 1;
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly byte[] _key;
    private readonly byte[] _namer;

    /// <summary>Takes a key.</summary>
    /// <param name="epoch">The epoch's number.</param>
    /// <param name="label">Which of its keys: <see cref="Everybody"/>, or <c>group:NAME</c>.</param>
    /// <param name="key">The key; copied.</param>
    public SealingKey(long epoch, string label, ReadOnlySpan<byte> key)
    {
        if (key.Length != Size)
        {
            throw new ArgumentException("A key has 32 bytes.", nameof(key));
        }

        Epoch = epoch;
        Label = label;
        _key = key.ToArray();
        _namer = HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, Size, info: "codexport names 1"u8.ToArray());
    }

    /// <summary>Bytes that something sealed has more than it has open.</summary>
    public static int Overhead => 1 + NonceSize + TagSize;

    /// <summary>The epoch.</summary>
    public long Epoch { get; }

    /// <summary>Which of its keys.</summary>
    public string Label { get; }

    /// <summary>The key itself, for whoever wraps it.</summary>
    public ReadOnlySpan<byte> Secret => _key;

    /// <summary>The name of something in the store.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="identity">By what it is known; nobody else can tell from the name.</param>
    public Sha256Hash NameOf(SealedKind kind, ReadOnlySpan<byte> identity)
        => new(HMACSHA256.HashData(_namer, (byte[])[.. Word(kind), 0, .. identity]));

    /// <summary>Seals.</summary>
    public byte[] Seal(SealedKind kind, Sha256Hash name, ReadOnlySpan<byte> content)
    {
        var result = new byte[content.Length + Overhead];
        result[0] = Format;
        var nonce = result.AsSpan(1, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(KeyFor(kind, name), TagSize);
        cipher.Encrypt(nonce, content, result.AsSpan(1 + NonceSize, content.Length), result.AsSpan(result.Length - TagSize), Bound(kind, name));
        return result;
    }

    /// <summary>Opens.</summary>
    /// <returns>Null when this is not what was sealed under that name, in this epoch, with this key.</returns>
    public byte[]? TryOpen(SealedKind kind, Sha256Hash name, ReadOnlySpan<byte> content)
    {
        if (content.Length < Overhead || content[0] != Format)
        {
            return null;
        }

        var result = new byte[content.Length - Overhead];
        using var cipher = new AesGcm(KeyFor(kind, name), TagSize);
        try
        {
            cipher.Decrypt(content.Slice(1, NonceSize), content[(1 + NonceSize)..^TagSize], content[^TagSize..], result, Bound(kind, name));
            return result;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_key);
        CryptographicOperations.ZeroMemory(_namer);
    }

    // The record's own text would show the key to whoever logs it.
    /// <inheritdoc/>
    public override string ToString() => $"SealingKey {{ {Label} of {Epoch} }}";

    private byte[] KeyFor(SealedKind kind, Sha256Hash name)
        => HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, Size, info: [.. "codexport seal 1 "u8, .. Word(kind), 0, .. name.ToBytes()]);

    private byte[] Bound(SealedKind kind, Sha256Hash name)
        => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"codexport sealed {Format}\0{Epoch}\0{Label}\0{Encoding.ASCII.GetString(Word(kind))}\0{name}"));

    private static ReadOnlySpan<byte> Word(SealedKind kind) => kind switch
    {
        SealedKind.Revision => "revision"u8,
        SealedKind.Checkpoint => "checkpoint"u8,
        SealedKind.Pack => "pack"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
