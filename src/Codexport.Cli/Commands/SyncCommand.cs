using System.CommandLine;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Platform.Processes;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport sync</c>.</summary>
internal static class SyncCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandFactory factory)
    {
        var apply = new Option<bool>("--apply") { Description = "Apply what was fetched; without it everything is staged only." };
        var quick = new Option<bool>("--quick")
        {
            Description = "For hooks: applies, ends within seconds, stays silent when nothing changed or the master is away, always exits with 0.",
        };
        var plain = new Option<bool>("--plain") { Description = "With --quick, for shells: what is to be told comes as text on standard error." };
        var adopt = SharedOptions.Adopt();
        return factory.Create(
            "sync", "Fetch the master's newest revision and verify it; with --apply also apply it.",
            call => call.Arguments.GetValue(quick) ? RunQuickAsync(call, plain) : RunAsync(call, apply, adopt),
            (parsed, output, error) => parsed.GetValue(quick) && Tell(output, SystemMessage.For(error), parsed.GetValue(plain)),
            apply, quick, plain, adopt);
    }

    private static bool Tell(Output output, string line, bool isPlain)
    {
        output.Progress?.Clear();
        (isPlain ? output.Error : output.Standard).WriteLine(isPlain ? SystemMessage.TextOf(line) : line);
        return true;
    }

    private static Task<ExitCode> RunQuickAsync(Invocation call, Option<bool> plain)
    {
        var isPlain = call.Arguments.GetValue(plain);
        if (new FollowerOperations(call.Engine).QuickSync(ProcessAge.Read(), beforeStart: isPlain, call.CancellationToken) is { } line)
        {
            Tell(call.Output, line, isPlain);
        }

        return Task.FromResult(ExitCode.Done);
    }

    private static async Task<ExitCode> RunAsync(Invocation call, Option<bool> apply, Option<bool> adopt)
    {
        var follower = new FollowerOperations(call.Engine);
        var result = await Adoption.AskIfNeededAsync(
            call, call.Arguments.GetValue(adopt),
            adoptNow => follower.SyncAsync(new SyncOptions(call.Arguments.GetValue(apply), adoptNow), call.CancellationToken));
        return SyncText.Write(call, result);
    }
}
