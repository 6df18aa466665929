using Codexport.Engine.Toml;

namespace Codexport.Engine.Codex;

/// <summary>A key of <c>config.toml</c> that programs write for one machine.</summary>
/// <param name="Pattern">The key's path; <c>*</c> stands for any one name.</param>
/// <param name="About">What it is and who writes it, for the documentation.</param>
public sealed record MachineKey(string Pattern, string About)
{
    /// <summary>Whether the key belongs to one machine by its value; null when its name says so already.</summary>
    internal Func<TomlNode, bool>? ByValue { get; init; }

    /// <summary>Whether the key belongs to one machine by its own name, the last of the pattern; null when every name does.</summary>
    internal Func<string, bool>? ByName { get; init; }

    /// <summary>The words that the documentation adds for <see cref="ByValue"/> and <see cref="ByName"/>; empty for none.</summary>
    public string Condition { get; init; } = string.Empty;

    /// <summary>
    /// Whether a program writes it anew by itself, so that on a follower its own counts, whatever an older master sends: never drift, never
    /// a conflict.
    /// </summary>
    public bool IsOfProgram { get; init; }

    /// <summary>Whether a value at a path is this key or stands below it.</summary>
    internal bool Covers(TomlPath path, TomlNode value)
        => TomlPattern.TryParse(Pattern, out var pattern) && path.Count >= pattern.Count
            && Enumerable.Range(0, pattern.Count).All(index => pattern[index].Key is var name && (name == "*" || name == path[index].Key))
            && ByName?.Invoke(path[pattern.Count - 1].Key!) != false
            && (ByValue is null || (path.Count == pattern.Count && ByValue(value)));

    /// <summary>The paths in a document that this key stands for.</summary>
    internal IEnumerable<TomlPath> Find(TomlTable root)
        => TomlPattern.TryParse(Pattern, out var pattern) ? Find(root, TomlPath.Root, pattern, 0) : [];

    private IEnumerable<TomlPath> Find(TomlNode node, TomlPath path, TomlPath pattern, int depth)
    {
        if (depth == pattern.Count)
        {
            return ByValue?.Invoke(node) == false || ByName?.Invoke(path.LastKey!) == false ? [] : [path];
        }

        if (node is not TomlTable table)
        {
            return [];
        }

        var name = pattern[depth].Key!;
        var keys = name == "*" ? table.Keys : table.ContainsKey(name) ? [name] : [];
        return keys.ToList().SelectMany(key => Find(table[key]!, path.Append(key), pattern, depth + 1));
    }
}
