using System.Text;
using Codexport.Engine.Homes;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Codex.Checking;

/// <summary>
/// Whether Codex starts with a profile laid over <c>config.toml</c>. It is asked about an MCP server that nobody has: the configuration is
/// loaded for that, and nothing is started or fetched.
/// </summary>
internal sealed class ProfileQuestion : CodexQuestion
{
    private const string NoServer = "codexport-asks-for-a-server-that-nobody-has";

    internal override string Kind => "profile";

    internal override async Task<ConfigurationVerdict> AskAsync(
        EngineContext context, CodexProgram codex, TrialHome home, CancellationToken cancellationToken)
    {
        Fill(home);
        var (path, content) = Files[^1];
        var name = path[..^".config.toml".Length];
        var outcome = await RunAsync(context, codex, home, ["--profile", name, "mcp", "get", NoServer], cancellationToken).ConfigureAwait(false);
        if (CodexErrorText.Causes(outcome.Error, "failed to load configuration", out var first) is not { } causes)
        {
            return Accepted(isByCodex: outcome.Error.Contains(NoServer, StringComparison.Ordinal));
        }

        var file = Path.Join(home.Folder, path);
        var text = string.Join(' ', causes.Count == 0 ? [first] : causes);
        var place = CodexErrorText.PlaceIn(text, file);
        var key = place is { } at ? KeyFinder.Find(TomlDocument.Parse(Encoding.UTF8.GetString(content), path), at.Line, at.Column) : null;
        return Refused(home, path, place, key, StartupAnswer.Clean(causes.Count == 0 ? first : causes[0], file));
    }
}
