using Codexport.Engine.Errors;
using Codexport.Engine.Toml;

namespace Codexport.Tests.Toml;

/// <summary>Edits as people and Codex meet them, with the whole text that comes out.</summary>
public sealed class TomlEditTests
{
    [Theory]
    [InlineData("model = 'a' # mine\nx = 1\n", "model = \"b\" # mine\nx = 1\n")]
    [InlineData("", "model = \"b\"\n")]
    [InlineData("x = 1", "x = 1\nmodel = \"b\"\n")]
    [InlineData("x = 1\r\n", "x = 1\r\nmodel = \"b\"\r\n")]
    [InlineData("[t]\nx = 1\n", "model = \"b\"\n\n[t]\nx = 1\n")]
    [InlineData("# my file\n\n# about t\n[t]\n", "# my file\n\nmodel = \"b\"\n\n# about t\n[t]\n")]
    [InlineData("# my file\n[t]\n", "# my file\nmodel = \"b\"\n\n[t]\n")]
    [InlineData("x = 1\n# about t\n[t]\n", "x = 1\nmodel = \"b\"\n# about t\n[t]\n")]
    [InlineData("  x = 1\n", "  x = 1\n  model = \"b\"\n")]
    public void Set_RootKey_GoesWhereItFits(string before, string after)
    {
        var document = TomlDocument.Parse(before);
        document.Set(["model"], "b");
        Assert.Equal(after, document.ToString());
    }

    [Theory]
    [InlineData("[tui]\ntheme = 1 # t\n\n[z]\n", "[tui]\ntheme = 1 # t\nn = true\n\n[z]\n")]
    [InlineData("tui = { theme = 1 }\n", "tui = { theme = 1, n = true }\n")]
    [InlineData("tui = {}\n", "tui = { n = true }\n")]
    [InlineData("tui . theme = 1\nz = 1\n", "tui . theme = 1\ntui.n = true\nz = 1\n")]
    [InlineData("z = 1\n", "z = 1\n\n[tui]\nn = true\n")]
    [InlineData("z = 1\n\n[tui.a]\nb = 1\n", "z = 1\n\n[tui]\nn = true\n\n[tui.a]\nb = 1\n")]
    [InlineData("[[x]]\n[tui]\n[[x]]\n", "[[x]]\n[tui]\nn = true\n[[x]]\n")]
    [InlineData("tui = { n = false, m = [1] } # keep\n", "tui = { n = true, m = [1] } # keep\n")]
    public void Set_KeyOfTable_FollowsTheParentsForm(string before, string after)
    {
        var document = TomlDocument.Parse(before);
        document.Set(["tui", "n"], true);
        Assert.Equal(after, document.ToString());
    }

    [Fact]
    public void Set_WhenNewServer_GoesBehindTheOthers()
    {
        var document = TomlDocument.Parse("[mcp_servers.a]\ncommand = 'x'\n[mcp_servers.a.env]\nK = 'v'\n\n[tui]\n");
        document.Set(["mcp_servers", "b c", "command"], "y");
        document.Set(["mcp_servers", "b c", "args"], new TomlArray(["1", 2, true]));
        Assert.Equal(
            "[mcp_servers.a]\ncommand = 'x'\n[mcp_servers.a.env]\nK = 'v'\n\n[mcp_servers.\"b c\"]\ncommand = \"y\"\nargs = [\"1\", 2, true]\n\n[tui]\n",
            document.ToString());
    }

    [Fact]
    public void Set_WhenValueIsInTheWay_RefusesWithItsLine()
    {
        var document = TomlDocument.Parse("x = 1\ntui = 'secret'\n", "config.toml");
        var error = Assert.Throws<CodexportException>(() => document.Set(["tui", "n"], true));
        Assert.Equal(ErrorCode.TomlInvalid, error.Code);
        Assert.Contains("config.toml", error.Message, StringComparison.Ordinal);
        Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        Assert.Equal("x = 1\ntui = 'secret'\n", document.ToString());
    }

