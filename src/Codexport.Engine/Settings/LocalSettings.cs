using Codexport.Engine.Protocol;
using Codexport.Engine.Results;

namespace Codexport.Engine.Settings;

/// <summary>Who gets in at the master.</summary>
public enum Admission
{
    /// <summary>Whoever brings the invite.</summary>
    Invite,

    /// <summary>Whoever brings the invite and is then approved.</summary>
    Approve,

    /// <summary>Every allowed peer; credential files are never served.</summary>
    Open,
}

/// <summary>What happens to canonical content that was changed on the follower.</summary>
public enum DriftPolicy
{
    /// <summary>The master's wins; the old one is in the backup; the result names it.</summary>
    Canonical,

    /// <summary>The follower's stays; the result names it.</summary>
    Keep,

    /// <summary>Nothing is applied; exit code 3.</summary>
    Fail,
}

/// <summary>When credential files are written on the follower.</summary>
public enum CredentialPolicy
{
    /// <summary>As <see cref="IfUnmodified"/>, but never a login whose tokens change whenever they are used.</summary>
    ApiKeyOnly,

    /// <summary>When absent at first, later while still as last applied.</summary>
    IfUnmodified,

    /// <summary>Always.</summary>
    Always,

    /// <summary>Never.</summary>
    Never,
}

/// <summary>When a change of the master's Codex home goes out.</summary>
public enum PublishMode
{
    /// <summary>As soon as it is saved, unless something holds it back.</summary>
    Auto,

    /// <summary>When a person has looked and let it go.</summary>
    Review,
}

/// <summary>
/// What <c>~/.codexport/local.toml</c> says, defaults filled in. Read by <see cref="SettingsFile"/>; the program edits the file without
/// touching a comment.
/// </summary>
public sealed record LocalSettings
{
    /// <summary><c>role</c>.</summary>
    public Role Role { get; init; }

    /// <summary><c>masterUrl</c> and <c>masterUrls</c>, in order; <c>http</c> and <c>https</c> mean the same address.</summary>
    public IReadOnlyList<string> MasterUrls { get; init; } = [];

    /// <summary><c>masterFingerprint</c>: 64 lowercase hexadecimal digits.</summary>
    public string? MasterFingerprint { get; init; }

    /// <summary><c>followKeyRotation</c>: whether a new key of the master is trusted because the old one vouches for it.</summary>
    public bool FollowKeyRotation { get; init; }

    /// <summary><c>codexDir</c>.</summary>
    public string? CodexFolder { get; init; }

    /// <summary><c>port</c>: what the master listens on.</summary>
    public int Port { get; init; } = ProtocolConstants.DefaultPort;

    /// <summary><c>admission</c>.</summary>
    public Admission Admission { get; init; }

    /// <summary><c>allow</c>: further peers as CIDR ranges.</summary>
    public IReadOnlyList<string> AllowedPeers { get; init; } = [];

    /// <summary><c>dashboard</c>: whether the serving master serves its dashboard on loopback.</summary>
    public bool Dashboard { get; init; } = true;

    /// <summary><c>[metrics]</c>: whether and where the serving master gives figures to Prometheus.</summary>
    public MetricsSettings Metrics { get; init; } = MetricsSettings.None;

    /// <summary><c>allowMcpOverrides</c>.</summary>
    public IReadOnlyList<string> AllowMcpOverrides { get; init; } = [];

    /// <summary><c>allowSkillOverrides</c>.</summary>
    public IReadOnlyList<string> AllowSkillOverrides { get; init; } = [];

    /// <summary><c>[pathVariables]</c>: name to this machine's value.</summary>
    public IReadOnlyDictionary<string, string> PathVariables { get; init; } = new Dictionary<string, string>();

    /// <summary><c>onDrift</c>.</summary>
    public DriftPolicy OnDrift { get; init; }

    /// <summary><c>keep</c>: key paths of <c>config.toml</c> that the follower owns.</summary>
    public IReadOnlyList<string> Keep { get; init; } = [];

    /// <summary><c>auth</c>.</summary>
    public CredentialPolicy Credentials { get; init; }

    /// <summary><c>trustHooks</c>: whether the master's trust in its hooks is carried over.</summary>
    public bool TrustHooks { get; init; } = true;

    /// <summary><c>[export] include</c> globs, relative to the Codex home.</summary>
    public IReadOnlyList<string> ExportInclude { get; init; } = [];

    /// <summary><c>[export] exclude</c> globs.</summary>
    public IReadOnlyList<string> ExportExclude { get; init; } = [];

    /// <summary><c>[export] roots</c>: folders outside the Codex home that symbolic links may lead to.</summary>
    public IReadOnlyList<string> ExportRoots { get; init; } = [];

    /// <summary><c>[export] categories</c>: the parts of the setup that this master exports; null for all.</summary>
    public IReadOnlyList<SetupCategory>? ExportCategories { get; init; }

    /// <summary><c>[follow] categories</c>: the parts of the master's setup that this follower takes; null for all.</summary>
    public IReadOnlyList<SetupCategory>? FollowCategories { get; init; }

    /// <summary><c>exportAgents</c>: whether <c>~/.agents</c> is exported; null while nobody has decided.</summary>
    public bool? ExportAgents { get; init; }

    /// <summary><c>[export] machineKeys</c>: further keys of <c>config.toml</c> that this master keeps for itself; <c>*</c> stands for any name.</summary>
    public IReadOnlyList<string> MachineKeys { get; init; } = [];

    /// <summary><c>publish</c>, or <c>[rollout] publish</c>: when changes go out.</summary>
    public PublishMode PublishMode { get; init; }

    /// <summary><c>[rollout]</c>: to whom they go first.</summary>
    public RolloutSettings Rollout { get; init; } = new();

    /// <summary><c>[groups.NAME] exclude</c>: by group, globs of what its followers do not get.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> GroupExcludes { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary><c>[scan] ignore</c>: findings that hold nothing back.</summary>
    public IReadOnlyList<ScanIgnore> ScanIgnore { get; init; } = [];

    /// <summary><c>canonicalKeys</c>: machine-local tables of <c>config.toml</c> that this master exports all the same.</summary>
    public IReadOnlyList<string> CanonicalKeys { get; init; } = [];

    /// <summary><c>portableNames</c>: whether names that Windows cannot hold are left out.</summary>
    public bool PortableNames { get; init; } = true;

    /// <summary><c>[platform.NAME]</c>: <c>linux</c>, <c>macos</c>, <c>windows</c> to TOML text of what differs there.</summary>
    public IReadOnlyDictionary<string, string> Platforms { get; init; } = new Dictionary<string, string>();

    /// <summary><c>[[publish]]</c>: the stores that the running master keeps up to date.</summary>
    public IReadOnlyList<PublishTarget> Publish { get; init; } = [];

    /// <summary><c>[timeouts] connect</c>, seconds.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary><c>[timeouts] idle</c>, seconds without a byte.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary><c>[timeouts] quick</c>, seconds for the whole of a quick sync; below the hook's own timeout.</summary>
    public TimeSpan QuickTimeout { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>The parts of the setup that this home exports or takes, whatever its role is.</summary>
    public IReadOnlyList<SetupCategory> Categories => (Role == Role.Master ? ExportCategories : FollowCategories) ?? Enum.GetValues<SetupCategory>();

    /// <summary>What the file has that nobody reads: each a whole sentence, naming the nearest known key.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
