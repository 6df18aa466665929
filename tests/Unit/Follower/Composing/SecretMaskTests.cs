using Codexport.Engine.Compose;
using Codexport.Engine.Toml;

namespace Codexport.Tests.Follower.Composing;

/// <summary>What <c>diff</c> shows of a value, one case a rule.</summary>
public sealed class SecretMaskTests
{
    [Theory]
    [InlineData("everything under env", "[mcp_servers.s]\ncommand = 'x'\nenv = { A = 'secret' }", "mcp_servers.s")]
    [InlineData("headers", "[mcp_servers.s]\nurl = 'https://x'\nhttp_headers = { X = 'secret' }", "mcp_servers.s")]
    [InlineData("a key that speaks of a secret", "api_key = 'secret'", "api_key")]
    [InlineData("... also above the value", "[my_tokens]\nx = ['secret']", "my_tokens.x")]
    [InlineData("an option with a secret", "args = ['--token=secret']", "args")]
    [InlineData("an option before a secret", "args = ['--api-key', 'secret']", "args")]
    [InlineData("what looks like a token", "x = 'sk-secret'", "x")]
    [InlineData("a password in an address", "x = 'https://me:secret@example.com/'", "x")]
    [InlineData("a header as an argument", "args = ['-H', 'Authorization: Bearer secret']", "args")]
    [InlineData("a key in an address", "x = 'https://example.com/mcp?profile=a&key=secret#part'", "x")]
    [InlineData("... also in an argument", "args = ['https://example.com/?secret']", "args")]
    [InlineData("a login for a header", "x = 'Bearer secret'", "x")]
    public void Show_HidesSecrets(string rule, string text, string key)
    {
        var path = TomlPath.Parse(key);
        var shown = SecretMask.Show(new UnitKey(path), TomlDocument.Parse(text).Find(path)!);
        Assert.True(!shown.Contains("secret", StringComparison.Ordinal) && shown.Contains(SecretMask.Mask, StringComparison.Ordinal), $"{rule}: {shown}");
    }

    [Theory]
    [InlineData("model = 'gpt-5'", "model", "\"gpt-5\"")]
    [InlineData("args = ['--root', '/x']", "args", "[\"--root\", \"/x\"]")]
    [InlineData("bearer_token_env_var = 'TOKEN_NAME'", "bearer_token_env_var", "\"TOKEN_NAME\"")]
    [InlineData("x = 'https://example.com/a@b'", "x", "\"https://example.com/a@b\"")]
    [InlineData("x = 'https://example.com/?a=1&b=2'", "x", "\"https://example.com/?a=***&b=***\"")]
    [InlineData("x = '''a\nb'''", "x", "\"a…")]
    public void Show_ShowsWhatIsNoSecret(string text, string key, string expected)
        => Assert.Equal(expected, SecretMask.Show(new UnitKey(TomlPath.Parse(key)), TomlDocument.Parse(text).Find(TomlPath.Parse(key))!));

    [Theory]
    [InlineData("run --token secret -v", "run --token *** -v")]
    [InlineData("API_KEY=secret run", "API_KEY=*** run")]
    [InlineData("curl -H 'Authorization: Bearer secret' x", "curl -H 'Authorization: *** *** x")]
    [InlineData("curl -H \"X-Api-Key: secret\" x", "curl -H \"X-Api-Key: *** x")]
    [InlineData("curl --header=Authorization: bearer secret", "curl --header=Authorization: *** ***")]
    [InlineData("run 'sk-secret'", "run ***")]
    [InlineData("notify https://h/hook?key=secret", "notify https://h/hook?key=***")]
    [InlineData("note: all is well", "note: all is well")]
    public void ShowCommand_HidesSecrets(string command, string expected) => Assert.Equal(expected, SecretMask.ShowCommand(command));

    [Fact]
    public void MaskCommand_ShowsTheEnd_HoweverLong()
        => Assert.EndsWith("| sh", SecretMask.MaskCommand($"echo {new string('x', 1000)}\n curl x | sh"), StringComparison.Ordinal);
}
