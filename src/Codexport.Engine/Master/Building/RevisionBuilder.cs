using System.Text;
using Codexport.Engine.Codex;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Paths;
using Codexport.Engine.Protocol;
using Codexport.Engine.Settings;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Master.Building;

/// <summary>
/// Builds a revision: scans, reads what changed since the last build, puts contents into the store and compares with what is published.
/// Publishes nothing.
/// </summary>
internal sealed class RevisionBuilder(EngineContext context, LocalSettings settings, Limits limits, BuildMemory? memory = null)
{
    // Who asked for a rebuild waits for a file that is just being saved; a watcher comes back to it by itself.
    private static readonly TimeSpan PatienceOnce = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PatienceAgain = TimeSpan.FromMilliseconds(250);

    private readonly StableReader _reader = new(context, memory is null ? PatienceOnce : PatienceAgain);
    private readonly ObjectStore _store = memory?.Store ?? new(context.Files, context.Home.ObjectsFolder, context.Time);
    private readonly PortablePaths _paths = context.PathsWith(settings.PathVariables);
    private readonly IReadOnlyDictionary<string, string> _platforms = PortablePlatforms(context, settings);
    private MarketplaceExport _marketplaces = new(context, settings, []);

    /// <summary>Where the last build is remembered.</summary>
    public static string CacheFile(EngineContext context) => Path.Combine(context.Home.MasterFolder, "scan.cache");

