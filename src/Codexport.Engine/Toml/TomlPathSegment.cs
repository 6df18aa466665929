namespace Codexport.Engine.Toml;

/// <summary>One step of a <see cref="TomlPath"/>: a key of a table or an index into an array.</summary>
internal sealed record TomlPathSegment
{
    /// <summary>A key of a table.</summary>
    public TomlPathSegment(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        Key = key;
        Index = -1;
    }

    /// <summary>An index into an array, from 0.</summary>
    public TomlPathSegment(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        Index = index;
    }

    /// <summary>The key, or null where this is an index.</summary>
    public string? Key { get; }

    /// <summary>The index from 0, or -1 where this is a key.</summary>
    public int Index { get; }

    /// <summary>A key.</summary>
    public static implicit operator TomlPathSegment(string key) => new(key);

    /// <summary>An index.</summary>
    public static implicit operator TomlPathSegment(int index) => new(index);
}
