using Codexport.Engine.Codex;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Settings;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Master.Building;

/// <summary>
/// Finds what the configuration names, so that it is exported with it: files, and the folders of plugins. A file that cannot travel is an
/// error here, on the master: on a follower Codex would not start.
/// </summary>
internal sealed class NamedFileExport(EngineContext context, LocalSettings settings)
{
    private readonly string _home = context.Home.CodexFolder;
    private readonly ExportPolicy _policy = new(settings, ignoreCase: !context.Files.IsCaseSensitive);

    /// <summary>The paths below the Codex home, sorted.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.ConfigurationRejected"/>, naming file, key and value.</exception>
    internal IReadOnlyList<string> Find()
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var file in Configurations())
        {
            if (AtomicFile.TryReadAllBytes(context.Files, Path.Combine(_home, file)) is not { Length: <= (int)StableReader.InMemory } bytes
                || !TomlDocument.TryParse(bytes, file, out var document, out _))
            {
                continue;
            }

            if (CodexLayout.KindOf(file).IsConfiguration())
            {
                CodexCategories.Restrict(document, settings.ExportCategories);
                found.UnionWith(CodexPlugins.NamedIn(document.Root).Select(CodexPlugins.FolderOf).OfType<string>());
            }

            foreach (var (key, value) in ConfigKeys.FindNamedFiles(document.Root).Where(named => !IsVariable(named.Value)))
            {
                found.Add(PathOf(file, key, value));
            }
        }

        return [.. found];
    }

    private IEnumerable<string> Configurations()
        => Names(_home, string.Empty).Where(name => CodexLayout.KindOf(name).IsConfiguration())
            .Concat(Names(Path.Combine(_home, "agents"), "agents/").Where(name => CodexLayout.KindOf(name) == CodexFileKind.Agent))
            .Where(_policy.ExportsCategoryOf);

    private IEnumerable<string> Names(string folder, string prefix)
        => context.Files.Enumerate(folder).Where(entry => entry.Kind != EntryKind.Directory).Select(entry => prefix + Path.GetFileName(entry.Path));

    // A declared variable leads to a place that each machine has by itself.
    private bool IsVariable(string value) => settings.PathVariables.Keys.Any(name => value.StartsWith($"${{{name}}}", StringComparison.Ordinal));

    // A custom agent may mean a file beside itself.
    private string PathOf(string file, string key, string value)
    {
        var spelled = value.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(context.Home.UserHome, value[2..]) : value;
        var beside = Path.GetFullPath(spelled, Path.GetDirectoryName(Path.Combine(_home, file))!);
        var absolute = context.Files.ResolveLinks(beside) is { } found && context.Files.TryGetEntry(found) is not null ? beside : Path.GetFullPath(spelled, _home);
        var folder = context.Files.ResolveLinks(_home) ?? _home;
        var path = Below(Path.GetFullPath(_home), absolute) ?? Below(folder, absolute)
            ?? throw Rejected(file, key, value, "which lies outside of the Codex home, so followers do not get it", "Put it into the Codex home");
        if (CodexLayout.IsNeverExported(path) || CodexLayout.IsCredential(path))
        {
            throw Rejected(file, key, value, "which belongs to this machine alone and is never exported", "Name a file that may leave this machine");
        }

        if (_policy.Excludes(path))
        {
            throw Rejected(file, key, value, "which exclude under [export] in local.toml leaves out", "Let exclude spare it");
        }

        var target = context.Files.ResolveLinks(absolute);
        return target is not null && context.Files.TryGetEntry(target) is { Kind: EntryKind.File }
            ? path
            : throw Rejected(file, key, value, "and no such file is there", "Correct the path");
    }

    private static string? Below(string folder, string path)
        => path.StartsWith(folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path[(folder.TrimEnd(Path.DirectorySeparatorChar).Length + 1)..].Replace(Path.DirectorySeparatorChar, '/')
            : null;

    private static CodexportException Rejected(string file, string key, string value, string why, string remedy) => new(
        ErrorCode.ConfigurationRejected,
        $"'{file}' names '{value}' at '{key}', {why}.",
        $"{remedy}, or take the key out of '{file}'. Codex does not start where the file is missing; the last good revision stays in service.",
        file)
    {
        Details = [new("file", file), new("key", key), new("value", value)],
    };
}
