using System.CommandLine;
using Codexport.Cli.Composition;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport apply</c>.</summary>
internal static class ApplyCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandFactory factory)
    {
        var revision = new Option<string?>("--revision")
        {
            Description = "A revision that is still kept (rollback), by its hash or the beginning of it; without it the one that is staged.",
            HelpName = "HASH",
        };
        var adopt = SharedOptions.Adopt();
        return factory.Create(
            "apply", "Apply the staged revision, or go back to an earlier one. Needs no network.",
            call => RunAsync(call, revision, adopt), revision, adopt);
    }

    private static async Task<ExitCode> RunAsync(Invocation call, Option<string?> revision, Option<bool> adopt)
    {
        var follower = new FollowerOperations(call.Engine);
        var result = await Adoption.AskIfNeededAsync(
            call, call.Arguments.GetValue(adopt),
            adoptNow => follower.ApplyAsync(call.Arguments.GetValue(revision), adoptNow, call.CancellationToken));
        return SyncText.Write(call, result);
    }
}