    [Theory]
    [InlineData("# file\n\n# about a\n# more\na = 1 # t\nb = 2\n", "# file\n\nb = 2\n")]
    [InlineData("# file\na = 1\nb = 2\n", "# file\nb = 2\n")]
    [InlineData("x = 1\n\n# set off\n\na = 1\nb = 2\n", "x = 1\n\n# set off\n\nb = 2\n")]
    [InlineData("x = 1\n\n# about a\n[a]\ny = 1\n\n[b]\n\n[a.c]\nz = 1\n", "x = 1\n\n[b]\n")]
    [InlineData("[a]\ny = 1\n# y = 2\n\n# about b\n[b]\n", "# about b\n[b]\n")]
    [InlineData("a.x = 1\nb = 1\na.y = 2\n[a.z]\n", "b = 1\n")]
    [InlineData("[[a]]\n[[a]]\n[a.b]\n", "")]
    public void Remove_KeyOrTable_TakesItsLinesAndComments(string before, string after)
    {
        var document = TomlDocument.Parse(before);
        Assert.True(document.Remove(["a"]));
        Assert.False(document.Remove(["a"]));
        Assert.Equal(after, document.ToString());
    }

    [Theory]
    [InlineData("a = [1, 2, 3]", 0, "a = [2, 3]")]
    [InlineData("a = [1, 2, 3]", 1, "a = [1, 3]")]
    [InlineData("a = [1, 2, 3]", 2, "a = [1, 2]")]
    [InlineData("a = [1, 2, ]", 1, "a = [1, ]")]
    [InlineData("a = [\n  1, # one\n  2, # two\n]", 0, "a = [\n  2, # two\n]")]
    [InlineData("a = [\n  1, # one\n  2, # two\n]", 1, "a = [\n  1, # one\n]")]
    [InlineData("a = [\n  1, # one\n  2]", 1, "a = [\n  1 # one\n]")]
    [InlineData("a = [ { x = 1 } ]", 0, "a = [ ]")]
    public void Remove_ItemOfArray_KeepsCommasAndComments(string before, int index, string after)
    {
        var document = TomlDocument.Parse(before);
        Assert.True(document.Remove(["a", index]));
        Assert.Equal(after, document.ToString());
    }

    [Theory]
    [InlineData("a = { x = 1, y = 2, z = 3 }", "x", "a = { y = 2, z = 3 }")]
    [InlineData("a = { x = 1, y = 2, z = 3 }", "y", "a = { x = 1, z = 3 }")]
    [InlineData("a = { x = 1, y = 2, z = 3 }", "z", "a = { x = 1, y = 2 }")]
    [InlineData("a = {x.p=1,y=2,x.q=3}", "x", "a = {y=2}")]
    [InlineData("a = {\n  x = 1, # one\n  y = 2, # two\n}", "x", "a = {\n  y = 2, # two\n}")]
    [InlineData("a = {\n  x = 1, # one\n  y = 2, # two\n}", "y", "a = {\n  x = 1, # one\n}")]
    [InlineData("a = {\n  x = 1, # one\n  y = 2 }", "y", "a = {\n  x = 1 # one\n }")]
    [InlineData("a = {\n  # about x\n  x = 1,\n  # about y\n  y = 2 # two\n}", "y", "a = {\n  # about x\n  x = 1\n}")]
    [InlineData("a = {\n  # set off\n\n  x = 1,\n  y = 2\n}", "x", "a = {\n  # set off\n  y = 2\n}")]
    public void Remove_MemberOfInlineTable_KeepsCommas(string before, string key, string after)
    {
        var document = TomlDocument.Parse(before);
        Assert.True(document.Remove(["a", key]));
        Assert.Equal(after, document.ToString());
    }

