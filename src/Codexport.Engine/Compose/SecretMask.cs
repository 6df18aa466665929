using System.Buffers;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Compose;

/// <summary>
/// Shows values in short without what may be secret: everything under <c>env</c> and headers, keys whose name speaks of a secret, and
/// strings that look like a token or follow an option that speaks of one.
/// </summary>
internal static class SecretMask
{
    internal const string Mask = "***";

    private const int MaxLength = 160;

    private static readonly string[] SecretWords =
        ["token", "secret", "password", "passwd", "api_key", "apikey", "api-key", "bearer", "authorization", "credential", "private_key", "cookie"];

    // env_vars and env_http_headers hold names of variables, which are no secrets.
    private static readonly HashSet<string> SecretTables = new(StringComparer.OrdinalIgnoreCase) { "env", "http_headers", "headers", "set", "query_params" };

    private static readonly HashSet<string> NotSecret = new(StringComparer.OrdinalIgnoreCase)
    {
        "bearer_token_env_var", "env_key", "cli_auth_credentials_store", "mcp_oauth_credentials_store", "model_max_output_tokens",
        "model_auto_compact_token_limit", "tool_output_token_limit",
    };

    private static readonly string[] TokenBeginnings =
        ["sk-", "ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "AKIA", "AIza", "eyJ", "Bearer ", "Basic ", "npm_", "hf_"];

    private const string Quotes = "'\"";

    private static readonly SearchValues<char> LineBreaks = SearchValues.Create("\r\n");

    /// <summary>The value of a unit in one line.</summary>
    internal static string Show(UnitKey key, TomlNode node)
    {
        var isSecret = false;
        foreach (var segment in key.Path)
        {
            isSecret |= segment.Key is { } name && IsSecretName(name);
        }

        return Shorten(Show(node, isSecret));
    }

    /// <summary>A command line in one line, without what looks like a secret.</summary>
    internal static string ShowCommand(string command) => Shorten(MaskCommand(command));

    /// <summary>A whole command line without what looks like a secret: whoever is to judge it must see its end, too.</summary>
    internal static string MaskCommand(string command)
        => string.Join(' ', MaskArguments(command.Split(' ').Select(word => (string?)word)));

    /// <summary>A comment in one line; nothing of one that speaks of a secret.</summary>
    internal static string MaskComment(string comment)
        => SecretWords.Any(word => comment.Contains(word, StringComparison.OrdinalIgnoreCase)) ? $"# {Mask}" : ShowCommand(comment);

    private static string Shorten(string text)
    {
        var end = text.AsSpan().IndexOfAny(LineBreaks);
        var line = end < 0 ? text : text[..end] + "…";
        return line.Length <= MaxLength ? line : line[..(MaxLength - 1)] + "…";
    }

    private static string Show(TomlNode node, bool isSecret) => node switch
    {
        TomlTable table => ShowTable(table, isSecret),
        TomlList list when list.All(item => item is TomlString) && !isSecret
            => "[" + string.Join(", ", MaskArguments(list.Select(item => item.AsString())).Select(Quote)) + "]",
        TomlList list => "[" + string.Join(", ", list.Select(item => Show(item, isSecret))) + "]",
        _ when isSecret => Mask,
        TomlString text => Quote(MaskText(text.Value)),
        _ => node.ToString() ?? string.Empty,
    };

    private static string ShowTable(TomlTable table, bool isSecret)
        => table.Count == 0
            ? "{}"
            : "{ " + string.Join(", ", table.Select(member => $"{member.Key} = {Show(member.Value, isSecret || IsSecretName(member.Key))}")) + " }";

    /// <summary>An address without the password and the values in it.</summary>
    internal static string ShowAddress(string address) => MaskText(address);

    /// <summary>Whether an argument is an option whose value comes next and is secret.</summary>
    internal static bool IsSecretOption(string argument)
        => (argument.StartsWith('-') && !argument.Contains('=') && IsSecretName(argument)) || IsBeforeSecret(argument.Trim('\'', '"'));

    /// <summary>Whether what stands under a name is secret, as far as the name tells.</summary>
    internal static bool IsSecretName(string name)
        => !NotSecret.Contains(name)
            && (SecretTables.Contains(name) || SecretWords.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase)));

    // "--token", "abc" and "--token=abc" are both hidden, and what follows "Authorization:" or "Bearer" in a command line.
    private static IEnumerable<string> MaskArguments(IEnumerable<string?> arguments)
    {
        var hidesNext = false;
        foreach (var argument in arguments)
        {
            var text = argument ?? string.Empty;
            var equals = text.IndexOf('=');
            var isOption = text.StartsWith('-');
            if (hidesNext && !isOption)
            {
                yield return Mask;
            }
            else if (equals > 0 && IsSecretName(text[..equals]))
            {
                yield return text[..(equals + 1)] + Mask;
            }
            else if (text.IndexOf(": ", StringComparison.Ordinal) is > 0 and var colon && IsSecretName(text[..colon]))
            {
                yield return text[..(colon + 2)] + Mask;
            }
            else
            {
                yield return MaskText(text);
            }

            hidesNext = (isOption && equals < 0 && IsSecretName(text)) || IsBeforeSecret(text.Trim('\'', '"'));
        }
    }

    private static bool IsBeforeSecret(string word)
        => (word.EndsWith(':') && IsSecretName(word)) || word.Equals("Bearer", StringComparison.OrdinalIgnoreCase) || word.Equals("Basic", StringComparison.OrdinalIgnoreCase);

    private static string MaskText(string text)
    {
        var bare = text.AsSpan().TrimStart(Quotes);
        foreach (var beginning in TokenBeginnings)
        {
            if (bare.StartsWith(beginning, StringComparison.Ordinal))
            {
                return Mask;
            }
        }

        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        return scheme < 0 ? text : MaskAddress(text, scheme + 3);
    }

    // A password in an address, scheme://user:password@host, and the values behind its question mark: many servers take their key there.
    private static string MaskAddress(string text, int start)
    {
        var at = text.IndexOf('@', start);
        if (at > 0 && text.IndexOfAny(['/', '?', '#'], start) is var end && (end < 0 || end > at))
        {
            text = string.Concat(text.AsSpan(0, start), Mask, text.AsSpan(at));
        }

        var query = text.IndexOf('?', start);
        return query < 0 ? text : text[..(query + 1)] + string.Join('&', text[(query + 1)..].Split('&').Select(MaskParameter));
    }

    private static string MaskParameter(string parameter)
        => parameter.IndexOf('=') is >= 0 and var equals ? parameter[..(equals + 1)] + Mask : parameter.Length == 0 ? parameter : Mask;

    private static string Quote(string text) => $"\"{text}\"";
}
