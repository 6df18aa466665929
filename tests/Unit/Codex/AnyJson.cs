using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Codexport.Tests.Codex;

/// <summary>JSON texts of any shape, odd spellings and all; and whether two say the same, member for member.</summary>
internal static class AnyJson
{
    private static readonly string[] Scalars =
    [
        "null", "true", "false", "0", "-0", "1.0", "1e999", "12345678901234567890.1234567890", "\"\"", "\"a\"", "\"\\u0061\"", "\"\\ud800\"",
        "\"\\ud83d\\ude80 é\"", "\"\\/\\b\\u0000\"", "\"command\"",
    ];

    private static readonly string[] Names = ["\"a\"", "\"hooks\"", "\"matcher\"", "\"type\"", "\"command\"", "\"\\u0061\"", "\"\\ud800\"", "\"\""];

    /// <summary>Any value; objects may hold a name twice.</summary>
    internal static Gen<string> Value(int depth) => depth == 0
        ? Gen.Elements(Scalars)
        : Gen.Frequency(
            (3, Gen.Elements(Scalars)),
            (2, from items in Few(Value(depth - 1), 3) select $"[{string.Join(", ", items)}]"),
            (2, from members in Few(Member(depth), 3) select $"{{{string.Join(" ,\n", members)}}}"));

    /// <summary>Up to so many.</summary>
    internal static Gen<List<string>> Few(Gen<string> one, int count)
        => from number in Gen.Choose(0, count) from items in one.ListOf(number) select items.ToList();

    /// <summary>A hooks file of a follower: groups and handlers of any shape among proper ones.</summary>
    /// <param name="isCanonical">Every group and handler then says that it is the master's, and the root holds nothing else.</param>
    internal static Gen<string> HooksFile(bool isCanonical)
    {
        var mark = isCanonical ? "canon" : "mine";
        var handler = Gen.Frequency(
            (4, from number in Gen.Choose(0, 9) select $$"""{"type":"command","command":"{{mark}} {{number}}"}"""),
            (1, from number in Gen.Choose(0, 9) select $$"""{"zap" : {{number}}.0,"type":"zap","command":"{{mark}} {{number}}" }"""),
            (isCanonical ? 0 : 2, Value(2)));
        var extra = isCanonical ? Gen.Constant("\"canon\":1") : Gen.Frequency((1, Member(2)), (1, Gen.Elements("\"zap\":{}", "\"matcher\":3", "\"matcher\":\"x\"")));
        var group =
            from handlers in Few(handler, 3)
            from before in Few(extra, 2)
            from after in Few(extra, 1)
            select $"{{{string.Join(',', before.Concat(isCanonical && handlers.Count == 0 ? ["\"canon\":0"] : []).Append($"\"hooks\":[{string.Join(',', handlers)}]").Concat(after))}}}";
        var any = isCanonical ? from what in Value(1) select $"{{\"canon\":{what}}}" : Value(2);
        var groups = Few(Gen.Frequency((3, group), (1, any)), 4).Select(items => $"[{string.Join(',', items)}]");
        string[] events = isCanonical ? ["SessionStart", "Stop", "Zap"] : ["SessionStart", "session_start", "Stop", "Zap", "PreToolUse", "Mine", "\\ud800"];
        var content = isCanonical ? groups : Gen.Frequency((5, groups), (1, Value(2)));
        var members =
            from names in Gen.Shuffle(events)
            from number in Gen.Choose(0, events.Length)
            from values in content.ListOf(number)
            select string.Join(",\n", values.Select((item, index) => $"\"{names[index]}\":{item}"));
        return isCanonical
            ? from hooks in members select $"{{\"hooks\":{{{hooks}}}}}"
            : from hooks in members
              from first in Gen.Frequency((3, Gen.Constant("")), (1, from other in Value(2) from name in Gen.Elements("note", "\\udc00", "SessionStart") select $"\"{name}\":{other},"))
              from last in Gen.Frequency((3, Gen.Constant("")), (1, from other in Value(2) select $",\"description\":{other}"))
              from none in Gen.Frequency((9, Gen.Constant(false)), (1, Gen.Constant(true)))
              select none ? $"{{{first}\"z\":1{last}}}" : $$"""{{{first}}"hooks":{{{hooks}}}{{last}}}""";
    }

    /// <summary>The value in one form in which every difference shows but blanks; events without groups say nothing.</summary>
    internal static string Essence(string? file)
    {
        if (file is null)
        {
            return "{}";
        }

        using var json = JsonDocument.Parse(file, new JsonDocumentOptions { MaxDepth = 1000 });
        var members = json.RootElement.EnumerateObject().Select(member => Raw(member) == "\"hooks\"" && member.Value.ValueKind == JsonValueKind.Object
            ? (Name: Raw(member), Value: Events(member.Value))
            : (Name: Raw(member), Value: Exact(member.Value)));
        return string.Join('\n', members.Where(member => member.Value.Length > 0).OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => $"{member.Name}: {member.Value}"));
    }

    /// <summary>The value without blanks, everything else as it is spelled.</summary>
    internal static string Exact(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => $"{{{string.Join(',', value.EnumerateObject().Select(member => $"{Raw(member)}:{Exact(member.Value)}"))}}}",
        JsonValueKind.Array => $"[{string.Join(',', value.EnumerateArray().Select(Exact))}]",
        _ => value.GetRawText(),
    };

    /// <summary>A member by its spelling; the framework cannot compare names that are no Unicode.</summary>
    internal static JsonElement Member(JsonElement value, string name) => value.EnumerateObject().Last(member => Raw(member) == $"\"{name}\"" || Raw(member) == name).Value;

    /// <summary>A member's name as it is spelled.</summary>
    internal static string Raw(JsonProperty member) => $"\"{System.Text.Encoding.UTF8.GetString(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8PropertyName(member))}\"";

    private static Gen<string> Member(int depth) => from name in Gen.Elements(Names) from value in Value(depth - 1) select $"{name} : {value}";

    private static string Events(JsonElement hooks) => string.Concat(hooks.EnumerateObject()
        .Where(member => member.Value.ValueKind != JsonValueKind.Array || member.Value.GetArrayLength() > 0)
        .Select(member => $"\n  {Raw(member)}: {Exact(member.Value)}")
        .Order(StringComparer.Ordinal));
}
