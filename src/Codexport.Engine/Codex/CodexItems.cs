using Codexport.Engine.Results;
using static Codexport.Engine.Codex.CodexItemKind;

namespace Codexport.Engine.Codex;

/// <summary>
/// The one table of what lies in a Codex home and what becomes of it; <c>docs/codex-home.md</c> shows the same, and a test compares the
/// two. What is not listed stays, unless <c>include</c> under <c>[export]</c> names it.
/// </summary>
public static class CodexItems
{
    /// <summary>The rows, in the order of the documentation.</summary>
    public static IReadOnlyList<CodexItem> All { get; } =
    [
        Travels("config.toml", SetupCategory.Config, "configuration, without the keys of one machine"),
        Travels("*.config.toml", SetupCategory.Config, "profiles, likewise"),
        Travels("themes/", SetupCategory.Config, "colours that `tui.theme` names"),
        Travels("mise.toml", SetupCategory.Config, "versions of tools"),
        Travels("AGENTS.md", SetupCategory.Instructions, "instructions to the model"),
        Travels("RTK.md", SetupCategory.Instructions, "instructions to the model"),
        Travels("skills/", SetupCategory.Skills, "skills, without `skills/.system/`, which Codex writes"),
        Travels("skill-libraries/", SetupCategory.Skills, "skills that are kept for later"),
        Travels("agents/", SetupCategory.Agents, "custom agents and what lies beside them"),
        Travels("prompts/", SetupCategory.Prompts, "prompts"),
        Travels("rules/", SetupCategory.Rules, "which commands may run"),
        Travels("hooks.json", SetupCategory.Hooks, "hooks"),
        Travels("hooks/", SetupCategory.Hooks, "what hooks run"),
        Travels("~/.agents/skills/", SetupCategory.Skills, "skills that other programs read too"),
        Travels("~/.agents/plugins/marketplace.json", SetupCategory.Plugins, "the person's own list of plugins"),
        Travels("plugins/cache/", SetupCategory.Plugins, "code of the plugins that `[plugins]` names, with its `node_modules`"),
        new("auth.json", Credential, "the login of Codex") { Category = SetupCategory.Credentials },
        new(".credentials.json", Credential, "OAuth tokens of MCP servers") { Category = SetupCategory.Credentials },
        new("multi-auth/", Credential, "logins of several accounts") { Category = SetupCategory.Credentials },
        new("secrets/", MachineSecret, "what Codex encrypts for this machine"),
        new("sessions/", MachineLocal, "sessions"),
        new("archived_sessions/", MachineLocal, "sessions"),
        new("history.jsonl", MachineLocal, "what was typed"),
        new("session_index.jsonl", MachineLocal, "list of sessions"),
        new("session_index.jsonl.lock", MachineLocal, "lock"),
        new("thread-writer-locks/", MachineLocal, "locks"),
        new("tui-thread-reference-capabilities/", MachineLocal, "state of the terminal UI"),
        new("shell_snapshots/", MachineLocal, "the shell's environment"),
        new("worktrees/", MachineLocal, "working copies"),
        new("log/", MachineLocal, "logs"),
        new("tmp/", MachineLocal, "temporary files"),
        new(".tmp/", MachineLocal, "downloads, clones of marketplaces"),
        new("packages/", MachineLocal, "downloaded programs, hundreds of MB"),
        new("computer-use/", MachineLocal, "a program of the desktop application"),
        new("app-server-control/", MachineLocal, "the socket of the running Codex"),
        new("app-server-daemon/", MachineLocal, "state of the running Codex"),
        new("auth.lock", MachineLocal, "lock"),
        new("auth.json.lock", MachineLocal, "lock"),
        new("mcp-oauth-locks/", MachineLocal, "locks"),
        new("installation_id", MachineLocal, "the name of this installation"),
        new(".sandbox_migration", MachineLocal, "what was set up on this machine"),
        new("models_cache.json", MachineLocal, "downloaded"),
        new("version.json", MachineLocal, "when Codex last looked for updates"),
        new("plugins/", MachineLocal, "what else Codex keeps of plugins"),
        new(".hook-trust/", MachineLocal, "with which code this machine first met a trusted plugin"),
        new(".codexport/", NeverAnywhere, "state of Codexport itself"),
        new("AGENTS.override.md", NeverAnywhere, "instructions for one machine, by its purpose"),
        new("*.sqlite", NeverAnywhere, "databases, with `-wal` and `-shm`"),
        new(".env", NeverAnywhere, "secrets in variables; `.env.example`, `.env.sample` and `.env.template` may travel"),
        new(".git", NeverAnywhere, "history"),
        new(".hg", NeverAnywhere, "history"),
        new(".svn", NeverAnywhere, "history"),
        new("node_modules", NeverAnywhere, "installed packages"),
        new(".venv", NeverAnywhere, "installed packages"),
        new("__pycache__", NeverAnywhere, "compiled code"),
        new(".DS_Store", NeverAnywhere, "bookkeeping of macOS"),
        new("Thumbs.db", NeverAnywhere, "bookkeeping of Windows"),
        new("venv", LeftOut, "installed packages"),
        new("*.swp", LeftOut, "an editor's open file"),
        new("*~", LeftOut, "an editor's copy"),
    ];

    /// <summary>The rows of some kinds.</summary>
    internal static IEnumerable<CodexItem> Of(params IReadOnlyList<CodexItemKind> kinds) => All.Where(item => kinds.Contains(item.Kind));

    private static CodexItem Travels(string name, SetupCategory category, string about) => new(name, Portable, about) { Category = category };
}