    /// <summary>Builds.</summary>
    /// <param name="published">The revision in service, and how to read its document where the cache does not know it; null for none.</param>
    /// <param name="changes">What changed since the build that is in memory.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<RevisionBuild> BuildAsync(
        (Sha256Hash Revision, Func<RevisionDocument> Read)? published, HomeChanges changes, CancellationToken cancellationToken)
    {
        var named = new NamedFileExport(context, settings).Find();
        var tree = memory is not null && memory.NamedFiles.SequenceEqual(named) ? memory.Tree : null;
        var scan = new HomeScanner(context, settings, limits, named).Scan(tree, changes, cancellationToken);
        var cache = memory?.Cache is { } known ? HashCache.Open(known) : HashCache.TryRead(context.Files, CacheFile(context));
        var join = new CacheJoin(scan, cache, context);
        var reader = new ChangedFiles(context, _store, scan, _reader);
        await reader.ReadAsync(join.Files, join.Unknown, cancellationToken);
        InstructionsExport.Strip(join.Files, join.Unknown, [.. reader.Restless, .. reader.Withheld.Keys], _store);
        var torn = new List<string>();
        var broken = new HashSet<int>();
        _marketplaces = new MarketplaceExport(context, settings, named);
        var hooks = await ExportSpecialAsync(scan, join, reader.Withheld, torn, broken, cancellationToken);
        new SecretCopies(context).FindIn(join.Files, [.. reader.Restless, .. broken, .. reader.Withheld.Keys], reader.Withheld);
        torn.AddRange(reader.Withheld.Where(file => file.Value.Length > 0).Select(file => $"'{SafePath.Printable(join.Files[file.Key].Path)}' was left out: it {file.Value}."));
        var (restless, warnings) = KeepLast(scan, join, (reader.Restless, broken, reader.Withheld.Keys), published?.Read);
        CheckBundleSize(join.Files);
        await Task.Run(_store.Flush, cancellationToken);

        if (memory is not null)
        {
            (memory.Tree, memory.Store, memory.NamedFiles) = (scan.Tree, _store, named);
        }

        var tail = TailOf(hooks);
        var isCacheBase = published is null || (cache is not null && cache.Revision == published.Value.Revision);
        var difference = isCacheBase && published is not null
            ? join.Difference()
            : RevisionDifference.Between(published?.Read(), join.Files);
        return new RevisionBuild
        {
            Files = join.Files,
            TrustedHooks = hooks,
            Platforms = _platforms,
            Tail = tail,
            Warnings = [.. warnings, .. torn],
            Restless = restless,
            Added = difference.Added,
            Changed = difference.Changed,
            Removed = difference.Removed,
            Named = named,
            PublishedFiles = difference.PublishedFiles,
            IsTailPublished = published is not null && (isCacheBase ? cache!.Tail : TailOf(published.Value.Read())) == tail,
            IsCacheStale = cache is null || !isCacheBase || reader.Count > 0,
        };
    }

    /// <summary>
    /// Files that did not stand still stay as they were published last; what was never published waits for the next build. It is told of a
    /// file that a watcher met so twice in a row: a save that takes a moment is no news.
    /// </summary>
    private (IReadOnlyList<string> Sources, IReadOnlyList<string> Warnings) KeepLast(
        ScanResult scan, CacheJoin join, (List<int> Restless, HashSet<int> Broken, IReadOnlyCollection<int> Withheld) held, Func<RevisionDocument>? read)
    {
        var (restless, broken, withheld) = held;
        var before = memory?.Restless;
        var sources = restless.Select(index => scan.Files[index].Source).ToHashSet(StringComparer.Ordinal);
        if (memory is not null)
        {
            memory.Restless = sources;
        }

        if (restless.Count == 0 && broken.Count == 0)
        {
            join.Drop(withheld.ToHashSet());
            return ([], scan.Warnings);
        }

        var last = read?.Invoke().Files.ToDictionary(file => file.Path, StringComparer.Ordinal) ?? [];
        var warnings = scan.Warnings.ToList();
        var unpublished = withheld.ToHashSet();
        foreach (var index in restless.Concat(broken))
        {
            ref var file = ref join.Files[index];
            var isPublished = last.TryGetValue(file.Path, out var published);
            if (isPublished)
            {
                (file.Hash, file.Size, file.IsExecutable) = (published!.Hash, published.Size, published.IsExecutable);
            }
            else
            {
                unpublished.Add(index);
            }

            var source = scan.Files[index].Source;
            if (broken.Contains(index))
            {
                warnings.Add($"'{SafePath.Printable(file.Path)}' is not a profile that Codex can read. "
                    + (isPublished ? "What was published of it last stays in service." : "It was left out."));
            }
            else if ((before is null || before.Contains(source)) && context.Files.TryGetEntry(source) is not null)
            {
                warnings.Add($"'{SafePath.Printable(file.Path)}' keeps changing; "
                    + (isPublished ? "what was published of it last stays in service until it stands still." : "it is left out until it stands still."));
            }
        }

        join.Drop(unpublished);
        return ([.. sources], warnings);
    }

    /// <summary>Files that are never taken from the cache: they are few, and their published form differs from the source.</summary>
    private async Task<IReadOnlyList<string>> ExportSpecialAsync(
        ScanResult scan, CacheJoin join, Dictionary<int, string> withheld, List<string> warnings, HashSet<int> broken, CancellationToken cancellationToken)
    {
        var export = new ConfigurationExport(_paths, settings.CanonicalKeys, settings.MachineKeys);
        var trusted = new List<string>();
        IReadOnlyDictionary<string, HookState> states = new Dictionary<string, HookState>();
        foreach (var index in join.Special)
        {
            var file = scan.Files[index];
            var content = await _reader.TryReadAsync(file, _store, cancellationToken) ?? throw new CodexportException(
                ErrorCode.FileUnreadable,
                $"'{file.Source}' cannot be read: it went away or keeps changing.",
                "Save it once more, or leave it out with exclude under [export] in local.toml. The last good revision stays in service.",
                file.Source)
            { IsPassing = true };
            if (content.Secret is { } secret)
            {
                withheld.Add(index, secret);
                continue;
            }

            if (CodexLayout.KindOf(file.Path) == CodexFileKind.Profile
                && (content.Bytes is null || !TomlDocument.TryParse(content.Bytes, file.Source, out _, out _)))
            {
                // A profile, or what a synchronizing program made of one: the others do not wait for it.
                broken.Add(index);
                continue;
            }

            var bytes = content.Bytes ?? throw BuildLimits.Exceeded(
                "MaxConfigurationSize",
                $"'{file.Path}' has {content.Size} bytes; a file of Codex's configuration has at most {BuildLimits.Size(StableReader.InMemory)}.",
                file.Source);
            byte[] exported;
            if (CodexLayout.KindOf(file.Path) == CodexFileKind.Hooks)
            {
                var hooks = HooksFile.Parse(bytes, file.Source);
                trusted.AddRange(Trusted(hooks.Handlers, file, states));
                exported = export.Export(hooks);
                if (hooks.Problem is { } problem)
                {
                    warnings.Add($"Codex reads no hook of '{file.Source}': {problem}. It is published as it is; followers leave that place out.");
                }
            }
            else if (CodexLayout.KindOf(file.Path) == CodexFileKind.Agent)
            {
                // Codex starts with a broken agent, so it does not stop the publication: it travels as it is.
                exported = TomlDocument.TryParse(bytes, file.Source, out var agent, out _) ? export.ExportValues(agent) : bytes;
            }
            else
            {
                var document = TomlDocument.Parse(bytes, file.Source);
                var isMain = file.Path == CodexLayout.ConfigFile;

                // Sorted by path, config.toml comes before hooks.json: its states are known by then.
                states = isMain ? TomlHooks.ReadStates(document.Root) : states;
                CodexCategories.Restrict(document, settings.ExportCategories);
                trusted.AddRange(isMain ? Trusted(TomlHooks.ReadHandlers(document.Root), file, states) : []);
                if (settings.ExportCategories is not null && document.Root.Count == 0)
                {
                    // Comments alone, about keys that do not leave.
                    withheld.Add(index, string.Empty);
                    continue;
                }

                warnings.AddRange(_marketplaces.LeaveOut(document, file.Path));
                exported = export.Export(document);
            }

            ref var built = ref join.Files[index];
            built.Hash = _store.Put(exported);
            built.Size = exported.Length;
            built.IsExecutable = false;
            built.ModifiedTicks = HashCache.NeverTrust;
        }

        return [.. trusted.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private IEnumerable<string> Trusted(IReadOnlyList<HookHandler> handlers, ScannedFile file, IReadOnlyDictionary<string, HookState> states)
    {
        // Codex spells the path with or without resolved links, depending on how it was told of its home.
        var spelled = Path.Combine(context.Home.CodexFolder, file.Path);
        var folder = context.Files.ResolveLinks(context.Home.CodexFolder) ?? context.Home.CodexFolder;
        string[] spellings = [spelled, Path.Combine(folder, file.Path), file.Source];
        return HookTrust.PortableTrustedHashes(handlers, spellings, states, _paths, context.Machine.Style);
    }

    // Written by hand for other machines, so ${home} and ${codexDir} in them are meant; every other rule is that of config.toml.
    private static Dictionary<string, string> PortablePlatforms(EngineContext context, LocalSettings settings)
    {
        var variables = new Dictionary<string, string>(settings.PathVariables, StringComparer.Ordinal)
        {
            [PortablePaths.HomeVariable] = context.Machine.UserHome,
            [PortablePaths.CodexFolderVariable] = context.Machine.CodexFolder,
        };
        var export = new ConfigurationExport(context.PathsWith(variables), settings.CanonicalKeys, settings.MachineKeys);
        return settings.Platforms.ToDictionary(
            platform => platform.Key,
            platform => Encoding.UTF8.GetString(export.ExportValues(
                Restricted(TomlDocument.Parse(platform.Value, context.Home.SettingsFile)), platform.Key == "windows" ? PathStyle.Windows : PathStyle.Unix)),
            StringComparer.Ordinal);

        TomlDocument Restricted(TomlDocument document)
        {
            CodexCategories.Restrict(document, settings.ExportCategories);
            return document;
        }
    }

    private void CheckBundleSize(BuiltFile[] files)
    {
        var sum = files.Sum(file => file.Size);
        if (sum > limits.MaxBundleSize)
        {
            throw BuildLimits.Exceeded("MaxBundleSize", $"The export has {sum} bytes; at most {BuildLimits.Size(limits.MaxBundleSize)} are published.", target: null);
        }
    }

    private Sha256Hash TailOf(IReadOnlyList<string> hooks) => TailOf(hooks, _platforms);

    private static Sha256Hash TailOf(RevisionDocument document) => TailOf(document.TrustedHooks, document.Platforms);

    private static Sha256Hash TailOf(IReadOnlyList<string> hooks, IReadOnlyDictionary<string, string> platforms)
    {
        var text = new StringBuilder();
        foreach (var hash in hooks)
        {
            text.Append(hash).Append('\n');
        }

        foreach (var (name, toml) in platforms.OrderBy(platform => platform.Key, StringComparer.Ordinal))
        {
            text.Append('\0').Append(name).Append('\0').Append(toml);
        }

        return Sha256Hash.Of(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
