using System.CommandLine;
using System.Globalization;
using Codexport.Cli.Composition;
using Codexport.Cli.Demonstration;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport demo</c>.</summary>
internal static class DemoCommand
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandFactory factory) => factory.Create(
        "demo", "Show a whole replication between two throw-away homes on this machine. Touches nothing of yours.", RunAsync);

    private static async Task<ExitCode> RunAsync(Invocation call)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken);
        deadline.CancelAfter(Deadline);
        await using var demo = new Demo(call.Engine);
        var steps = await demo.RunAsync(deadline.Token);
        call.Output.WriteResult(new DemoReport(steps, Succeeded: true), () => CliJson.Readable.DemoReport, writer => Write(steps, writer));
        return ExitCode.Done;
    }

    private static void Write(IReadOnlyList<DemoStep> steps, TextWriter writer)
    {
        var table = new Table("STEP", ">FILES", ">BYTES", ">MILLISECONDS");
        foreach (var step in steps)
        {
            table.Add(
                step.Name, step.Files.ToString("N0", CultureInfo.InvariantCulture), step.Bytes.ToString("N0", CultureInfo.InvariantCulture),
                step.Milliseconds.ToString("N0", CultureInfo.InvariantCulture));
        }

        table.Write(writer);
        writer.WriteLine();
        writer.WriteLine("It all held: the follower has what the master has, its own settings are kept, and the throw-away homes are removed.");
    }
}
