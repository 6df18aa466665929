using System.Text;
using Codexport.Engine.Compose;
using Codexport.Engine.Results;

namespace Codexport.Tests.Compose;

public sealed class FileDifferencesTests
{
    [Theory]
    [InlineData("config.toml", "[mcp_servers.x]\nenv = { FOO = \"s3cret\" }", "env = { FOO = \"***\" }")]
    [InlineData("config.toml", "[mcp_servers.x.env]\nFOO = \"s3cret\"", "FOO = \"***\"")]
    [InlineData("config.toml", "[mcp_servers.x]\nargs = [\"--api-key\", \"s3cret\", \"--flag\", \"shown\"]", "[\"--api-key\", \"***\", \"--flag\", \"shown\"]")]
    [InlineData("config.toml", "[mcp_servers.x]\nargs = [\"--token=s3cret\"]", "***")]
    [InlineData("config.toml", "[mcp_servers.x]\nurl = \"https://me:s3cret@host/x?key=s3cret\"", "https://***@host/x?key=***")]
    [InlineData("config.toml", "# my password: s3cret-value", "***")]
    [InlineData("config.toml", "not toml at all = = \nbearer_token = \"s3cret\"", "bearer_token = \"***\"")]
    [InlineData("skills/a/SKILL.md", "Use `curl -H 'Authorization: Bearer s3cret-s3cret'`.", "Authorization: ***")]
    [InlineData("skills/a/run.sh", "export GITHUB_TOKEN=s3cret", "GITHUB_TOKEN=***")]
    [InlineData("skills/a/run.sh", "curl --password s3cret https://host", "--password ***")]
    [InlineData("skills/a/x.py", "key = \"sk-s3cret-s3cret-s3cret\"", "***")]
    [InlineData("skills/a/.mcp.json", "{\n  \"env\": {\n    \"FOO\": \"s3cret\",\n    \"BAR\": \"s3cret\"\n  }\n}", "\"BAR\": \"***\"")]
    [InlineData("skills/a/x.json", "{\"api_key\": \"s3cret\", \"name\": \"shown\"}", "\"name\": \"shown\"")]
    [InlineData("skills/a/x.yaml", "password: 's3cret'", "password: '***'")]
    [InlineData("skills/a/key.txt", "-----BEGIN EC PRIVATE KEY-----\ns3cret\n-----END EC PRIVATE KEY-----\nshown", "shown")]
    public void Secret_IsShownNowhere(string path, string text, string shown)
    {
        var difference = FileDifferences.Of(new FileDifference(path, ChangeAction.Add, null, text.Length), null, Encoding.UTF8.GetBytes(text));
        var lines = string.Join('\n', difference.Lines.Select(line => line.Text));
        Assert.DoesNotContain("s3cret", lines, StringComparison.Ordinal);
        Assert.Contains(shown, lines, StringComparison.Ordinal);
        Assert.Equal(text.Split('\n').Length, difference.Lines.Count(line => line.Kind == DifferenceKind.Added));
    }

    [Theory]
    [InlineData("AGENTS.md", "Count the tokens of a file, and keep passwords out of it.")]
    [InlineData("config.toml", "model_max_output_tokens = 5")]
    [InlineData("config.toml", "bearer_token_env_var = \"MY_VARIABLE\"")]
    [InlineData("skills/a/run.sh", "if [ \"$mode\" = fast ]; then echo https://host/path; fi")]
    public void Text_ThatHidesNothing_IsShownAsItIs(string path, string text)
        => Assert.Equal(text, FileDifferences.Of(new FileDifference(path, ChangeAction.Add, null, text.Length), null, Encoding.UTF8.GetBytes(text)).Lines[^1].Text);

    [Fact]
    public void Lines_StandInPartsWithThreeLinesAround()
    {
        var before = Enumerable.Range(1, 30).Select(number => $"line {number}").ToList();
        var after = before.ToList();
        after[4] = "changed 5";
        after.Insert(24, "new");
        after.RemoveAt(30);
        var difference = Of(string.Join('\n', before) + "\n", string.Join('\n', after) + "\n");
        Assert.Equal(
            [
                "@@ -2,7 +2,7 @@", " line 2", " line 3", " line 4", "-line 5", "+changed 5", " line 6", " line 7", " line 8",
                "@@ -22,9 +22,9 @@", " line 22", " line 23", " line 24", "+new", " line 25", " line 26", " line 27", " line 28", " line 29", "-line 30",
            ],
            difference.Lines.Select(line => line.Kind switch
            {
                DifferenceKind.Added => "+",
                DifferenceKind.Removed => "-",
                DifferenceKind.Same => " ",
                _ => string.Empty,
            } + line.Text));
    }

    [Fact]
    public void WhatIsNotShown_SaysWhy()
    {
        Assert.Equal("It is a login, and its content is not shown.", Of("a", "b", "auth.json").Note);
        Assert.Equal("It is not text.", Of("a", "b\0c").Note);
        Assert.Equal("Only whether it may be run differs.", Of("a\n", "a\n").Note);
        Assert.Equal("Only values that are hidden here differ.", Of("token = \"abc\"\n", "token = \"def\"\n", "config.toml").Note);
        Assert.Equal("It is too long to be shown.", FileDifferences.Of(new FileDifference("x", ChangeAction.Add, null, FileDifferences.MaxSize + 1), null, []).Note);
    }

    [Fact]
    public void WhatCouldSteerATerminal_IsShownAsItsNumber()
        => Assert.Equal("\\u001b[31m\\u202ered", Of("", "\u001b[31m\u202ered\n").Lines[^1].Text);

    private static FileDifference Of(string before, string after, string path = "x.txt")
        => FileDifferences.Of(new FileDifference(path, ChangeAction.Update, before.Length, after.Length), Encoding.UTF8.GetBytes(before), Encoding.UTF8.GetBytes(after));
}
