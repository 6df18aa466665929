using System.Text;
using Codexport.Engine.Codex.Checking;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Paths;

namespace Codexport.Engine.Master.Building;

/// <summary>Lets the Codex of the master judge its own configuration before it is published.</summary>
internal sealed class CodexConfigurationCheck(EngineContext context) : IConfigurationCheck
{
    private const string Remedy = "The last good revision stays in service. Correct the file; the next rebuild publishes it.";

    /// <inheritdoc/>
    public Task CheckAsync(string codexFolder, IReadOnlyCollection<string> changedFiles, CancellationToken cancellationToken)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in changedFiles)
        {
            if (AtomicFile.TryReadAllBytes(context.Files, SafePath.Combine(codexFolder, file)) is { } content)
            {
                texts[file] = Encoding.UTF8.GetString(content);
            }
        }

        return new CodexStartupCheck(context).RequireAsync(texts, Remedy, cancellationToken);
    }
}
