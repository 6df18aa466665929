using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Codex;

/// <summary>
/// What lies in a Codex home and what of it may leave the machine. Paths are relative to the Codex home, components separated by
/// <c>/</c>. One list for master and follower: what the one never sends, the other never writes.
/// </summary>
public static class CodexLayout
{
    /// <summary>The main configuration file.</summary>
    public const string ConfigFile = "config.toml";

    /// <summary>The hooks file.</summary>
    public const string HooksFile = "hooks.json";

    /// <summary>The login of Codex.</summary>
    public const string AuthFile = "auth.json";

    /// <summary>The OAuth tokens of MCP servers.</summary>
    public const string ServerCredentialsFile = ".credentials.json";

    private const string InstructionsFile = "AGENTS.md";
    private const string ProfileSuffix = ".config.toml";
    private const string AgentsFolder = "agents";

    private static readonly HashSet<string> PortableFiles = new(StringComparer.OrdinalIgnoreCase)
    {
        ConfigFile, InstructionsFile, "RTK.md", HooksFile, "mise.toml", AuthFile, ServerCredentialsFile,
    };

    private static readonly HashSet<string> PortableFolders = new(StringComparer.OrdinalIgnoreCase)
    {
        "hooks", "prompts", "rules", "skills", "skill-libraries", AgentsFolder, "multi-auth",
    };

    private static readonly HashSet<string> CredentialItems = new(StringComparer.OrdinalIgnoreCase)
    {
        AuthFile, ServerCredentialsFile, "multi-auth", "secrets",
    };

    // Seen after one session of Codex, with what Codexport itself may have beside it when the homes are nested.
    private static readonly HashSet<string> MachineLocalItems = new(StringComparer.OrdinalIgnoreCase)
    {
        "sessions", "archived_sessions", "history.jsonl", "session_index.jsonl", "log", "tmp", ".tmp", "thread-writer-locks",
        "installation_id", ".sandbox_migration", "models_cache.json", "version.json", "shell_snapshots", "plugins", ".codexport",
    };

    // Asked for every entry of a scan: an array and a look at the first letter beat hashing.
    private static readonly string[] NeverExportedNames =
    [
        ".git", ".hg", ".svn", "node_modules", ".venv", ".env", "__pycache__", ".DS_Store", "Thumbs.db", "AGENTS.override.md", ".codexport",
    ];

    /// <summary>
    /// The name by which a top-level item is portable, in Codex's own spelling; null when it is not. Case counts only where the file
    /// system lets it count.
    /// </summary>
    /// <param name="name">The item's name.</param>
    /// <param name="isFolder">Whether it is a folder.</param>
    /// <param name="ignoreCase">Whether the master's file system ignores case.</param>
    public static string? PortableItem(string name, bool isFolder, bool ignoreCase)
    {
        if (!(isFolder ? PortableFolders : PortableFiles).TryGetValue(name, out var canonical))
        {
            return !isFolder && KindOf(name).IsConfiguration() ? name : null;
        }

        return ignoreCase || string.Equals(name, canonical, StringComparison.Ordinal) ? canonical : null;
    }

