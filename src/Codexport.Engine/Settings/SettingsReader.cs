using System.Globalization;
using System.Net;
using Codexport.Engine.Errors;
using Codexport.Engine.Results;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Settings;

/// <summary>Turns the tree of <c>local.toml</c> into settings; what has the wrong type or value is an error with its place.</summary>
internal sealed partial class SettingsReader(string path)
{
    private readonly List<string> _warnings = [];

    internal LocalSettings Read(TomlTable root)
    {
        var defaults = new LocalSettings();
        WarnOfUnknown(root, string.Empty, SettingsKeys.Root);
        var export = Table(root, "export", SettingsKeys.Export);
        var timeouts = Table(root, "timeouts", SettingsKeys.Timeouts);
        var scan = Table(root, "scan", SettingsKeys.Scan);
        var rollout = Table(root, "rollout", SettingsKeys.Rollout);
        var follow = Categories(Table(root, "follow", SettingsKeys.Follow), "follow");
        var settings = defaults with
        {
            Role = Choice(root, "role", ("none", Role.None), ("master", Role.Master), ("follower", Role.Follower)),
            MasterUrls = [.. Urls(root, "masterUrl").Concat(Urls(root, "masterUrls")).Distinct(StringComparer.Ordinal)],
            MasterFingerprint = Fingerprint(root),
            FollowKeyRotation = Flag(root, "followKeyRotation", defaults.FollowKeyRotation),
            CodexFolder = Text(root, "codexDir"),
            Port = Port(root, defaults.Port),
            Admission = Choice(
                root, "admission", ("invite", Admission.Invite), ("approve", Admission.Approve), ("open", Admission.Open)),
            AllowedPeers = Texts(root, "allow"),
            Dashboard = Flag(root, "dashboard", defaults.Dashboard),
            Metrics = Metrics(Table(root, "metrics", SettingsKeys.Metrics)),
            AllowMcpOverrides = Texts(root, "allowMcpOverrides"),
            AllowSkillOverrides = Texts(root, "allowSkillOverrides"),
            PathVariables = Variables(root),
            OnDrift = Choice(root, "onDrift", ("canonical", DriftPolicy.Canonical), ("keep", DriftPolicy.Keep), ("fail", DriftPolicy.Fail)),
            Keep = KeyPaths(root, "keep"),
            Credentials = Choice(
                root, "auth", ("api-key-only", CredentialPolicy.ApiKeyOnly), ("if-unmodified", CredentialPolicy.IfUnmodified), ("always", CredentialPolicy.Always),
                ("never", CredentialPolicy.Never)),
            TrustHooks = Flag(root, "trustHooks", defaults.TrustHooks),
            ExportInclude = Texts(export, "include"),
            ExportExclude = Texts(export, "exclude"),
            ExportRoots = Texts(export, "roots"),
            ExportCategories = Categories(export, "export"),
            FollowCategories = follow,
            ExportAgents = SettingsKeys.Find(root, "exportAgents") is null ? null : Flag(root, "exportAgents", false),
            MachineKeys = KeyPatterns(export, "machineKeys"),
            PublishMode = Mode(root, rollout),
            Rollout = Rings(rollout),
            GroupExcludes = Groups(root),
            ScanIgnore = Ignored(scan),
            CanonicalKeys = KeyPaths(root, "canonicalKeys"),
            PortableNames = Flag(root, "portableNames", defaults.PortableNames),
            Platforms = Platforms(root),
            Publish = Targets(root),
            ConnectTimeout = Seconds(timeouts, "connect", defaults.ConnectTimeout),
            IdleTimeout = Seconds(timeouts, "idle", defaults.IdleTimeout),
            QuickTimeout = Seconds(timeouts, "quick", defaults.QuickTimeout),
            Warnings = _warnings,
        };

        // Logins that were taken before stay, as they do with auth = "never".
        return follow?.Contains(SetupCategory.Credentials) == false ? settings with { Credentials = CredentialPolicy.Never } : settings;
    }

    private TomlTable? Table(TomlTable root, string key, IReadOnlyList<string>? known)
    {
        switch (SettingsKeys.Find(root, key))
        {
            case null:
                return null;
            case TomlTable table:
                if (known is not null)
                {
                    WarnOfUnknown(table, key + ".", known);
                }

                return table;
            case var other:
                throw Wrong(other, $"{key} must be a table, written [{key}]");
        }
    }

