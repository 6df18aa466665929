using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Processes;

namespace Codexport.Engine.Codex.Checking;

/// <summary>Files that Codex judges in one way, and how it is asked.</summary>
internal abstract class CodexQuestion
{
    /// <summary>How long one question may take.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>A name for the way of asking.</summary>
    internal abstract string Kind { get; }

    /// <summary>The files, in the order of their paths.</summary>
    internal required IReadOnlyList<KeyValuePair<string, byte[]>> Files { get; init; }

    /// <summary>Another file of the home as it will be; null when there will be none.</summary>
    internal required Func<string, byte[]?> Find { get; init; }

    /// <summary>The questions about some files, those first that others depend on.</summary>
    internal static IEnumerable<CodexQuestion> About(IReadOnlyDictionary<string, byte[]> judged, Func<string, byte[]?> find)
    {
        if (judged.ContainsKey(CodexLayout.ConfigFile))
        {
            yield return new StartupQuestion { Files = Those(path => path == CodexLayout.ConfigFile), Find = find };
        }

        foreach (var profile in judged.Keys.Where(path => CodexLayout.KindOf(path).IsConfiguration() && path != CodexLayout.ConfigFile))
        {
            yield return new ProfileQuestion { Files = WithConfig(path => path == profile), Find = find };
        }

        if (judged.Keys.Any(path => CodexLayout.KindOf(path) == CodexFileKind.Rules))
        {
            yield return new RulesQuestion { Files = Those(path => CodexLayout.KindOf(path) == CodexFileKind.Rules), Find = find };
        }

        if (judged.Keys.Any(path => CodexLayout.KindOf(path) == CodexFileKind.Agent || CodexLayout.KindOf(path) == CodexFileKind.Hooks))
        {
            yield return new WarningsQuestion { Files = WithConfig(path => CodexLayout.KindOf(path) == CodexFileKind.Agent || CodexLayout.KindOf(path) == CodexFileKind.Hooks), Find = find };
        }

        List<KeyValuePair<string, byte[]>> Those(Func<string, bool> isIt)
            => [.. judged.Where(file => isIt(file.Key)).OrderBy(file => file.Key, StringComparer.Ordinal)];

        List<KeyValuePair<string, byte[]>> WithConfig(Func<string, bool> isIt) =>
        [
            .. find(CodexLayout.ConfigFile) is { } config ? [new(CodexLayout.ConfigFile, config)] : (KeyValuePair<string, byte[]>[])[],
            .. Those(isIt),
        ];
    }

    /// <summary>Asks, in a throw-away home that is still empty.</summary>
    internal abstract Task<ConfigurationVerdict> AskAsync(EngineContext context, CodexProgram codex, TrialHome home, CancellationToken cancellationToken);

    /// <summary>Writes all files where they lie in the real home.</summary>
    protected void Fill(TrialHome home)
    {
        foreach (var (path, content) in Files)
        {
            home.Add(path, content);
        }
    }

    /// <summary>A run of Codex on the throw-away home.</summary>
    protected static Task<ProcessOutcome> RunAsync(
        EngineContext context, CodexProgram codex, TrialHome home, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
        => context.Processes.RunAsync(
            new ProcessRequest(codex.Path, arguments) { Environment = EnvironmentOf(home), WorkingFolder = home.Folder }, cancellationToken);

    /// <summary>The variables under which Codex works on the throw-away home.</summary>
    protected static IReadOnlyDictionary<string, string?> EnvironmentOf(TrialHome home) => new Dictionary<string, string?> { ["CODEX_HOME"] = home.Folder };

    /// <summary>That Codex accepts the files, or gave no verdict.</summary>
    protected static ConfigurationVerdict Accepted(bool isByCodex) => new(isByCodex, null);

    /// <summary>That Codex refuses a file.</summary>
    protected static ConfigurationVerdict Refused(TrialHome home, string file, (int Line, int Column)? place, string? key, string detail)
        => new(IsByCodex: true, new ConfigurationProblem(file, place?.Line, place?.Column, key, home.Real(detail)));
}
