using Codexport.Engine.Homes;
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

    /// <summary>The person's instructions to the model.</summary>
    public const string InstructionsFile = "AGENTS.md";

    private const string ProfileSuffix = ".config.toml";
    private const string AgentsFolder = "agents";

    private const string RulesFolder = "rules";
    private const string RulesSuffix = ".rules";

    private static readonly string[] LoginLocks = ["auth.lock", "auth.json.lock"];

    private static readonly HashSet<string> PortableFiles = Names(
        CodexItems.Of(CodexItemKind.Portable, CodexItemKind.Credential).Where(item => !item.IsFolder && !AgentsHome.IsOutsideCodexHome(item.Name)));

    private static readonly HashSet<string> PortableFolders = Names(
        CodexItems.Of(CodexItemKind.Portable, CodexItemKind.Credential).Where(item => item.IsFolder && !AgentsHome.IsOutsideCodexHome(item.Name)));

    private static readonly HashSet<string> CredentialItems = Names(
        CodexItems.Of(CodexItemKind.Credential, CodexItemKind.MachineSecret));

    private static readonly HashSet<string> MachineLocalItems = Names(
        CodexItems.Of(CodexItemKind.MachineLocal, CodexItemKind.MachineSecret));

    // Asked for every entry of a scan: an array and a look at the first letter beat hashing.
    private static readonly string[] NeverExportedNames = [.. Names(CodexItems.Of(CodexItemKind.NeverAnywhere))];

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
            ? IsBelow(path, AgentsFolder, ".toml") ? CodexFileKind.Agent
                : IsBelow(path, RulesFolder, RulesSuffix) ? CodexFileKind.Rules
                : IsCredential(path) ? CodexFileKind.Credential
                : CodexFileKind.Plain
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

    /// <summary>The lock files that Codex holds, in this order, while it writes a file; whoever replaces the file holds them too.</summary>
    public static IReadOnlyList<string> LocksOf(string path) => path == AuthFile ? LoginLocks : [];

    /// <summary>Whether the path is state of one machine, or of a kind that never leaves it, whatever the settings include.</summary>
    public static bool IsNeverExported(string path)
    {
        var isPluginCode = CodexPlugins.IsCode(path);
        if ((!isPluginCode && MachineLocalItems.Contains(FirstComponent(path))) || (AgentsHome.IsOutsideCodexHome(path) && !AgentsHome.IsPortable(path)))
        {
            return true;
        }

        var start = 0;
        while (start <= path.Length)
        {
            var end = path.IndexOf('/', start);
            end = end < 0 ? path.Length : end;
            var isTopLevel = start == 0;
            var name = path.AsSpan(start, end - start);
            if ((IsNeverExportedName(name) && !(isPluginCode && name is CodexPlugins.Packages)) || (!isTopLevel && IsSystemSkills(path, end)))
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
        => (IsNeverExportedName(name) && !(name is CodexPlugins.Packages && CodexPlugins.IsCodeFolder(folder)))
            || IsLeftover(name)
            || (folder.Length == 0 && (name is AgentsHome.UserHome || (name is not CodexPlugins.Folder && MachineLocalItems.Contains(name.ToString()))))
            || (folder == CodexPlugins.Folder && CodexPlugins.Cache.AsSpan(CodexPlugins.Folder.Length + 1).SequenceCompareTo(name) != 0)
            || (name.Equals(".system", StringComparison.OrdinalIgnoreCase) && folder.Equals("skills", StringComparison.OrdinalIgnoreCase));

    private static bool IsBelow(string path, string folder, string suffix)
        => path.StartsWith(folder, StringComparison.OrdinalIgnoreCase) && path.Length > folder.Length && path[folder.Length] == '/' && path.EndsWith(suffix, StringComparison.OrdinalIgnoreCase);

    // What editors and package managers leave lying about. A follower takes it all the same from a master that still sends it.
    private static bool IsLeftover(ReadOnlySpan<char> name)
        => name is [.., '~'] or ['.', '#', ..]
            || (name is ['#', _, .., '#'])
            || name.Equals("venv", StringComparison.OrdinalIgnoreCase)
            || (name is ['.', _, ..] && (name.EndsWith(".swp", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".swo", StringComparison.OrdinalIgnoreCase)))
            || name.EndsWith(".swp", StringComparison.OrdinalIgnoreCase);

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

    // A name with a star is a kind of its own and judged by code.
    private static HashSet<string> Names(IEnumerable<CodexItem> items)
        => items.Select(item => item.PlainName).Where(name => !name.Contains('*')).ToHashSet(StringComparer.OrdinalIgnoreCase);

    private static string FirstComponent(string path)
    {
        var end = path.IndexOf('/');
        return end < 0 ? path : path[..end];
    }
}