    [Theory]
    [InlineData("a = {\n  x = 1, # one\n}", "a = {\n  x = 1, # one\n  n = true,\n}")]
    [InlineData("a = {\n  x = 1 # one\n}", "a = {\n  x = 1, # one\n  n = true\n}")]
    [InlineData("a = {\r\n\tx = 1\r\n}", "a = {\r\n\tx = 1,\r\n\tn = true\r\n}")]
    [InlineData("a = { # none yet\n}", "a = { # none yet\nn = true\n}")]
    [InlineData("a = { x = 1, }", "a = { x = 1, n = true, }")]
    [InlineData("a = { x = 1 # one\n}", "a = { x = 1, # one\n n = true\n}")]
    public void Set_NewMemberOfInlineTable_FollowsItsLayout(string before, string after)
    {
        var document = TomlDocument.Parse(before);
        document.Set(["a", "n"], true);
        Assert.Equal(after, document.ToString());
        Assert.True(document.SemanticEquals(TomlDocument.Parse(after)));
    }

    [Fact]
    public void AddTable_BelowDottedKeys_GoesBehindThem()
    {
        var document = TomlDocument.Parse("[a.x]\n[z]\n[a]\nb.c = 1\n[y]\n");
        document.AddTable(["a", "b", "d"]);
        Assert.Equal("[a.x]\n[z]\n[a]\nb.c = 1\n\n[a.b.d]\n[y]\n", document.ToString());
    }

    [Theory]
    [InlineData("a = []", "a = [\"n\"]")]
    [InlineData("a = ['x']", "a = ['x', \"n\"]")]
    [InlineData("a = ['x','y']", "a = ['x','y',\"n\"]")]
    [InlineData("a = [\n  'x', # about x\n]", "a = [\n  'x', # about x\n  \"n\",\n]")]
    [InlineData("a = [\n  'x' # about x\n]", "a = [\n  'x', # about x\n  \"n\"\n]")]
    [InlineData("a = [ # none yet\n]", "a = [ # none yet\n\"n\"\n]")]
    [InlineData("", "a = [\"n\"]\n")]
    public void Append_ToArray_FollowsItsLayout(string before, string after)
    {
        var document = TomlDocument.Parse(before);
        document.Append(["a"], "n");
        Assert.Equal(after, document.ToString());
    }

    [Fact]
    public void AppendTable_ToArrayOfTables_GoesBehindItsLast()
    {
        var document = TomlDocument.Parse("[[skills.config]]\npath = 'a'\n[z]\n");
        document.AppendTable(["skills", "config"]);
        document.Set(["skills", "config", 1, "path"], "b");
        Assert.Equal("[[skills.config]]\npath = 'a'\n\n[[skills.config]]\npath = \"b\"\n[z]\n", document.ToString());
    }

    [Fact]
    public void AppendTable_WhenTheLastTableIsSpreadOut_GoesBehindAllOfIt()
    {
        var document = TomlDocument.Parse("[[l]]\n[l.a]\n[l.b]\n[z]\n[l.a.c]\n");
        document.AppendTable(["l"]);
        Assert.Equal("[[l]]\n[l.a]\n[l.b]\n[z]\n[l.a.c]\n\n[[l]]\n", document.ToString());
    }

    [Fact]
    public void CopyFrom_Table_ReplacesInPlaceWithCommentsAndSpelling()
    {
        var canonical = TomlDocument.Parse(
            "# the file\n\n# the search server\n[mcp_servers.'s']  # s\n  command = '''run'''\n# env below\n[mcp_servers.s.env]\nK = 0x1F\n\n[other]\n");
        var local = TomlDocument.Parse("model = 'x'\n\n# old\n[mcp_servers.s]\ncommand = 'old'\n\n[tui]\nx = 1\n\n[mcp_servers.s.env]\nOLD = 1\n");

        Assert.True(local.CopyFrom(canonical, ["mcp_servers", "s"]));

        Assert.Equal(
            "model = 'x'\n\n# the search server\n[mcp_servers.'s']  # s\n  command = '''run'''\n# env below\n[mcp_servers.s.env]\nK = 0x1F\n\n[tui]\nx = 1\n",
            local.ToString());
    }

