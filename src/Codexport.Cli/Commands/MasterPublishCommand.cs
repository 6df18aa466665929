using System.CommandLine;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Cli.Stores;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport master publish</c>.</summary>
internal static class MasterPublishCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandFactory factory)
    {
        var target = new Argument<string?>("TARGET")
        {
            Description = "A folder by its path, s3://BUCKET/PREFIX or azure://CONTAINER/PREFIX; without it those under [[publish]] in local.toml.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var endpoint = new Option<string?>("--endpoint") { Description = "The service's address, where it is not the usual one.", HelpName = "URL" };
        var region = new Option<string?>("--region") { Description = "The region of an S3 bucket.", HelpName = "REGION" };
        var pathStyle = new Option<bool>("--path-style") { Description = "The bucket is part of the path, not of the host name (most S3 services but Amazon's)." };
        var takeOver = new Option<bool>("--take-over") { Description = "Replace what another master, or another copy of this one, has published there." };
        return factory.Create(
            "publish",
            "Publish the revision in service to a folder or an object store, sealed for the followers, so that they can fetch it while this machine is off.",
            call => RunAsync(
                call,
                call.Arguments.GetValue(target) is { } named
                    ? [TargetOf(named, call.Arguments.GetValue(endpoint), call.Arguments.GetValue(region), call.Arguments.GetValue(pathStyle))]
                    : [],
                call.Arguments.GetValue(takeOver)),
            target, endpoint, region, pathStyle, takeOver);
    }

    // A folder is given as any path on a command line is, and remembered as the whole path that it means.
    private static PublishTarget TargetOf(string named, string? endpoint, string? region, bool pathStyle)
    {
        var isAddress = named.Contains("://", StringComparison.Ordinal);
        return new PublishTarget(isAddress ? named : Path.GetFullPath(named)) { Endpoint = endpoint, Region = region, PathStyle = pathStyle };
    }

    private static async Task<ExitCode> RunAsync(Invocation call, IReadOnlyList<PublishTarget> targets, bool takeOver)
    {
        var results = await new MasterOperations(call.Engine).PublishAsync(targets, ObjectStores.Opener(call.Engine), takeOver, call.CancellationToken);
        call.Output.WriteResult(new PublicationList(results), () => CliJson.Readable.PublicationList, writer =>
        {
            foreach (var result in results)
            {
                Write(result, writer);
            }
        });
        call.Output.WriteWarnings(results.SelectMany(result => result.Warnings));
        return ExitCode.Done;
    }

    private static void Write(PublicationResult result, TextWriter writer)
    {
        writer.WriteLine(result.Status == PublicationStatus.Current
            ? $"{Text.Printable(result.Target)} holds revision {Text.Short(result.Revision)} already."
            : $"Published revision {Text.Short(result.Revision)} to {Text.Printable(result.Target)}: {Text.Count(result.ObjectsUploaded, "upload")}, {Text.Size(result.BytesUploaded)}.");
        writer.WriteLine($"Sealed for {Text.Count(result.Followers, "follower")}"
            + (result.ObjectsRemoved > 0 ? $"; {Text.Count(result.ObjectsRemoved, "object")} that nobody needs any more cleared away." : "."));
    }
}
