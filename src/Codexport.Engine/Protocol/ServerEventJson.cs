using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Codexport.Engine.Results;

namespace Codexport.Engine.Protocol;

/// <summary>Server events as JSON, one object a line: <c>event</c>, <c>time</c>, then what belongs to it.</summary>
public static class ServerEventJson
{
    /// <summary>One line, without the line end.</summary>
    public static string Format(ServerEvent happening) => JsonSerializer.Serialize(happening, ServerEventJsonContext.Default.ServerEvent);

    /// <summary>The event of a line.</summary>
    /// <exception cref="JsonException">It is not one.</exception>
    public static ServerEvent? Read(string line) => JsonSerializer.Deserialize(line, ServerEventJsonContext.Default.ServerEvent);

    /// <summary>The word for an event.</summary>
    public static string NameOf(ServerEvent happening)
    {
        ArgumentNullException.ThrowIfNull(happening);
        var words = ServerEventJsonContext.Default.ServerEvent.PolymorphismOptions!.DerivedTypes;
        return (string)words.First(word => word.DerivedType == happening.GetType()).TypeDiscriminator!;
    }
}

/// <summary>Writes and reads server events without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(EventTimeConverter), typeof(FollowerStateConverter)])]
[JsonSerializable(typeof(ServerEvent))]
internal sealed partial class ServerEventJsonContext : JsonSerializerContext;

/// <summary>Writes times in UTC with milliseconds.</summary>
internal sealed class EventTimeConverter : JsonConverter<DateTimeOffset>
{
    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
        => writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
}

/// <summary>Writes states as words.</summary>
internal sealed class FollowerStateConverter() : JsonStringEnumConverter<FollowerState>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);
