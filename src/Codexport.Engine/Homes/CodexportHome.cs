using Codexport.Engine.Platform.Paths;

namespace Codexport.Engine.Homes;

/// <summary>The folders that a command works on, all absolute, and where each thing of Codexport lies in them.</summary>
/// <param name="UserHome">The user's home, or what <c>--home</c> gave.</param>
/// <param name="CodexFolder">The Codex home (<c>~/.codex</c>, <c>CODEX_HOME</c>, <c>--codex-dir</c>), as spelled, links not resolved.</param>
public sealed record CodexportHome(string UserHome, string CodexFolder)
{
    /// <summary>Codexport's own folder, <c>UserHome/.codexport</c>.</summary>
    public string StateFolder => Path.Combine(UserHome, ".codexport");

    /// <summary>The second place that Codex reads, <c>UserHome/.agents</c>.</summary>
    public string AgentsFolder => Path.Combine(UserHome, ".agents");

    /// <summary>Where a path of a revision lies on this machine; it has been checked before.</summary>
    /// <param name="path">Below the Codex home, or below the user's home where it begins with <c>~/</c>.</param>
    public string Locate(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return !AgentsHome.IsOutsideCodexHome(path) ? SafePath.Combine(CodexFolder, path)
            : path.Length <= 2 ? UserHome
            : SafePath.Combine(UserHome, path[2..]);
    }

    /// <summary>The person's settings.</summary>
    public string SettingsFile => Path.Combine(StateFolder, "local.toml");

    /// <summary>The person's own MCP servers.</summary>
    public string LocalServersFile => Path.Combine(StateFolder, "mcps.local.toml");

    /// <summary>This machine's own words to the model, which go below the master's.</summary>
    public string LocalInstructionsFile => Path.Combine(StateFolder, "AGENTS.local.md");

    /// <summary>The person's own skills.</summary>
    public string LocalSkillsFolder => Path.Combine(StateFolder, "skills");

    /// <summary>Explicit replacements.</summary>
    public string OverridesFolder => Path.Combine(StateFolder, "overrides");

    /// <summary>The machine's own state: pin, credential, applied state, journal, lock.</summary>
    public string MachineStateFolder => Path.Combine(StateFolder, "state");

    /// <summary>Contents by hash.</summary>
    public string ObjectsFolder => Path.Combine(StateFolder, "objects");

    /// <summary>Originals of what was replaced.</summary>
    public string BackupsFolder => Path.Combine(StateFolder, "backups");

    /// <summary>Logs.</summary>
    public string LogFolder => Path.Combine(StateFolder, "log");

    /// <summary>The master's key, followers, published revisions.</summary>
    public string MasterFolder => Path.Combine(StateFolder, "master");

    /// <summary>The lock of one follower: one change at a time.</summary>
    public string FollowerLockFile => Path.Combine(MachineStateFolder, "follower.lock");
}
