using System.Globalization;
using System.Text;
using Codexport.Engine.Codex;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Compose;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Master.Gate;

/// <summary>What changes from one revision to the next, as a person reviews it: hooks first, then MCP servers, then the rest; secrets masked.</summary>
internal sealed class BundleChanges(EngineContext context, RevisionDocument? before, RevisionDocument after)
{
    private const string Servers = "mcp_servers.";

    private readonly ObjectStore _store = new(context.Files, context.Home.ObjectsFolder, context.Time);

    /// <summary>The changes.</summary>
    public IReadOnlyList<ChangeInfo> List()
    {
        var old = before?.Files.ToDictionary(file => file.Path, StringComparer.Ordinal) ?? [];
        var changes = new List<ChangeInfo>();
        foreach (var file in after.Files)
        {
            if (!old.Remove(file.Path, out var former) || former != file)
            {
                changes.AddRange(Of(file.Path, former, file));
            }
        }

        foreach (var file in old.Values)
        {
            changes.AddRange(Of(file.Path, file, null));
        }

        changes.AddRange(Platforms());
        return [.. changes.OrderBy(Rank).ThenBy(change => change.Path, StringComparer.Ordinal)];
    }

    /// <summary>What each hook runs that followers would run from then on because the master trusts it.</summary>
    public IReadOnlyList<string> NewlyTrustedHooks()
    {
        var added = after.TrustedHooks.Except(before?.TrustedHooks ?? [], StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        if (added.Count == 0)
        {
            return [];
        }

        string[] files = [CodexLayout.ConfigFile, CodexLayout.HooksFile];
        return
        [
            .. after.Files.Where(file => files.Contains(file.Path)).SelectMany(file => Handlers(file.Path, Read(file)))
                .Where(handler => HookTrust.Hash(handler, context.Machine.Style) is { } hash && added.Contains(hash))
                .Select(handler => $"{handler.Event}: {Shown(handler)}"),
        ];
    }

    private static int Rank(ChangeInfo change)
        => change.Path == CodexLayout.HooksFile || change.Key?.StartsWith("hooks", StringComparison.Ordinal) == true ? 0
            : change.Key?.StartsWith(Servers, StringComparison.Ordinal) == true ? 1
            : 2;

    private List<ChangeInfo> Of(string path, RevisionFile? old, RevisionFile? now)
    {
        var detailed = CodexLayout.KindOf(path) switch
        {
            CodexFileKind.Configuration or CodexFileKind.Profile or CodexFileKind.Agent => Units(path, Text(old), Text(now)),
            CodexFileKind.Hooks => Hooks(path, Read(old), Read(now)),
            _ => [],
        };
        return detailed is { Count: > 0 } ? detailed : [Whole(path, old, now)];
    }

    private static ChangeInfo Whole(string path, RevisionFile? old, RevisionFile? now)
    {
        var note = (old, now) switch
        {
            ({ IsExecutable: false }, { IsExecutable: true }) => "It becomes executable.",
            ({ IsExecutable: true }, { IsExecutable: false }) => "It is not executable any more.",
            (null, { IsExecutable: true }) => "It is executable.",
            _ => null,
        };
        return new ChangeInfo(path, null, ActionOf(old, now), ChangeReason.Canonical, Size(old), Size(now), note);
    }

    private static ChangeAction ActionOf(object? old, object? now)
        => old is null ? ChangeAction.Add : now is null ? ChangeAction.Remove : ChangeAction.Update;

    private static string? Size(RevisionFile? file) => file is null ? null : string.Create(CultureInfo.InvariantCulture, $"{file.Size:N0} bytes");

    private IEnumerable<ChangeInfo> Platforms()
        => after.Platforms.Keys.Union(before?.Platforms.Keys ?? [], StringComparer.Ordinal).SelectMany(name => Units(
            "local.toml", before?.Platforms.GetValueOrDefault(name), after.Platforms.GetValueOrDefault(name))
            .Select(change => change with { Key = $"platform.{name}.{change.Key}" }));

    private static List<ChangeInfo> Units(string path, string? old, string? now)
    {
        if (!TomlDocument.TryParse(Encoding.UTF8.GetBytes(old ?? string.Empty), path, out var former, out _)
            || !TomlDocument.TryParse(Encoding.UTF8.GetBytes(now ?? string.Empty), path, out var latter, out _))
        {
            return [];
        }

        var (left, right) = (ConfigUnits.Of(former.Root), ConfigUnits.Of(latter.Root));
        return
        [
            .. right.Keys.Concat(left.Keys.Where(key => right[key] is null))
                .Where(key => left[key] is not { } was || right[key] is not { } becomes || !was.SemanticEquals(becomes))
                .Select(key => new ChangeInfo(
                    path, key.Shown, ActionOf(left[key], right[key]), ChangeReason.Canonical,
                    left[key] is { } was ? SecretMask.Show(key, was) : null, right[key] is { } becomes ? SecretMask.Show(key, becomes) : null)),
        ];
    }

    private List<ChangeInfo> Hooks(string path, byte[]? old, byte[]? now)
    {
        var left = Handlers(path, old).Select(Plain).ToList();
        var right = Handlers(path, now).Select(Plain).ToList();
        return
        [
            .. right.Except(left).Select(handler => new ChangeInfo(path, $"hooks.{handler.Event}", ChangeAction.Add, ChangeReason.Canonical, After: Shown(handler))),
            .. left.Except(right).Select(handler => new ChangeInfo(path, $"hooks.{handler.Event}", ChangeAction.Remove, ChangeReason.Canonical, Shown(handler))),
        ];
    }

    // Where it stands does not matter to whoever reviews what runs.
    private static HookHandler Plain(HookHandler handler) => handler with { GroupIndex = 0, HandlerIndex = 0 };

    private static IReadOnlyList<HookHandler> Handlers(string path, byte[]? content)
    {
        try
        {
            return content is null ? []
                : CodexLayout.KindOf(path) == CodexFileKind.Hooks ? HooksFile.Parse(content, path).Handlers
                : TomlDocument.TryParse(content, path, out var document, out _) ? TomlHooks.ReadHandlers(document.Root)
                : [];
        }
        catch (CodexportException)
        {
            // What cannot be read is shown as a file that changes.
            return [];
        }
    }

    private string Shown(HookHandler handler) => handler.Type == "mcp_tool"
        ? $"{handler.Server}/{handler.Tool}"
        : SecretMask.MaskCommand(handler.CommandOn(context.Machine.Style) ?? handler.Command ?? handler.CommandWindows ?? string.Empty);

    private string? Text(RevisionFile? file) => Read(file) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    private byte[]? Read(RevisionFile? file)
    {
        if (file is null || !_store.Contains(file.Hash))
        {
            return null;
        }

        using var stream = _store.OpenRead(file.Hash);
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
