using System.Text;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Settings;

/// <summary>The keys of <c>local.toml</c>. Each may be spelled <c>allowMcpOverrides</c> or <c>allow_mcp_overrides</c>.</summary>
internal static class SettingsKeys
{
    internal static readonly IReadOnlyList<string> Root =
    [
        "role", "masterUrl", "masterUrls", "masterFingerprint", "followKeyRotation", "codexDir", "port", "admission", "allow", "allowMcpOverrides",
        "allowSkillOverrides", "pathVariables", "onDrift", "keep", "auth", "trustHooks", "export", "exportAgents", "follow", "canonicalKeys", "portableNames",
        "platform", "timeouts", "publish", "scan", "rollout", "groups", "dashboard", "metrics",
    ];

    internal static readonly IReadOnlyList<string> Export = ["include", "exclude", "roots", "machineKeys", "categories"];

    internal static readonly IReadOnlyList<string> Publish = ["target", "endpoint", "region", "pathStyle", "grace"];

    internal static readonly IReadOnlyList<string> Follow = ["categories"];

    /// <summary>The word that stands for every category.</summary>
    internal const string AllCategories = "all";

    internal static readonly IReadOnlyList<string> Scan = ["ignore"];

    internal static readonly IReadOnlyList<string> Rollout = ["publish", "rings", "after", "healthy"];

    internal static readonly IReadOnlyList<string> Group = ["exclude"];

    internal static readonly IReadOnlyList<string> Timeouts = ["connect", "idle", "quick"];

    internal static readonly IReadOnlyList<string> Metrics = ["listen", "tokenFile"];

    internal static readonly IReadOnlyList<string> Platforms = ["linux", "macos", "windows"];

    /// <summary>The value of a key in either spelling; null when it is not there.</summary>
    internal static TomlNode? Find(TomlTable table, string key) => table[key] ?? table[SnakeCase(key)];

    /// <summary>The spelling that a table uses for a key.</summary>
    internal static string SpellingIn(TomlTable table, string key)
        => !table.ContainsKey(key) && table.ContainsKey(SnakeCase(key)) ? SnakeCase(key) : key;

    /// <summary>Whether a key is known, in either spelling.</summary>
    internal static bool IsKnown(string key, IReadOnlyList<string> known)
        => known.Any(name => name == key || SnakeCase(name) == key);

    /// <summary>The known key that a person most likely meant; null when none is near.</summary>
    internal static string? Nearest(string key, IReadOnlyList<string> known)
    {
        var plain = Plain(key);
        var best = known.Select(name => (Name: name, Distance: Distance(plain, Plain(name)))).MinBy(pair => pair.Distance);
        return best.Distance <= Math.Max(2, plain.Length / 3) ? best.Name : null;
    }

    private static string SnakeCase(string key)
    {
        var text = new StringBuilder(key.Length + 4);
        foreach (var letter in key)
        {
            text.Append(char.IsAsciiLetterUpper(letter) ? "_" : "").Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }

    private static string Plain(string key)
        => new([.. key.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);

    // Levenshtein; the words are short.
    private static int Distance(string first, string second)
    {
        var row = Enumerable.Range(0, second.Length + 1).ToArray();
        for (var i = 1; i <= first.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= second.Length; j++)
            {
                var substituted = diagonal + (first[i - 1] == second[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[^1];
    }
}
