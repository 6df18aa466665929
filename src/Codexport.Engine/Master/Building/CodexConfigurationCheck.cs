using System.Text;
using Codexport.Engine.Codex;
using Codexport.Engine.Codex.Checking;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Paths;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Master.Building;

/// <summary>Lets the Codex of the master judge its own files before they are published.</summary>
internal sealed class CodexConfigurationCheck(EngineContext context) : IConfigurationCheck
{
    private const string Remedy = "The last good revision stays in service. Correct the file; the next rebuild publishes it.";

    /// <inheritdoc/>
    public Task CheckAsync(string codexFolder, IReadOnlyCollection<string> changedFiles, CancellationToken cancellationToken)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in changedFiles.Where(path => CodexLayout.KindOf(path).IsJudged()))
        {
            Add(file);
        }

        // A file that the configuration names is part of it, also when it goes.
        if (!texts.ContainsKey(CodexLayout.ConfigFile) && NamedByConfiguration(codexFolder).Overlaps(changedFiles))
        {
            Add(CodexLayout.ConfigFile);
        }

        return new CodexStartupCheck(context).RequireAsync(texts, Remedy, cancellationToken);

        void Add(string file)
        {
            if (AtomicFile.TryReadAllBytes(context.Files, SafePath.Combine(codexFolder, file)) is { } content)
            {
                texts[file] = Encoding.UTF8.GetString(content);
            }
        }
    }

    private HashSet<string> NamedByConfiguration(string codexFolder)
        => AtomicFile.TryReadAllBytes(context.Files, SafePath.Combine(codexFolder, CodexLayout.ConfigFile)) is { } content
            && TomlDocument.TryParse(content, CodexLayout.ConfigFile, out var document, out _)
                ? [.. NamedFiles.Of(context, document.Root)]
                : [];
}
