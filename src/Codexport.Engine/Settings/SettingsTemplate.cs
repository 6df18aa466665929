namespace Codexport.Engine.Settings;

/// <summary>What a new <c>local.toml</c> says: every key with its default, commented out.</summary>
internal static class SettingsTemplate
{
    internal const string Text = """
        # Settings of Codexport on this machine. Lines that begin with # show the defaults.

        # Follower: where the master is, and the fingerprint of its key. 'codexport follower join' writes both.
        # masterUrl = "http://master.example:17342"
        # masterFingerprint = "…"

        # Several addresses of the same master, tried in this order, the one that answered last before the others.
        # masterUrls = ["http://master.example:17342", "http://100.64.0.1:17342"]
        # A publication of the master may stand among them: a web address with a path, or a folder.
        # masterUrls = ["http://master.example:17342", "https://cdn.example/codex", "/mnt/share/codex"]

        # Whether a new key of the master is trusted because the old one vouches for it ('codexport follower trust --follow').
        # followKeyRotation = false

        # MCP servers and skills of this machine that may replace the master's of the same name.
        # allowMcpOverrides = []
        # allowSkillOverrides = []

        # What happens to the master's content when it was changed here: "canonical" (the master's wins, the old one is in the
        # backup), "keep" or "fail".
        # onDrift = "canonical"

        # Keys of config.toml that belong to this machine, such as ["model", "tui.notifications"].
        # keep = []

        # Which logins are taken from the master, and when. "api-key-only": API keys, while the file here is as it was last written, but not
        # a ChatGPT login or OAuth tokens of MCP servers, which change whenever they are used. "if-unmodified": these too. "always"; "never".
        # auth = "api-key-only"

        # Whether hooks that the master trusts are trusted here too.
        # trustHooks = true

        # The Codex home, where it is not ~/.codex.
        # codexDir = ""

        # Master: what it listens on, who gets in ("invite", "approve" or "open"), and further peers as CIDR ranges.
        # port = 17342
        # admission = "invite"
        # allow = []

        # Master: whether 'codexport master dashboard' finds a page to show, on this machine alone.
        # dashboard = true

        # Master: where figures are given to Prometheus (nowhere, unless this is set). Beyond 127.0.0.1 over TLS, for whoever brings the text of
        # tokenFile, a file in this folder that only you can read.
        # [metrics]
        # listen = "127.0.0.1:9464"
        # tokenFile = "metrics.token"

        # Master: whether ~/.agents (skills, and the list of plugins), which Codex reads too, is exported. A new master writes true.
        # exportAgents = true

        # Master: where else the published setup lies, sealed, so that followers can fetch it while this machine is off. A folder,
        # "s3://BUCKET/PREFIX" or "azure://CONTAINER/PREFIX"; credentials come from the environment. Once for each place.
        # [[publish]]
        # target = "s3://team-codex/setup"
        # endpoint = ""
        # region = "eu-central-1"
        # pathStyle = false
        # grace = "7d"

        # Values on this machine of the path variables that the master declares.
        # [pathVariables]
        # projects = "/home/me/projects"

        # Which parts of the setup a master exports, and which of them a follower takes: "config", "instructions", "skills", "agents",
        # "prompts", "rules", "hooks", "plugins", "mcp", "credentials".
        # [export]
        # categories = ["all"]
        # [follow]
        # categories = ["all"]

        # Seconds.
        # [timeouts]
        # connect = 5
        # idle = 30
        # quick = 6

        """;
}