    private string? Text(TomlTable? table, string key)
    {
        var node = table is null ? null : SettingsKeys.Find(table, key);
        return node is null ? null : node.AsString() is { } text
            ? text.Length == 0 ? null : text
            : throw Wrong(node, $"{key} must be a string");
    }

    private IReadOnlyList<string> Texts(TomlTable? table, string key) => [.. Strings(table, key).Select(text => text.Value)];

    // One string stands for a list of one, which is what a person means by it.
    private IEnumerable<TomlString> Strings(TomlTable? table, string key) => (table is null ? null : SettingsKeys.Find(table, key)) switch
    {
        null => [],
        TomlString text => [text],
        TomlList list => list.Select(item => item as TomlString ?? throw Wrong(item, $"{key} must be a list of strings")),
        var other => throw Wrong(other, $"{key} must be a list of strings"),
    };

    private IEnumerable<string> Urls(TomlTable root, string key)
    {
        foreach (var text in Strings(root, key).Where(text => text.Value.Length > 0))
        {
            var isUrl = text.Value.Contains("://", StringComparison.Ordinal)
                ? Uri.TryCreate(text.Value, UriKind.Absolute, out var url) && (url.Scheme == "file" || (url.Scheme is "http" or "https" && url.Host.Length > 0))
                : Path.IsPathFullyQualified(text.Value);
            yield return isUrl
                ? text.Value
                : throw Wrong(text, $"{key} must be an address such as http://master.example:17342, or that of a publication: https://HOST/PATH, or a folder by its whole path");
        }
    }

    private IReadOnlyList<string> KeyPaths(TomlTable root, string key)
        => [.. Strings(root, key).Select(text => TomlPath.TryParse(text.Value, out _)
            ? text.Value
            : throw Wrong(text, $"{key} must list key paths such as tui.notifications"))];

    private IReadOnlyList<string> KeyPatterns(TomlTable? table, string key)
        => [.. Strings(table, key).Select(text => TomlPattern.TryParse(text.Value, out _)
            ? text.Value
            : throw Wrong(text, $"{key} must list key paths such as tui.notifications or mcp_servers.*.env"))];

    private IReadOnlyList<SetupCategory>? Categories(TomlTable? table, string name)
    {
        var texts = Strings(table, "categories").ToList();
        if (table is null || SettingsKeys.Find(table, "categories") is not { } node || texts.Exists(text => IsAll(text.Value)))
        {
            return null;
        }

        var known = Enum.GetValues<SetupCategory>().ToDictionary(category => category.ToString(), StringComparer.OrdinalIgnoreCase);
        var words = string.Join(", ", known.Keys.Append(SettingsKeys.AllCategories).Select(key => $"\"{key.ToLowerInvariant()}\""));
        return texts.Count == 0
            ? throw Wrong(node, $"{name}.categories must list some of {words}")
            : [.. texts.Select(text => known.TryGetValue(text.Value, out var category)
                ? category
                : throw Wrong(text, $"{name}.categories knows {words}, not \"{text.Value}\"")).Distinct().Order()];

        static bool IsAll(string text) => string.Equals(text, SettingsKeys.AllCategories, StringComparison.OrdinalIgnoreCase);
    }

    private string? Fingerprint(TomlTable root)
    {
        if (Text(root, "masterFingerprint") is not { } text)
        {
            return null;
        }

        var plain = text.Replace(":", string.Empty, StringComparison.Ordinal).ToLowerInvariant();
        return plain.Length == 64 && plain.All(char.IsAsciiHexDigit)
            ? plain
            : throw Wrong(SettingsKeys.Find(root, "masterFingerprint")!, "masterFingerprint must be 64 hexadecimal digits");
    }

    private int Port(TomlTable root, int byDefault)
    {
        var node = SettingsKeys.Find(root, "port");
        return node is null ? byDefault : node.AsInteger() is >= 1 and <= 65535 and var port
            ? (int)port
            : throw Wrong(node, "port must be a whole number from 1 to 65535");
    }

    private MetricsSettings Metrics(TomlTable? table)
    {
        if (Text(table, "listen") is not { } listen)
        {
            return MetricsSettings.None;
        }

        return IPEndPoint.TryParse(listen, out var place) && listen.LastIndexOf(':') > listen.LastIndexOf(']')
            ? new MetricsSettings(place, Text(table, "tokenFile"))
            : throw Wrong(SettingsKeys.Find(table!, "listen")!, "metrics.listen must be an address and a port such as 127.0.0.1:9464");
    }

