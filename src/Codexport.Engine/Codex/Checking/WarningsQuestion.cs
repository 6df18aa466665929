using Codexport.Engine.Homes;

namespace Codexport.Engine.Codex.Checking;

/// <summary>
/// What Codex warns of when it reads agents and hooks. It starts nevertheless, but without that agent, or without any hook of the file.
/// </summary>
internal sealed class WarningsQuestion : CodexQuestion
{
    private const string BadAgent = "Ignoring malformed agent role definition: ";
    private const string BadHooks = "failed to parse hooks config ";

    internal override string Kind => "warnings";

    internal override async Task<ConfigurationVerdict> AskAsync(
        EngineContext context, CodexProgram codex, TrialHome home, CancellationToken cancellationToken)
    {
        Fill(home);
        var server = await CodexAppServer.StartAsync(context, codex, EnvironmentOf(home), cancellationToken).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            await server.ListHooksAsync(home.Folder, cancellationToken).ConfigureAwait(false);
            var warnings = server.Warnings.Select(Shortened).OfType<string>();
            return warnings.Select(warning => RefusalIn(home, warning)).FirstOrDefault(refusal => refusal is not null) ?? Accepted(isByCodex: true);
        }
    }

    private static string? Shortened(string warning)
        => warning.StartsWith(BadAgent, StringComparison.Ordinal) ? warning[BadAgent.Length..]
            : warning.StartsWith(BadHooks, StringComparison.Ordinal) ? warning
            : null;

    // A warning names the file by its absolute path.
    private ConfigurationVerdict? RefusalIn(TrialHome home, string warning)
    {
        foreach (var (path, _) in Files)
        {
            var absolute = Path.Join(home.Folder, path);
            if (warning.Contains(absolute, StringComparison.Ordinal) && path != CodexLayout.ConfigFile)
            {
                return Refused(home, path, null, null, StartupAnswer.Clean(warning, null));
            }
        }

        return null;
    }
}
