using Codexport.Engine.Codex.Checking;
using Codexport.Engine.Compose;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;

namespace Codexport.Engine.Follower.Sync;

/// <summary>Keeps a configuration from being applied with which the Codex of this machine would not start.</summary>
internal sealed class CodexStartCheck(EngineContext context)
{
    private const string Remedy =
        "Nothing was changed. Correct the configuration on the master, or the override on this machine, then sync again.";

    /// <summary>Checks what was composed.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.ConfigurationRejected"/> with file, line, column and key.</exception>
    public Task RequireAsync(Composition composition, CancellationToken cancellationToken)
        => new CodexStartupCheck(context).RequireAsync(composition.ComposedFiles, Remedy, cancellationToken);
}
