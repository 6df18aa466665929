using System.Text.Json;
using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Settings;

/// <summary>
/// What <c>local.toml</c> said last of that on which safety rests: <c>state/settings.json</c>. A file that was emptied, cut off or lost must
/// not turn into defaults that let more in, or write more, than the person had decided. So a setting that was there and is there no more is
/// an error, until the person writes down what counts; changing it is none.
/// </summary>
internal static class SettingsMemory
{
    private const int MaxSize = 1 << 20;

    // Each of them, when it goes, opens something: who is let in, what is written, run, overwritten or sent out.
    private static readonly string[] Keys =
        ["role", "admission", "allow", "auth", "trustHooks", "onDrift", "keep", "export.exclude", "export.categories", "follow.categories", "publish", "rollout.publish"];

    /// <summary>Where it lies beside the settings.</summary>
    public static string PathFor(string settingsFile) => Path.Join(Path.GetDirectoryName(settingsFile), "state", "settings.json");

    /// <summary>Fails when settings are gone that were there.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.SettingsInvalid"/>.</exception>
    public static void Require(IFileSystem files, string settingsFile, TomlTable? root)
    {
        var missing = Missing(files, settingsFile, root);
        if (missing.Count == 0)
        {
            return;
        }

        var lines = missing.Select(pair => LineOf(pair.Key, pair.Value)).ToList();
        throw new CodexportException(
            ErrorCode.SettingsInvalid,
            $"'{settingsFile}' has lost settings on which safety rests: {string.Join("; ", lines)}.",
            $"Put back what is missing, or write down what counts from now on (for example {Loosened(missing)}). "
                + "'codexport follower join LINK' on a follower and 'codexport master init' on a master put back what was there.",
            settingsFile)
        {
            Details = [.. lines.Select(line => new KeyValuePair<string, string>("missing", line))],
        };
    }

    /// <summary>The remembered settings that the file has no longer, with their values.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.SettingsInvalid"/> when settings and memory are both unusable.</exception>
    public static IReadOnlyDictionary<string, object?> Missing(IFileSystem files, string settingsFile, TomlTable? root)
    {
        var path = PathFor(settingsFile);
        if (files.TryGetEntry(path) is not { } entry)
        {
            return new Dictionary<string, object?>();
        }

        if ((entry is { Kind: EntryKind.File, Size: <= MaxSize } ? Parse(AtomicFile.ReadAllBytes(files, path, MaxSize)) : null) is { } known)
        {
            return known.Where(pair => Find(root, pair.Key) is null).ToDictionary(pair => pair.Key, pair => pair.Value);
        }

        // Damaged: while the settings still say whose they are, they count and it is written anew.
        return root is not null && Find(root, "role") is not null
            ? new Dictionary<string, object?>()
            : throw new CodexportException(
                ErrorCode.SettingsInvalid,
                $"'{settingsFile}' has no role any more, and what is remembered of it, '{path}', is damaged.",
                "Write role = \"follower\" or role = \"master\" into the file, with admission, auth and exclude as they were.",
                settingsFile);
    }

    /// <summary>Remembers what the file says now. Nothing is written when that is known.</summary>
    public static void Remember(IFileSystem files, string settingsFile)
    {
        var root = SettingsFile.ReadRoot(files, settingsFile);
        Require(files, settingsFile, root);
        var path = PathFor(settingsFile);
        var content = Print(root);
        var isKnown = files.TryGetEntry(path) is { Kind: EntryKind.File } entry && entry.Size == content.Length
            && AtomicFile.ReadAllBytes(files, path, MaxSize).AsSpan().SequenceEqual(content);
        if (!isKnown)
        {
            files.CreateDirectory(Path.GetDirectoryName(path)!, FilePermission.Private);
            AtomicFile.Write(files, path, content, FilePermission.Private);
        }
    }

    /// <summary>Forgets it, when the home has no role any more.</summary>
    public static void Forget(IFileSystem files, string settingsFile) => files.DeleteFile(PathFor(settingsFile));

    private static TomlNode? Find(TomlTable? root, string key)
    {
        if (root is null)
        {
            return null;
        }

        return key.IndexOf('.', StringComparison.Ordinal) is var dot and > 0
            ? SettingsKeys.Find(root, key[..dot]) is TomlTable table ? SettingsKeys.Find(table, key[(dot + 1)..]) : null
            : SettingsKeys.Find(root, key);
    }

    // What has its default is not remembered: when it goes, nothing changes.
    private static byte[] Print(TomlTable? root) => FlatJson.Write(json =>
    {
        foreach (var key in Keys)
        {
            switch (Find(root, key))
            {
                case TomlList { Count: > 0 } list when !IsEverything(key, list) && list.All(item => item is TomlString):
                    json.WriteStartArray(key);
                    foreach (var item in list)
                    {
                        json.WriteStringValue(item.AsString());
                    }

                    json.WriteEndArray();
                    break;
                case { } node when node.AsString() is { Length: > 0 } text:
                    if (!IsDefault(key, text))
                    {
                        json.WriteString(key, text);
                    }

                    break;
                case { } node when node.AsBoolean() is false:
                    json.WriteBoolean(key, false);
                    break;
            }
        }
    });

    private static bool IsEverything(string key, TomlList list)
        => key.EndsWith(".categories", StringComparison.Ordinal) && list.Any(item => item.AsString() == SettingsKeys.AllCategories);

    private static bool IsDefault(string key, string value) => (key, value) is ("role", "none") or ("admission", "invite") or ("auth", "if-unmodified") or ("onDrift", "canonical") or ("publish" or "rollout.publish", "auto");

    private static Dictionary<string, object?>? Parse(byte[] content)
    {
        var known = new Dictionary<string, object?>(StringComparer.Ordinal);
        try
        {
            using var json = JsonDocument.Parse(content);
            foreach (var member in json.RootElement.EnumerateObject().Where(member => Keys.Contains(member.Name)))
            {
                known[member.Name] = member.Value.ValueKind switch
                {
                    JsonValueKind.Array => member.Value.EnumerateArray().Select(item => item.GetString() ?? throw new FormatException()).ToList(),
                    JsonValueKind.False => false,
                    _ => member.Value.GetString() ?? throw new FormatException(),
                };
            }

            return known;
        }
        catch (Exception error) when (FlatJson.IsParseError(error))
        {
            return null;
        }
    }

    private static string LineOf(string key, object? value)
    {
        var text = value switch
        {
            bool => "false",
            IEnumerable<string> items => "[" + string.Join(", ", items.Select(Quoted)) + "]",
            _ => Quoted((string)value!),
        };
        return key.Split('.') is [var table, var member] ? $"{member} = {text} under [{table}]" : $"{key} = {text}";
    }

    private static string Quoted(string text) => new TomlString(text).ToString()!;

    private static string Loosened(IReadOnlyDictionary<string, object?> missing)
        => missing.ContainsKey("admission") ? "admission = \"invite\""
            : missing.ContainsKey("auth") ? "auth = \"if-unmodified\""
            : missing.ContainsKey("export.exclude") ? "exclude = [] under [export]"
            : missing.Keys.FirstOrDefault(key => key.EndsWith(".categories", StringComparison.Ordinal)) is { } categories
                ? $"categories = [\"{SettingsKeys.AllCategories}\"] under [{categories[..categories.IndexOf('.', StringComparison.Ordinal)]}]"
            : missing.Keys.First(key => key == "role" || missing.Count > 0) is "role" ? "role = \"none\""
            : "an empty list, or the default";
}
