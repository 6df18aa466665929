using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Codexport.Engine.Content;

namespace Codexport.Engine.Publication;

/// <summary>Writes the compact form in which a publication holds its lists: numbers in big-endian order, lengths before what they count.</summary>
internal sealed class ByteFormWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new(1024);

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    /// <summary>Writes a byte.</summary>
    public ByteFormWriter Byte(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
        return this;
    }

    /// <summary>Writes a number that is not negative.</summary>
    public ByteFormWriter Number(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(_bytes.GetSpan(8), value);
        _bytes.Advance(8);
        return this;
    }

    /// <summary>Writes a count.</summary>
    public ByteFormWriter Count(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes.GetSpan(4), value);
        _bytes.Advance(4);
        return this;
    }

    /// <summary>Writes a hash.</summary>
    public ByteFormWriter Hash(Sha256Hash hash)
    {
        hash.CopyTo(_bytes.GetSpan(Sha256Hash.Size));
        _bytes.Advance(Sha256Hash.Size);
        return this;
    }

    /// <summary>Writes bytes and before them how many.</summary>
    public ByteFormWriter Bytes(ReadOnlySpan<byte> bytes)
    {
        Count(bytes.Length);
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>Writes a text.</summary>
    public ByteFormWriter Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));
}

/// <summary>Reads what <see cref="ByteFormWriter"/> wrote. Whoever has an epoch's key can have sealed it, so nothing in it is believed.</summary>
/// <param name="bytes">The whole of it.</param>
internal ref struct ByteFormReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Bytes that are left.</summary>
    public readonly int Left => _rest.Length;

    /// <summary>Reads a byte.</summary>
    public byte Byte() => Take(1)[0];

    /// <summary>Reads a number.</summary>
    public long Number() => BinaryPrimitives.ReadInt64BigEndian(Take(8)) is >= 0 and var number ? number : throw Malformed();

    /// <summary>Reads a count of things that take at least so many bytes each, so that it cannot be made to reserve more than came.</summary>
    public int Count(int leastSize = 1)
        => BinaryPrimitives.ReadInt32BigEndian(Take(4)) is >= 0 and var count && (long)count * leastSize <= _rest.Length ? count : throw Malformed();

    /// <summary>Reads a small number that counts nothing which follows.</summary>
    public int Small() => BinaryPrimitives.ReadInt32BigEndian(Take(4)) is >= 0 and var number ? number : throw Malformed();

    /// <summary>Reads a hash.</summary>
    public Sha256Hash Hash() => new(Take(Sha256Hash.Size));

    /// <summary>Reads bytes with their length.</summary>
    public ReadOnlySpan<byte> Bytes() => Take(Count());

    /// <summary>Reads a text.</summary>
    public string Text() => Encoding.UTF8.GetString(Bytes());

    /// <summary>Reads the number of the form.</summary>
    public void Format(byte expected)
    {
        if (Byte() != expected)
        {
            throw Malformed();
        }
    }

    /// <summary>Fails unless all of it was read.</summary>
    public readonly void End()
    {
        if (!_rest.IsEmpty)
        {
            throw Malformed();
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            throw Malformed();
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    private static FormatException Malformed() => new("The list is malformed.");
}
