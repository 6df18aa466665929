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
        Travels("config.toml", "config", "configuration, without the keys of one machine"),
        Travels("*.config.toml", "config", "profiles, likewise"),
        Travels("themes/", "config", "colours that `tui.theme` names"),
        Travels("mise.toml", "config", "versions of tools"),
        Travels("AGENTS.md", "instructions", "instructions to the model"),
        Travels("RTK.md", "instructions", "instructions to the model"),
        Travels("skills/", "skills", "skills, without `skills/.system/`, which Codex writes"),
        Travels("skill-libraries/", "skills", "skills that are kept for later"),
        Travels("agents/", "agents", "custom agents and what lies beside them"),
        Travels("prompts/", "prompts", "prompts"),
        Travels("rules/", "rules", "which commands may run"),
        Travels("hooks.json", "hooks", "hooks"),
        Travels("hooks/", "hooks", "what hooks run"),
        Travels("~/.agents/skills/", "skills", "skills that other programs read too"),
        Travels("~/.agents/plugins/marketplace.json", "plugins", "the person's own list of plugins"),
        new("auth.json", Credential, "the login of Codex") { Category = "credentials" },
        new(".credentials.json", Credential, "OAuth tokens of MCP servers") { Category = "credentials" },
        new("multi-auth/", Credential, "logins of several accounts") { Category = "credentials" },
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
        new("plugins/", MachineLocal, "code of plugins, downloaded"),
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

    private static CodexItem Travels(string name, string category, string about) => new(name, Portable, about) { Category = category };
}
