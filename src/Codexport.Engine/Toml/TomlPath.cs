using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Codexport.Engine.Toml.Parsing;
using Codexport.Engine.Toml.Syntax;

namespace Codexport.Engine.Toml;

/// <summary>
/// Leads from the root of a document to a node: keys, and indexes where the way goes through arrays. Written as
/// <c>tui.notifications</c>, <c>mcp_servers."a b".args[0]</c>. In code: <c>TomlPath path = ["tui", "notifications"];</c>
/// </summary>
[CollectionBuilder(typeof(TomlPath), nameof(Create))]
internal sealed class TomlPath : IReadOnlyList<TomlPathSegment>, IEquatable<TomlPath>
{
    private readonly TomlPathSegment[] _segments;

    private TomlPath(TomlPathSegment[] segments) => _segments = segments;

    /// <summary>The path of the root table.</summary>
    public static TomlPath Root { get; } = new([]);

    /// <summary>How many steps it has.</summary>
    public int Count => _segments.Length;

    /// <summary>The path without its last step; null for the root.</summary>
    public TomlPath? Parent => Count == 0 ? null : new TomlPath(_segments[..^1]);

    /// <summary>The key of the last step; null for the root and where the last step is an index.</summary>
    public string? LastKey => Count == 0 ? null : _segments[^1].Key;

    /// <inheritdoc/>
    public TomlPathSegment this[int index] => _segments[index];

    /// <summary>Makes a path of keys and indexes.</summary>
    public static TomlPath Create(ReadOnlySpan<TomlPathSegment> segments) => new(segments.ToArray());

    /// <summary>Makes a path of keys alone.</summary>
    public static TomlPath FromKeys(IEnumerable<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return new([.. keys.Select(key => new TomlPathSegment(key))]);
    }

    /// <summary>Reads the written form.</summary>
    /// <exception cref="FormatException">It is not a path.</exception>
    public static TomlPath Parse(string text)
        => TryParse(text, out var path) ? path : throw new FormatException("A TOML path is keys with dots between them, such as tui.notifications.");

    /// <summary>Reads the written form; false where it is not a path.</summary>
    public static bool TryParse(string? text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TomlPath? path)
    {
        path = null;
        if (text is null)
        {
            return false;
        }

        var segments = PathParser.TryParse(text);
        path = segments is null ? null : new TomlPath([.. segments]);
        return path is not null;
    }

    /// <summary>This path with one more key or index.</summary>
    public TomlPath Append(TomlPathSegment segment) => new([.. _segments, segment]);

    /// <summary>Whether this path is <paramref name="other"/> or leads through it.</summary>
    public bool StartsWith(TomlPath other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return _segments.AsSpan().StartsWith(other._segments);
    }

    /// <inheritdoc/>
    public bool Equals(TomlPath? other) => other is not null && _segments.AsSpan().SequenceEqual(other._segments);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TomlPath);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var segment in _segments)
        {
            hash.Add(segment);
        }

        return hash.ToHashCode();
    }

    /// <summary>The written form; empty for the root.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var segment in _segments)
        {
            if (segment.Key is null)
            {
                text.Append(CultureInfo.InvariantCulture, $"[{segment.Index}]");
                continue;
            }

            text.Append(text.Length == 0 ? "" : ".").Append(TomlText.Key(segment.Key));
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public IEnumerator<TomlPathSegment> GetEnumerator() => ((IEnumerable<TomlPathSegment>)_segments).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _segments.GetEnumerator();

    internal ReadOnlySpan<TomlPathSegment> AsSpan() => _segments;
}
