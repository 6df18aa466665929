using System.CommandLine;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport master revisions</c>.</summary>
internal static class MasterRevisionsCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandFactory factory)
        => factory.Create("revisions", "List the revisions that this master has published and keeps, newest first.", RunAsync);

    private static async Task<ExitCode> RunAsync(Invocation call)
    {
        var bundles = await new MasterOperations(call.Engine).GetBundlesAsync(call.CancellationToken);
        call.Output.WriteResult(new BundleInfoList(bundles), () => CliJson.Readable.BundleInfoList, writer => Write(bundles, writer), isAskedFor: true);
        return ExitCode.Done;
    }

    private static void Write(IReadOnlyList<BundleInfo> bundles, TextWriter writer)
    {
        if (bundles.Count == 0)
        {
            writer.WriteLine("Nothing is published yet. 'codexport master rebuild' does it.");
            return;
        }

        var table = new Table("REVISION", "PUBLISHED", "STATE");
        foreach (var bundle in bundles)
        {
            table.Add(Text.Short(bundle.Revision), Text.Time(bundle.PublishedAt), State(bundle));
        }

        table.Write(writer);
    }

    private static string State(BundleInfo bundle)
        => bundle.Rings.Count > 0 ? $"ring {string.Join(", ", bundle.Rings)}" : bundle.InService ? "in service" : string.Empty;
}
