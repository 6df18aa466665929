namespace Codexport.Engine.Toml;

/// <summary>What a TOML value is, however it is spelled.</summary>
internal enum TomlKind
{
    /// <summary>A string.</summary>
    String,

    /// <summary>A 64-bit signed integer.</summary>
    Integer,

    /// <summary>A double-precision float, infinities and not-a-number included.</summary>
    Float,

    /// <summary>A boolean.</summary>
    Boolean,

    /// <summary>A date and time with an offset from UTC.</summary>
    OffsetDateTime,

    /// <summary>A date and time without an offset.</summary>
    LocalDateTime,

    /// <summary>A date alone.</summary>
    LocalDate,

    /// <summary>A time of day alone.</summary>
    LocalTime,

    /// <summary>An array, also one made of <c>[[headers]]</c>.</summary>
    Array,

    /// <summary>A table.</summary>
    Table,
}
