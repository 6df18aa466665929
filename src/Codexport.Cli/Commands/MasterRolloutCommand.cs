using System.CommandLine;
using System.Globalization;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport master rollout [status|promote|stop]</c>.</summary>
internal static class MasterRolloutCommand
{
    /// <summary>Makes the command; without a subcommand it shows how things stand.</summary>
    public static Command Create(CommandFactory factory) => factory.Create(
        "rollout", "How the newest revision goes from ring to ring.", StatusAsync,
        factory.Create("status", "Show each ring with what it has and how many of its followers have applied it.", StatusAsync),
        factory.Create(
            "promote", "Give the next ring the newest revision at once.",
            call => RunAsync(call, master => master.PromoteRolloutAsync(call.CancellationToken))),
        factory.Create(
            "stop", "Keep the newest revision from going to a further ring by itself. Those that have it keep it; 'promote' goes on.",
            call => RunAsync(call, master => master.StopRolloutAsync(call.CancellationToken))));

    private static Task<ExitCode> StatusAsync(Invocation call) => RunAsync(call, master => master.GetRolloutAsync(call.CancellationToken));

    private static async Task<ExitCode> RunAsync(Invocation call, Func<MasterOperations, Task<RolloutResult>> work)
    {
        var result = await work(new MasterOperations(call.Engine));
        call.Output.WriteResult(result, () => CliJson.Readable.RolloutResult, writer => Write(result, writer), isAskedFor: true);
        call.Output.WriteWarnings(result.Warnings);
        return ExitCode.Done;
    }

    private static void Write(RolloutResult result, TextWriter writer)
    {
        if (result.Rings.Count == 0)
        {
            writer.WriteLine("There are no rings: everybody gets a revision at once. List some in local.toml, under [rollout]: rings = [\"canary\", \"rest\"].");
            return;
        }

        var table = new Table("RING", "REVISION", "SINCE", ">APPLIED", ">FAILED", "MOVES ON");
        foreach (var ring in result.Rings)
        {
            table.Add(
                ring.Name, $"{Text.Short(ring.Revision)}{(ring.Newest ? string.Empty : " (older)")}", Text.Time(ring.Since),
                string.Create(CultureInfo.InvariantCulture, $"{ring.Applied}/{ring.Followers}"), ring.Failed.ToString(CultureInfo.InvariantCulture),
                ring.MovesOnAt is null ? "-" : Text.Time(ring.MovesOnAt));
        }

        table.Write(writer);
        writer.WriteLine(result.Stopped ? "Stopped: 'codexport master rollout promote' goes on."
            : result.Complete ? $"Every ring has revision {Text.Short(result.Revision)}."
            : $"Revision {Text.Short(result.Revision)} is on its way.");
    }
}
