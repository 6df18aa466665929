using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Settings;

/// <content>What a master says of whom it publishes to, and when.</content>
internal sealed partial class SettingsReader
{
    // Where [[publish]] tables have the name already, the mode stands under [rollout].
    private PublishMode Mode(TomlTable root, TomlTable? rollout)
    {
        ReadOnlySpan<(string, PublishMode)> modes = [("auto", PublishMode.Auto), ("review", PublishMode.Review)];
        return SettingsKeys.Find(root, "publish") is TomlString ? Choice(root, "publish", modes)
            : rollout is not null ? Choice(rollout, "publish", modes)
            : PublishMode.Auto;
    }

    private RolloutSettings Rings(TomlTable? rollout)
    {
        var defaults = new RolloutSettings();
        if (rollout is null)
        {
            return defaults;
        }

        var rings = Strings(rollout, "rings").Select(text => Head.IsRing(text.Value)
            ? text.Value
            : throw Wrong(text, $"rollout.rings must list names of small letters, digits and hyphens, at most {Head.MaxRingLength} characters long")).ToList();
        if (rings.Distinct(StringComparer.Ordinal).Count() != rings.Count)
        {
            throw Wrong(SettingsKeys.Find(rollout, "rings")!, "rollout.rings must list each ring once");
        }

        var share = SettingsKeys.Find(rollout, "healthy");
        return new RolloutSettings
        {
            Rings = rings,
            After = Interval(rollout, "after", defaults.After),
            Healthy = share is null ? defaults.Healthy
                : share.AsFloat() is > 0 and <= 1 and var healthy ? healthy
                : throw Wrong(share, "rollout.healthy must be a number above 0, at most 1"),
        };
    }

    private TimeSpan Interval(TomlTable table, string key, TimeSpan byDefault)
    {
        if (SettingsKeys.Find(table, key) is not { } node)
        {
            return byDefault;
        }

        try
        {
            return Duration.Parse(node.AsString() ?? string.Empty);
        }
        catch (CodexportException)
        {
            throw Wrong(node, $"{key} must be an interval such as 90s, 30m or 1h");
        }
    }

    private Dictionary<string, IReadOnlyList<string>> Groups(TomlTable root)
    {
        var groups = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (name, value) in Table(root, "groups", null) ?? Enumerable.Empty<KeyValuePair<string, TomlNode>>())
        {
            var table = value as TomlTable ?? throw Wrong(value, $"groups.{name} must be a table");
            WarnOfUnknown(table, $"groups.{name}.", SettingsKeys.Group);
            groups[name] = Head.IsRing(name)
                ? Texts(table, "exclude")
                : throw Wrong(value, $"a group's name has small letters, digits and hyphens alone, at most {Head.MaxRingLength} characters");
        }

        return groups;
    }

    private IReadOnlyList<ScanIgnore> Ignored(TomlTable? scan)
        => [.. Strings(scan, "ignore").Select(text => ScanIgnore.TryParse(text.Value, out var ignore)
            ? ignore
            : throw Wrong(text, $"scan.ignore must list entries such as literal-token:skills/demo/**; the rules are {string.Join(", ", ScanIgnore.Words)}"))];
}
