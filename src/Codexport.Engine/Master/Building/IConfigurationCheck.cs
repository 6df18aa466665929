using Codexport.Engine.Errors;

namespace Codexport.Engine.Master.Building;

/// <summary>Asks somebody who knows, such as Codex itself, whether changed files are acceptable, before they are published.</summary>
internal interface IConfigurationCheck
{
    /// <summary>Checks.</summary>
    /// <param name="codexFolder">The Codex home that holds the files as they are now.</param>
    /// <param name="changedFiles">The files that differ from what is published, those that are gone included, by path below the Codex home.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.ConfigurationRejected"/>, naming file, line and column where known.</exception>
    Task CheckAsync(string codexFolder, IReadOnlyCollection<string> changedFiles, CancellationToken cancellationToken);
}
