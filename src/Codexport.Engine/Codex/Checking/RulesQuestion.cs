using Codexport.Engine.Homes;

namespace Codexport.Engine.Codex.Checking;

/// <summary>Whether Codex can read rules about commands: with a broken file no session runs. <c>codex execpolicy check</c>.</summary>
internal sealed class RulesQuestion : CodexQuestion
{
    private const string Headline = "failed to parse policy at ";

    internal override string Kind => "rules";

    internal override async Task<ConfigurationVerdict> AskAsync(
        EngineContext context, CodexProgram codex, TrialHome home, CancellationToken cancellationToken)
    {
        Fill(home);
        var rules = Files.SelectMany(file => new[] { "--rules", Path.Join(home.Folder, file.Key) });
        var outcome = await RunAsync(context, codex, home, ["execpolicy", "check", .. rules, "ls"], cancellationToken).ConfigureAwait(false);
        if (outcome.ExitCode == 0 || CodexErrorText.Causes(outcome.Error, Headline, out var file) is not { } causes)
        {
            return Accepted(isByCodex: outcome.ExitCode == 0);
        }

        var text = string.Join(' ', causes);
        var end = text.IndexOf("-->", StringComparison.Ordinal);
        return Refused(
            home, home.Below(file) ?? Files[0].Key, CodexErrorText.PlaceIn(text, file), null, StartupAnswer.Clean(end < 0 ? text : text[..end], null));
    }
}
