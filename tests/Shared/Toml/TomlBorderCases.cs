using System.Globalization;

namespace Codexport.Tests.Toml;

/// <summary>
/// Texts where readers of TOML differ, with what Codex 0.171 says of each and what we say. One table: a test of ours asserts our side
/// of it, and one that asks the real Codex asserts the other.
/// </summary>
internal static class TomlBorderCases
{
    /// <summary>What both take, or neither.</summary>
    internal static IEnumerable<(string Text, bool IsTaken)> Agreed =>
    [
        .. Taken.Select(text => (text, true)),
        .. Refused.Select(text => (text, false)),
    ];

    /// <summary>What Codex takes and we refuse, each with the reason. There is nothing the other way round.</summary>
    internal static IEnumerable<(string Reason, string Text)> RefusedByUsAlone =>
    [
        ("TOML wants the key, the equals sign and the beginning of the value on one line", "x = { b\n= 1 }"),
        ("the same, behind the equals sign", "x = { b =\n1 }"),
        ("the same, with a comment", "x = { b # c\n= 1 }"),
        ("keys and brackets together lie deeper than 512 steps", "k.k = " + Repeat("{a.b.c.d.e.f.g.h.i.j=", 52) + "1" + Repeat("}", 52)),
        ("the file is larger than 2 MiB", "# " + new string('x', 2 * 1024 * 1024)),
    ];

    private static string[] Taken =>
    [
        "", "\n", "\uFEFF", "\uFEFFa = 1", "# \uFEFF\na = 1", "a = '\uFEFF'", "a = \"x\uFFFDy\"", "\"\uFFFD\" = 1",
        "a = { b = 1, # c\n  c = 2,\n}", "a = {\n}", "a = { b = 1\n, c = 2 }", "a = {b.c = 1, b.d = 2}", "a = [1,\r\n2]",
        "a = \"\\e\\x41\\x00\"", "a = \"\"\"x\\ \t \r\n y\"\"\"", "a = '''\r\nx'''",
        "a = 07:32", "a = 1979-05-27T07:32Z", "a = 1979-05-27t07:32:00z", "a = 1979-05-27T07:32:00.1234567891234Z", "a = 23:59:60",
        "a = 1979-05-27T07:32:00+23:59", "a = 0000-02-29", "a = 1979-05-27 #x",
        "a = 0x0000000000000000000001", "a = 0x7FFFFFFFFFFFFFFF", "a = -9223372036854775808", "a = 1e-400", "a = 0e0_1", "a = +nan",
        "\"\" = 1", "a.\"\".b = 1", "[ a . b ]", "[a]\nb.c = 1\n[a.b.d]", "a.b = 1\n[a.c]", "[[a.b]]\n[a]\nc = 1", "[[a]]\n[a.b]\n[[a]]\n[a.b]",
        "x = " + Repeat("[", 80) + Repeat("]", 80), "x = " + Repeat("{a.b=", 80) + "1" + Repeat("}", 80), Keys(80) + " = 1", $"[{Keys(80)}]\n{Keys(80)} = 1",
    ];

    private static string[] Refused =>
    [
        "\uFEFF\uFEFFa = 1", "a = 1 \uFEFF", "é = 1", "a = 1\r", "a = '''x\ry'''", "# \x7f", "a = '\x1f'", "a = 1\0",
        "a = \"\\\t\"", "a = \"x\\\ny\"", "a = \"\"\"x\\\ty\"\"\"", "a = \"\\ud800\"", "\"\"\"a\"\"\" = 1",
        "a = {,}", "a = {b = 1,, c = 2}", "a = { b.\nc = 1}", "a = {b = {c = 1}, b.d = 2}", "a = [,]",
        "a = 0xFFFFFFFFFFFFFFFF", "a = 9223372036854775808", "a = 0_1", "a = 1e400", "a = 1" + new string('0', 400) + ".0", "a = 0X1",
        "a = 1_979-05-27", "a = 1979-05-27T07:32:00+24:00", "a = 07:00:61", "a = 2021-02-29", "a = 07:32.5", "a = 1979-05-27  07:32:00",
        "[a.b]\n[a]\nb.c = 1", "[a.b.c]\n[a]\nb.d = 1", "[a]\nb.c = 1\n[a.b]", "a.b = 1\n[a]", "[t]\na=1\nb=2\n[t.a]", "[[a]]\n[a]", "a = []\n[[a]]",
        "a = [{}]\n[a.b]", "[[x.y]]\n[x]\ny.z = 1", "[ [a] ]",
        "x = " + Repeat("[", 81) + Repeat("]", 81), "x = " + Repeat("{a=", 81) + "1" + Repeat("}", 81), Keys(81) + " = 1", $"[{Keys(81)}]", "x = {" + Keys(81) + " = 1}",
    ];

    /// <summary>One line, for names of tests and messages.</summary>
    internal static string Show(string text)
    {
        var shown = string.Concat(text.Select(c => c is < ' ' or > '~' or '\\' ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : c.ToString()));
        return shown.Length > 100 ? $"{shown[..100]}… ({text.Length})" : shown;
    }

    private static string Keys(int count) => string.Join('.', Enumerable.Repeat("a", count));

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
