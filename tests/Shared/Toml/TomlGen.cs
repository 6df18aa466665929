using Codexport.Engine.Toml;
using FsCheck;
using FsCheck.Fluent;

namespace Codexport.Tests.Toml;

/// <summary>
/// Random documents that mix every way of writing: lines are drawn at random from few keys, and a line that would make the text
/// invalid is left out.
/// </summary>
internal static class TomlGen
{
    internal static readonly string[] Keys = ["a", "b", "c", "d e", "é.f", ""];

    private static readonly string[] Scalars =
    [
        "1", "-42", "0xff", "1_000", "3.5", "-inf", "nan", "1e3", "true", "false",
        "1979-05-27T07:32Z", "1979-05-27 07:32:00.5-07:00", "1979-05-27T07:32:00", "1979-05-27", "07:32:00", "23:59:60", "07:32",
        "\"\"", "\"basic \\\" \\u00e9 ü\"", "'literal \\ #'", "\"\"\"\nmulti \"\" line\\\n   joined\nend\"\"\"", "'''\nraw ''\n lines'''",
        "\"/home/me/x\"", "'/home/me/y'", "\"# no comment\"", "\"\\e\\x41 \uFFFD\"",
    ];

    internal static Gen<string> Value(int depth = 2)
        => depth == 0
            ? Gen.Elements(Scalars)
            : Gen.Frequency(
                (5, Gen.Elements(Scalars)),
                (1, Array(depth, "[", ", ", "", "]")),
                (1, Array(depth, "[ ", " ,", " ", "]")),
                (1, Array(depth, "[\n  # first\n  ", ", # note\n\n  ", ",  # last\n", "]")),
                (1, Array(depth, "[\r\n  ", ",\r\n # about next\r\n  ", " # end\r\n", "]")),
                (2, Inline(depth)));

    internal static Gen<string> Key()
        => from name in Gen.Elements(Keys)
           from style in Gen.Choose(0, 3)
           select Spell(name, style);

    internal static Gen<string> DottedKey()
        => from parts in Gen.ListOf(Key(), 3)
           from count in Gen.Frequency((3, Gen.Constant(1)), (2, Gen.Constant(2)), (1, Gen.Constant(3)))
           from dot in Gen.Elements(".", " . ")
           select string.Join(dot, parts.Take(count));

    internal static Gen<string> Line()
        => from body in Gen.Frequency(
               (6, from key in DottedKey() from value in Value() from sign in Gen.Elements("=", " = ") select key + sign + value),
               (3, from key in DottedKey() from blank in Gen.Elements("", " ") select $"[{blank}{key}{blank}]"),
               (2, DottedKey().Select(key => $"[[{key}]]")))
           from before in Gen.Elements("", "", "", "\n", "# about\n", "\n# two\n# lines\n", "# set off\n\n", "\r\n", "  ")
           from after in Gen.Elements("\n", "\n", "  # note\n", "\r\n", "\n\n")
           select before + body + after;

    internal static Gen<string> Document()
        => from lines in Gen.ListOf(Line()).Resize(14)
           from head in Gen.Elements("", "", "# file\n\n", "# file\n", "\uFEFF")
           from tail in Gen.Elements("", "", "# end", "\n# end\n", "  ")
           from cut in Gen.Elements(true, false)
           select Finish(lines, head, tail, cut);

    /// <summary>The same, and smaller ones that are valid, too.</summary>
    internal static Arbitrary<string> Documents() => Smaller.Texts(Document(), IsValid);

    private static string Finish(IEnumerable<string> lines, string head, string tail, bool cut)
    {
        var text = head;
        foreach (var line in lines)
        {
            if (IsValid(text + line))
            {
                text += line;
            }
        }

        return cut && tail.Length == 0 ? text.TrimEnd('\r', '\n') : text + tail;
    }

    private static bool IsValid(string text) => TomlDocument.TryParse(System.Text.Encoding.UTF8.GetBytes(text), null, out _, out _);

    private static string Spell(string name, int style)
    {
        var isBare = name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
        return style switch
        {
            0 => $"'{name}'",
            1 => $"\"{name}\"",
            _ => isBare ? name : $"\"{name}\"",
        };
    }

    private static Gen<string> Array(int depth, string open, string between, string last, string close)
        => from count in Gen.Choose(0, 3)
           from items in Gen.ListOf(Value(depth - 1), count)
           select open + string.Join(between, items) + (count == 0 && last.StartsWith(',') ? "" : last) + close;

    private static Gen<string> Inline(int depth)
        => from count in Gen.Choose(0, 3)
           from keys in Gen.ListOf(DottedKey(), count)
           from values in Gen.ListOf(Value(depth - 1), count)
           from blank in Gen.Elements("", "", " ", " ", "\n  ", " # about\n  ", "\r\n", "\n\n# set off\n\n# about\n")
           from last in Gen.Elements("", "", ",", ", # last\n", " # end\n")
           let members = Distinct(keys.Zip(values, (key, value) => $"{key} = {value}"))
           select $"{{{blank}{string.Join($"{blank},{(blank.Length == 0 ? "" : blank)}", members)}{(members.Count == 0 ? "" : last)}{blank}}}";

    private static List<string> Distinct(IEnumerable<string> members)
    {
        var kept = new List<string>();
        foreach (var member in members)
        {
            if (IsValid($"x = {{{string.Join(',', [.. kept, member])}}}"))
            {
                kept.Add(member);
            }
        }

        return kept;
    }
}
