using System.CommandLine;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Operations;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport master init</c>.</summary>
internal static class MasterInitCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandFactory factory)
    {
        var port = SharedOptions.Port("The port that this master will listen on (17342 unless it was set).");
        return factory.Create(
            "init", "Make this home the master: a key of its own, and the first revision of your setup.",
            call => RunAsync(call, port), port);
    }

    private static async Task<ExitCode> RunAsync(Invocation call, Option<int?> port)
    {
        var master = new MasterOperations(call.Engine);
        var roots = call.Prompt.IsInteractive ? await AskAsync(call, master) : [];
        var result = await master.InitializeAsync(call.Arguments.GetValue(port), roots, call.CancellationToken);
        call.Output.WriteResult(result, () => CliJson.Readable.InitResult, writer =>
        {
            writer.WriteLine($"This is the master: {Text.Count(result.Files, "file")}, {Text.Size(result.Bytes)}, revision {Text.Short(result.Revision)}.");
            writer.WriteLine($"Fingerprint: {result.Fingerprint}");
            writer.WriteLine("Next: 'codexport master serve', and 'codexport master link --host NAME' for the followers.");
        });
        call.Output.WriteWarnings(result.Warnings);
        return ExitCode.Done;
    }

    private static async Task<List<string>> AskAsync(Invocation call, MasterOperations master)
    {
        var allowed = new List<string>();
        foreach (var folder in await master.FindLinkedFoldersAsync(call.CancellationToken))
        {
            var question = $"Links of the Codex home lead into '{Text.Printable(folder.Folder)}' ({Text.Printable(string.Join(", ", folder.Links.Take(5)))}). "
                + "May what they lead to go to the followers?";
            if (call.Prompt.Confirm(question))
            {
                allowed.Add(folder.Folder);
            }
        }

        return allowed;
    }
}