    /// <summary>What kind of file a portable path is; whatever is treated differently by kind asks this.</summary>
    public static CodexFileKind KindOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.Contains('/', StringComparison.Ordinal)
            ? IsAgent(path) ? CodexFileKind.Agent : IsCredential(path) ? CodexFileKind.Credential : CodexFileKind.Plain
            : path switch
            {
                ConfigFile => CodexFileKind.Configuration,
                HooksFile => CodexFileKind.Hooks,
                InstructionsFile => CodexFileKind.Instructions,
                _ when path.Length > ProfileSuffix.Length && path.EndsWith(ProfileSuffix, StringComparison.Ordinal) => CodexFileKind.Profile,
                _ when IsCredential(path) => CodexFileKind.Credential,
                _ => CodexFileKind.Plain,
            };
    }

    /// <summary>Whether the file is a login or token: written 0600, never served under open admission, never kept in backups.</summary>
    public static bool IsCredential(string path) => CredentialItems.Contains(FirstComponent(path));

    /// <summary>Whether the path is state of one machine, or of a kind that never leaves it, whatever the settings include.</summary>
    public static bool IsNeverExported(string path)
    {
        if (MachineLocalItems.Contains(FirstComponent(path)))
        {
            return true;
        }

        var start = 0;
        while (start <= path.Length)
        {
            var end = path.IndexOf('/', start);
            end = end < 0 ? path.Length : end;
            var isTopLevel = start == 0;
            if (IsNeverExportedName(path.AsSpan(start, end - start)) || (!isTopLevel && IsSystemSkills(path, end)))
            {
                return true;
            }

            start = end + 1;
        }

        return false;
    }

    /// <summary>
    /// <see cref="IsNeverExported"/> for one more component below a folder that may be exported: what a scan asks for every entry.
    /// </summary>
    /// <param name="folder">The folder, empty for the Codex home itself.</param>
    /// <param name="name">The entry's name.</param>
    public static bool IsNeverExportedBelow(string folder, ReadOnlySpan<char> name)
        => IsNeverExportedName(name)
            || IsLeftover(name)
            || (folder.Length == 0 && MachineLocalItems.Contains(name.ToString()))
            || (name.Equals(".system", StringComparison.OrdinalIgnoreCase) && folder.Equals("skills", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a file right below <c>agents/</c> is a custom agent; anything else there is not Codex's.</summary>
    public static bool IsForeignToAgents(string path)
        => path.StartsWith(AgentsFolder + "/", StringComparison.OrdinalIgnoreCase)
            && (path.IndexOf('/', AgentsFolder.Length + 1) >= 0 || !path.EndsWith(".toml", StringComparison.OrdinalIgnoreCase));

    // What editors and package managers leave lying about. A follower takes it all the same from a master that still sends it.
    private static bool IsLeftover(ReadOnlySpan<char> name)
        => name is [.., '~'] or ['.', '#', ..]
            || (name is ['#', _, .., '#'])
            || name.Equals("venv", StringComparison.OrdinalIgnoreCase)
            || (name is ['.', _, ..] && (name.EndsWith(".swp", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".swo", StringComparison.OrdinalIgnoreCase)))
            || name.EndsWith(".swp", StringComparison.OrdinalIgnoreCase);

    private static bool IsAgent(string path)
        => path.StartsWith(AgentsFolder + "/", StringComparison.OrdinalIgnoreCase) && !IsForeignToAgents(path);

    private static bool IsNeverExportedName(ReadOnlySpan<char> name)
        => IsListed(name)
            || IsEnvironmentFile(name)
            || IsDatabase(name)
            || name.StartsWith(AtomicFile.TemporaryPrefix, StringComparison.OrdinalIgnoreCase);

    private static bool IsListed(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || name[0] is not ('.' or 'n' or 'N' or '_' or 'T' or 't' or 'A' or 'a'))
        {
            return false;
        }

        foreach (var listed in NeverExportedNames)
        {
            if (name.Equals(listed, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    // .env.local and its like hold secrets; .env.example and its like are documentation.
    private static bool IsEnvironmentFile(ReadOnlySpan<char> name)
        => name.StartsWith(".env.", StringComparison.OrdinalIgnoreCase)
            && !name.EndsWith(".example", StringComparison.OrdinalIgnoreCase)
            && !name.EndsWith(".sample", StringComparison.OrdinalIgnoreCase)
            && !name.EndsWith(".template", StringComparison.OrdinalIgnoreCase);

    private static bool IsDatabase(ReadOnlySpan<char> name)
    {
        var index = name.Length < 8 ? -1 : name.LastIndexOf(".sqlite", StringComparison.OrdinalIgnoreCase);
        return index >= 0 && (index + 7 == name.Length || name[index + 7] == '-' || name[index + 7] == '3');
    }

    private static bool IsSystemSkills(string path, int end)
        => path.AsSpan(0, end).Equals("skills/.system", StringComparison.OrdinalIgnoreCase);

    private static string FirstComponent(string path)
    {
        var end = path.IndexOf('/');
        return end < 0 ? path : path[..end];
    }
}
