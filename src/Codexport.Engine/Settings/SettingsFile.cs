using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Settings;

/// <summary>Reads and edits <c>local.toml</c>.</summary>
public static class SettingsFile
{
    /// <summary>The settings; all defaults when there is no file and never was one.</summary>
    /// <exception cref="CodexportException">
    /// <see cref="ErrorCode.SettingsInvalid"/> with line and column, or with what the file has lost (<see cref="SettingsMemory"/>).
    /// </exception>
    public static LocalSettings Read(IFileSystem files, string path)
    {
        var document = TryParse(files, path);
        SettingsMemory.Require(files, path, document?.Root);
        return Of(document, path);
    }

    /// <summary>The settings as the file has them now, also where it has lost what it said before: for what puts that back, or needs none of it.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.SettingsInvalid"/> with line and column.</exception>
    internal static LocalSettings ReadAsFound(IFileSystem files, string path) => Of(TryParse(files, path), path);

    /// <summary>The tree of the file; null when there is none.</summary>
    internal static TomlTable? ReadRoot(IFileSystem files, string path) => TryParse(files, path)?.Root;

    /// <summary>As <see cref="Update"/>, and puts back what the file has lost of that on which safety rests.</summary>
    internal static void Restore(IFileSystem files, string path, IReadOnlyDictionary<string, object?> values)
    {
        var all = new Dictionary<string, object?>(SettingsMemory.Missing(files, path, ReadRoot(files, path)));
        foreach (var (key, value) in values)
        {
            all[key] = value;
        }

        Update(files, path, all);
        SettingsMemory.Remember(files, path);
    }

    private static LocalSettings Of(TomlDocument? document, string path)
        => document is null ? new LocalSettings() : new SettingsReader(path).Read(document.Root);

    /// <summary>
    /// Sets or removes (null) top-level keys, or those of a table (<c>export.exclude</c>), leaving every other byte as it is; creates the file, 0600, with commented defaults when it
    /// is not there. Values: string, long, bool or a list of strings.
    /// </summary>
    public static void Update(IFileSystem files, string path, IReadOnlyDictionary<string, object?> values)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(values);
        var present = TryParse(files, path);
        var document = present ?? TomlDocument.Parse(SettingsTemplate.Text, path);
        foreach (var (key, value) in values)
        {
            TomlPath target = key.Split('.') is [var table, var member] ? [table, member] : [SettingsKeys.SpellingIn(document.Root, key)];
            if (value is null)
            {
                document.Remove(target);
            }
            else if (document.Find(target) is not { } old || !old.SemanticEquals(NodeOf(key, value)))
            {
                document.Set(target, NodeOf(key, value));
            }
        }

        Write(files, path, document, isNew: present is null);
    }

    /// <summary>Lists further folders under <c>[export] roots</c>, behind those that are there.</summary>
    public static void AddExportRoots(IFileSystem files, string path, IReadOnlyList<string> roots)
    {
        var present = TryParse(files, path);
        var document = present ?? TomlDocument.Parse(SettingsTemplate.Text, path);
        var listed = new SettingsReader(path).Read(document.Root).ExportRoots;
        document.Set(["export", "roots"], NodeOf("roots", listed.Concat(roots).Distinct(StringComparer.Ordinal)));
        Write(files, path, document, isNew: present is null);
    }

    private static void Write(IFileSystem files, string path, TomlDocument document, bool isNew)
    {
        // Somebody may keep the settings elsewhere and link to them.
        var target = isNew ? path : files.ResolveLinks(path) ?? path;
        var content = document.ToBytes();
        if (isNew)
        {
            files.CreateDirectory(Path.GetDirectoryName(target)!, FilePermission.Private);
        }
        else if (AtomicFile.ReadAllBytes(files, target).AsSpan().SequenceEqual(content))
        {
            return;
        }

        AtomicFile.Write(files, target, content, permission: null);
    }

    private static TomlDocument? TryParse(IFileSystem files, string path)
    {
        if (AtomicFile.TryReadAllBytes(files, path) is not { } content)
        {
            return null;
        }

        try
        {
            return TomlDocument.Parse(content, path);
        }
        catch (CodexportException error) when (error.Code == ErrorCode.TomlInvalid)
        {
            throw new CodexportException(ErrorCode.SettingsInvalid, error.Message, error.Remedy, path, error) { Details = error.Details };
        }
    }

    private static TomlNode NodeOf(string key, object value) => value switch
    {
        string text => text,
        bool flag => flag,
        int number => (long)number,
        long number => number,
        IEnumerable<string> texts => new TomlArray(texts.Select(text => (TomlNode)text)),
        _ => throw new ArgumentException($"The value of '{key}' has a type that settings do not have.", nameof(value)),
    };
}
