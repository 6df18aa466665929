namespace Codexport.Engine.Homes;

/// <summary>
/// The second place that Codex reads: <c>~/.agents</c>, with skills and the person's own list of plugins. In a revision its files have
/// paths that begin with <see cref="Prefix"/>; nothing in a Codex home can have such a path.
/// </summary>
internal static class AgentsHome
{
    /// <summary>How paths in it begin.</summary>
    public const string Prefix = "~/.agents/";

    /// <summary>The path of the folder itself.</summary>
    public const string Folder = "~/.agents";

    /// <summary>The folder of skills.</summary>
    public const string Skills = Prefix + "skills";

    /// <summary>The list of plugins.</summary>
    public const string Marketplace = Prefix + "plugins/marketplace.json";

    /// <summary>What stands for the user's home in such a path.</summary>
    internal const string UserHome = "~";

    /// <summary>Whether a path lies below the user's home instead of the Codex home.</summary>
    public static bool IsOutsideCodexHome(string path) => path == UserHome || path.StartsWith("~/", StringComparison.Ordinal);

    /// <summary>Whether it is a path of the second place that travels.</summary>
    public static bool IsPortable(string path)
        => path == Marketplace || (path.StartsWith(Skills, StringComparison.Ordinal) && path.Length > Skills.Length + 1 && path[Skills.Length] == '/');
}
