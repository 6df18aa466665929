using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Codexport.Engine.Codex;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Compose;

/// <summary>
/// Whole texts without what may be secret in them, line by line as they stand: TOML and JSON by the names of their keys, everything else by
/// names, forms of tokens, headers and addresses. It rather hides too much.
/// </summary>
internal static partial class SecretText
{
    /// <summary>The text with <see cref="SecretMask.Mask"/> in place of what may be secret.</summary>
    public static string Show(string path, string text)
    {
        var kind = CodexLayout.KindOf(path);
        var known = kind.IsConfiguration() || kind == CodexFileKind.Agent || path.EndsWith(".toml", StringComparison.OrdinalIgnoreCase) ? Toml(text)
            : path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? Json(text)
            : text;
        var lines = known.Split('\n');
        var isInKey = false;
        for (var index = 0; index < lines.Length; index++)
        {
            var line = lines[index];
            var isEdge = KeyEdge().Match(line) is { Success: true } edge && (isInKey = edge.Groups[1].Value == "BEGIN") is var _;
            lines[index] = isInKey && !isEdge ? SecretMask.Mask : Line(line);
        }

        return string.Join('\n', lines);
    }

    private static string Toml(string text)
    {
        if (!TomlDocument.TryParse(Encoding.UTF8.GetBytes(text), null, out var document, out _))
        {
            return text;
        }

        var original = TomlDocument.Parse(text);
        document.MapStrings((path, _) => Hides(original, path) ? SecretMask.Mask : null);
        return document.ToString();
    }

    // A value below a name that speaks of a secret, or behind an option that does, as in args = ["--token", "abc"].
    private static bool Hides(TomlDocument document, TomlPath path)
        => path.Any(segment => segment.Key is { } name && SecretMask.IsSecretName(name))
            || (path.Count > 0 && path[^1] is { Key: null, Index: > 0 and var index } && document.Find(path.Parent!) is TomlList list
                && list[index - 1].AsString() is { } option && SecretMask.IsSecretOption(option));

    private static string Json(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 64 });
        var hidden = new List<(int Start, int End)>();
        var names = new Stack<bool>();
        var isSecret = false;
        try
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        isSecret = SecretMask.IsSecretName(reader.GetString()!);
                        break;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        names.Push(isSecret || (names.Count > 0 && names.Peek()));
                        isSecret = false;
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        names.Pop();
                        isSecret = false;
                        break;
                    default:
                        if (reader.TokenType is JsonTokenType.String or JsonTokenType.Number && (isSecret || names.Contains(true)))
                        {
                            hidden.Add(((int)reader.TokenStartIndex, (int)reader.BytesConsumed));
                        }

                        isSecret = false;
                        break;
                }
            }
        }
        catch (JsonException)
        {
            return text;
        }

        return Without(utf8, hidden);
    }

    private static string Without(byte[] utf8, List<(int Start, int End)> hidden)
    {
        var shown = new StringBuilder(utf8.Length);
        var from = 0;
        foreach (var (start, end) in hidden)
        {
            shown.Append(Encoding.UTF8.GetString(utf8.AsSpan(from, start - from))).Append('"').Append(SecretMask.Mask).Append('"');
            from = end;
        }

        return shown.Append(Encoding.UTF8.GetString(utf8.AsSpan(from))).ToString();
    }

    private static string Line(string line)
    {
        var shown = Named().Replace(line, match => SecretMask.IsSecretName(match.Groups[2].Value) && !match.Groups[4].Value.StartsWith(SecretMask.Mask, StringComparison.Ordinal)
            ? $"{match.Groups[1].Value}{match.Groups[2].Value}{match.Groups[3].Value}{Hidden(match.Groups[4].Value)}"
            : match.Value);
        shown = Behind().Replace(shown, match => $"{match.Groups[1].Value}{SecretMask.Mask}");
        shown = Token().Replace(shown, SecretMask.Mask);
        return Address().Replace(shown, match => SecretMask.ShowAddress(match.Value));
    }

    private static string Hidden(string value) => value[0] is '"' or '\'' ? $"{value[0]}{SecretMask.Mask}{value[0]}" : SecretMask.Mask;

    [GeneratedRegex(@"^-+ ?(BEGIN|END) [A-Z0-9 ]*PRIVATE KEY")]
    private static partial Regex KeyEdge();

    // name = value, "name": "value", NAME=value, - name: value
    [GeneratedRegex("""(["']?)([A-Za-z_][\w.-]*)(["']?\s*(?:=|:(?=[\s"']))\s*)("(?:[^"\\]|\\.)*"|'[^']*'|(?:[Bb]earer|[Bb]asic)\s+[^\s"',;\[\]{}]+|[^\s"',;\[\]{}]+)""")]
    private static partial Regex Named();

    [GeneratedRegex(@"((?:\b(?:Bearer|Basic)|(?<!\S)--?[\w-]*(?:token|secret|password|passwd|api-?key|credential)[\w-]*)[ =]+)[^\s""'\],;]+", RegexOptions.IgnoreCase)]
    private static partial Regex Behind();

    [GeneratedRegex(@"(?<![\w-])(?:sk-|sess-|gh[pousr]_|github_pat_|glpat-|xox[bp]-|xapp-|AKIA|ASIA|AIza|ya29\.|eyJ|npm_|pypi-|hvs\.|hf_|tskey-|dop_v1_|SG\.|[rs]k_live_|AGE-SECRET-KEY-)[\w.+/=-]{8,}")]
    private static partial Regex Token();

    [GeneratedRegex(@"\b[a-z][a-z0-9+.-]*://[^\s""'<>]+", RegexOptions.IgnoreCase)]
    private static partial Regex Address();
}