    [Fact]
    public void CopyFrom_Key_BringsItsCommentsAndKeepsThePlace()
    {
        var canonical = TomlDocument.Parse("z = 0\n# which model\nmodel   = \"\"\"m\"\"\" # best\n");
        var local = TomlDocument.Parse("a = 1\n# mine\nmodel = 'x' # was\nb = 2\n");
        Assert.True(local.CopyFrom(canonical, ["model"]));
        Assert.False(local.CopyFrom(canonical, ["missing"]));
        Assert.Equal("a = 1\n# which model\nmodel   = \"\"\"m\"\"\" # best\nb = 2\n", local.ToString());
    }

    [Fact]
    public void CopyFrom_Table_IntoInlineParent_IsWrittenInline()
    {
        var canonical = TomlDocument.Parse("[mcp_servers.s]\ncommand = 'run'\nenv.K = 'v'\n");
        var local = TomlDocument.Parse("mcp_servers = { a = { command = 'x' } }\n");
        Assert.True(local.CopyFrom(canonical, ["mcp_servers", "s"]));
        Assert.Equal("mcp_servers = { a = { command = 'x' }, s = { command = 'run', env = { K = 'v' } } }\n", local.ToString());
    }

    [Theory]
    [InlineData("p = '/home/me/x'", "p = '${home}/x'")]
    [InlineData("p = \"/home/me/x\" # c", "p = \"${home}/x\" # c")]
    [InlineData("p = [ \"a\", '''/home/me/y''' ]", "p = [ \"a\", '''${home}/y''' ]")]
    [InlineData("p = { q.r = \"\"\"\n/home/me\"\"\" }", "p = { q.r = \"\"\"\n${home}\"\"\" }")]
    public void MapStrings_KeepsTheQuotes(string before, string after)
    {
        var document = TomlDocument.Parse(before);
        Assert.Equal(1, document.MapStrings((_, value) => value.Replace("/home/me", "${home}", StringComparison.Ordinal)));
        Assert.Equal(after, document.ToString());
    }

    [Theory]
    [InlineData("p = 'x'", "it's", "p = \"it's\"")]
    [InlineData("p = 'x'", "C:\\d", "p = 'C:\\d'")]
    [InlineData("p = \"x\"", "C:\\d\"\u0001\u007f", "p = \"C:\\\\d\\\"\\u0001\\u007F\"")]
    [InlineData("p = '''x'''", "a\nb", "p = '''a\nb'''")]
    [InlineData("p = '''x'''", "a'''", "p = \"a'''\"")]
    public void MapStrings_WhenTheQuotesCannotHoldIt_UsesABasicString(string before, string value, string after)
    {
        var document = TomlDocument.Parse(before);
        document.MapStrings((_, _) => value);
        Assert.Equal(after, document.ToString());
        Assert.Equal(value, TomlDocument.Parse(after).Root["p"]!.AsString());
    }

    [Fact]
    public void MapKeys_RenamesHeadersAndDottedKeys()
    {
        var document = TomlDocument.Parse("[projects.'/home/me/a'] # a\nx = 1\n[projects.'/home/me/a'.sub]\n[projects]\n\"/home/me/b\".y = 1\n");
        var renamed = document.MapKeys((path, key) => path.Count == 2 ? key.Replace("/home/me", "${home}", StringComparison.Ordinal) : null);
        Assert.Equal(2, renamed);
        Assert.Equal("[projects.'${home}/a'] # a\nx = 1\n[projects.'${home}/a'.sub]\n[projects]\n\"${home}/b\".y = 1\n", document.ToString());
        Assert.Throws<CodexportException>(() => document.MapKeys((_, _) => "same"));
    }
}
