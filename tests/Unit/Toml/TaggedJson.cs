using System.Globalization;
using System.Text.Json.Nodes;
using Codexport.Engine.Toml;

namespace Codexport.Tests.Toml;

/// <summary>Compares a tree with toml-test's tagged JSON: <c>{"type": "integer", "value": "1"}</c> for each scalar.</summary>
internal static class TaggedJson
{
    internal static void AssertEqual(JsonNode? expected, TomlNode actual, string path)
    {
        if (expected is JsonArray items)
        {
            var list = Assert.IsType<TomlList>(actual, exactMatch: false);
            Assert.Equal(items.Count, list.Count);
            for (var i = 0; i < items.Count; i++)
            {
                AssertEqual(items[i], list[i], $"{path}[{i}]");
            }

            return;
        }

        var members = Assert.IsType<JsonObject>(expected);
        if (members.Count == 2 && members["type"] is JsonValue type && members["value"] is JsonValue value)
        {
            AssertScalar(type.GetValue<string>(), value.GetValue<string>(), actual, path);
            return;
        }

        var table = Assert.IsType<TomlTable>(actual);
        Assert.Equal(members.Select(member => member.Key).Order(StringComparer.Ordinal), table.Keys.Order(StringComparer.Ordinal));
        foreach (var (key, member) in members)
        {
            AssertEqual(member, table[key]!, $"{path}.{key}");
        }
    }

    private static void AssertScalar(string type, string expected, TomlNode actual, string path)
    {
        var (tag, value) = Tag(actual);
        Assert.True(type == tag, $"{path}: {type} expected, {tag} found");
        if (tag == "float")
        {
            Assert.Equal(ParseFloat(expected), actual.AsFloat());
        }
        else if (actual is TomlDateTime)
        {
            Assert.Equal(TrimFraction(expected), value);
        }
        else
        {
            Assert.Equal(expected, value);
        }
    }

    private static (string Tag, string Value) Tag(TomlNode node) => node switch
    {
        TomlString text => ("string", text.Value),
        TomlInteger number => ("integer", number.Value.ToString(CultureInfo.InvariantCulture)),
        TomlFloat => ("float", ""),
        TomlBoolean flag => ("bool", flag.Value ? "true" : "false"),
        TomlDateTime { Kind: TomlKind.OffsetDateTime } time => ("datetime", time.Canonical),
        TomlDateTime { Kind: TomlKind.LocalDateTime } time => ("datetime-local", time.Canonical),
        TomlDateTime { Kind: TomlKind.LocalDate } date => ("date-local", date.Canonical),
        TomlDateTime { Kind: TomlKind.LocalTime } time => ("time-local", time.Canonical),
        _ => ("none", ""),
    };

    private static double ParseFloat(string text) => text switch
    {
        "nan" => double.NaN,
        "inf" or "+inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    /// <summary>The suite writes 17:45:56.600; the canonical form has no zeros at the end.</summary>
    private static string TrimFraction(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        if (point < 0)
        {
            return text;
        }

        var end = point + 1;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return text[..point] + text[point..end].TrimEnd('0').TrimEnd('.') + text[end..];
    }
}
