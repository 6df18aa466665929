using System.Text;
using Codexport.Engine.Homes;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Codex.Checking;

/// <summary>Whether Codex starts with <c>config.toml</c>: <c>codex app-server --print-startup-config</c>.</summary>
internal sealed class StartupQuestion : CodexQuestion
{
    // A configuration may refer to several files that are not known by their keys; each missing one is met in a run of its own.
    private const int MaxRuns = 8;

    internal override string Kind => "startup";

    internal override async Task<ConfigurationVerdict> AskAsync(
        EngineContext context, CodexProgram codex, TrialHome home, CancellationToken cancellationToken)
    {
        Fill(home);
        for (var run = 1; ; run++)
        {
            var answer = StartupAnswer.Read(
                await RunAsync(context, codex, home, ["app-server", "--print-startup-config"], cancellationToken).ConfigureAwait(false));
            if (run < MaxRuns && answer.MissingFile is { } missing && home.Below(missing) is { } relative && home.Supply(relative))
            {
                continue;
            }

            return answer.Detail is null ? Accepted(answer.HasVerdict) : Refuse(home, answer);
        }
    }

    private ConfigurationVerdict Refuse(TrialHome home, StartupAnswer answer)
    {
        (int Line, int Column)? place = answer is { Line: { } line, Column: { } column } ? (line, column) : null;
        var text = Encoding.UTF8.GetString(Files[0].Value);
        var key = place is { } at ? KeyFinder.Find(TomlDocument.Parse(text, CodexLayout.ConfigFile), at.Line, at.Column) : null;
        return Refused(home, CodexLayout.ConfigFile, place, key, answer.Detail!);
    }
}
