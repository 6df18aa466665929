namespace Codexport.Engine.Toml;

/// <summary>A date and time with an offset from UTC.</summary>
public sealed class TomlOffsetDateTime : TomlDateTimeScalar
{
    internal TomlOffsetDateTime(ReadOnlyMemory<char> raw, string canonical, DateTime local, TimeSpan offset)
        : base(raw, canonical)
    {
        LocalDateTime = local;
        Offset = offset;
    }

    /// <summary>The date and time at that offset, of unspecified kind; a leap second is given as second 59.</summary>
    public DateTime LocalDateTime { get; }

    /// <summary>The offset from UTC. TOML allows more than <see cref="DateTimeOffset"/> does.</summary>
    public TimeSpan Offset { get; }

    /// <inheritdoc/>
    public override TomlKind Kind => TomlKind.OffsetDateTime;

    internal override TomlNode CloneValue() => new TomlOffsetDateTime(Raw, Canonical, LocalDateTime, Offset);
}