    private bool Flag(TomlTable root, string key, bool byDefault)
    {
        var node = SettingsKeys.Find(root, key);
        return node is null ? byDefault : node.AsBoolean() ?? throw Wrong(node, $"{key} must be true or false");
    }

    private T Choice<T>(TomlTable root, string key, params ReadOnlySpan<(string Name, T Value)> choices)
    {
        if (SettingsKeys.Find(root, key) is not { } node)
        {
            return choices[0].Value;
        }

        var names = new List<string>();
        foreach (var (name, value) in choices)
        {
            if (string.Equals(node.AsString(), name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }

            names.Add($"\"{name}\"");
        }

        throw Wrong(node, $"{key} must be one of {string.Join(", ", names)}");
    }

    private TimeSpan Seconds(TomlTable? table, string key, TimeSpan byDefault)
    {
        var node = table is null ? null : SettingsKeys.Find(table, key);
        return node is null ? byDefault : node.AsFloat() is > 0 and <= 86_400 and var seconds
            ? TimeSpan.FromSeconds(seconds)
            : throw Wrong(node, $"timeouts.{key} must be a number of seconds above 0, at most 86400");
    }

    private Dictionary<string, string> Variables(TomlTable root)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in Table(root, "pathVariables", null) ?? Enumerable.Empty<KeyValuePair<string, TomlNode>>())
        {
            variables[name] = value.AsString() ?? throw Wrong(value, "every value under [pathVariables] must be a string");
        }

        return variables;
    }

    private Dictionary<string, string> Platforms(TomlTable root)
    {
        var platforms = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in Table(root, "platform", SettingsKeys.Platforms) ?? Enumerable.Empty<KeyValuePair<string, TomlNode>>())
        {
            var document = TomlDocument.Parse(string.Empty, path);
            foreach (var (key, node) in value as TomlTable ?? throw Wrong(value, $"platform.{name} must be a table"))
            {
                document.Set([key], node);
            }

            if (SettingsKeys.Platforms.Contains(name))
            {
                platforms[name] = document.ToString();
            }
        }

        return platforms;
    }

    private List<PublishTarget> Targets(TomlTable root)
    {
        var targets = new List<PublishTarget>();
        foreach (var item in SettingsKeys.Find(root, "publish") switch
        {
            // A word is the mode, see Mode.
            null or TomlString => Enumerable.Empty<TomlNode>(),
            TomlList list => list,
            var other => throw Wrong(other, "publish must be written as tables, each under [[publish]]"),
        })
        {
            var table = item as TomlTable ?? throw Wrong(item, "publish must be written as tables, each under [[publish]]");
            WarnOfUnknown(table, "publish.", SettingsKeys.Publish);
            targets.Add(new PublishTarget(Text(table, "target") ?? throw Wrong(table, "a [[publish]] table needs a target"))
            {
                Endpoint = Text(table, "endpoint"),
                Region = Text(table, "region"),
                PathStyle = Flag(table, "pathStyle", false),
                Grace = Text(table, "grace") is { } grace ? Duration.Parse(grace) : PublishTarget.DefaultGrace,
            });
        }

        return targets;
    }

    private void WarnOfUnknown(TomlTable table, string prefix, IReadOnlyList<string> known)
    {
        foreach (var (key, node) in table.Where(member => !SettingsKeys.IsKnown(member.Key, known)))
        {
            var hint = SettingsKeys.Nearest(key, known) is { } nearest ? $" Did you mean '{prefix}{nearest}'?" : string.Empty;
            _warnings.Add(string.Create(
                CultureInfo.InvariantCulture, $"'{path}', line {node.Location.Line}: the key '{prefix}{key}' is not known and is ignored.{hint}"));
        }
    }

    private CodexportException Wrong(TomlNode node, string what) => new(
        ErrorCode.SettingsInvalid,
        string.Create(CultureInfo.InvariantCulture, $"'{path}' is wrong at line {node.Location.Line}, column {node.Location.Column}: {what}."),
        "Correct that line and try again.",
        path)
    {
        Place = (node.Location.Line, node.Location.Column),
    };
}
