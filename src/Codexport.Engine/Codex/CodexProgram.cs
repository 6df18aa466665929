using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Processes;

namespace Codexport.Engine.Codex;

/// <summary>The <c>codex</c> of this machine.</summary>
/// <param name="Path">Absolute path of the program or of the script that starts it.</param>
internal sealed record CodexProgram(string Path)
{
    private static readonly TimeSpan VersionTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The first <c>codex</c> on <c>PATH</c>; null when there is none.</summary>
    public static CodexProgram? Find(EngineContext context) => ProgramFinder.Find(context.Files, context.Environment, "codex") is { } path ? new CodexProgram(path) : null;

    /// <summary>What it calls its version, such as <c>0.169.0</c>; null when it does not say within 5 s.</summary>
    public async Task<string?> GetVersionAsync(EngineContext context, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(VersionTimeout, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            var outcome = await context.Processes.RunAsync(new ProcessRequest(Path, ["--version"]), either.Token).ConfigureAwait(false);
            return outcome.ExitCode == 0 && outcome.Output.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries) is [.., var version]
                ? version
                : null;
        }
        catch (CodexportException error) when (error.Code == ErrorCode.FileUnreadable)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Tells one installation from the next: an update changes size or time of the program.</summary>
    public string Identify(IFileSystem files)
    {
        var target = files.ResolveLinks(Path) ?? Path;
        var entry = files.TryGetEntry(target);
        return $"{target}|{entry?.Size}|{entry?.ModifiedTicks}";
    }

    /// <summary>The variables under which it works on a home as it does for the person.</summary>
    /// <param name="home">The home. Codex finds <c>~/.codex</c> by itself and then spells trust keys differently.</param>
    public static IReadOnlyDictionary<string, string?> EnvironmentFor(CodexportHome home) => new Dictionary<string, string?>
    {
        ["CODEX_HOME"] = home.CodexFolder,
    };
}
