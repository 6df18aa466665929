using System.CommandLine;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport master link</c>.</summary>
internal static class MasterLinkCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandFactory factory)
    {
        var host = new Option<string[]>("--host")
        {
            Description = "The name or address under which followers reach this machine; may be repeated, best first.",
            HelpName = "HOST",
            Required = true,
        };
        var port = SharedOptions.Port("The port, where it is another than the master's own (port forwarding).");
        var renew = new Option<bool>("--renew") { Description = "Make a new invite; older links admit nobody from then on." };
        var expires = new Option<string?>("--expires")
        {
            Description = "Make a link of its own that ends after a time, such as 30m, 1h or 7d. The master's durable link stays as it is.",
            HelpName = "TIME",
        };
        var uses = new Option<int?>("--uses")
        {
            Description = "Make a link of its own that lets in so many followers.",
            HelpName = "NUMBER",
        };
        var group = new Option<string?>("--group")
        {
            Description = "Make a link of its own whose followers come into this group.",
            HelpName = "GROUP",
        };
        return factory.Create(
            "link", "Print the link that followers join with. It holds the invite: give it only to your own machines.",
            call =>
            {
                var limits = new InviteLimits(
                    call.Arguments.GetValue(expires) is { } text ? Duration.Parse(text) : null, call.Arguments.GetValue(uses))
                {
                    Group = call.Arguments.GetValue(group),
                };
                return RunAsync(call, host, port, call.Arguments.GetValue(renew), limits);
            },
            host, port, renew, expires, uses, group);
    }

    private static async Task<ExitCode> RunAsync(Invocation call, Option<string[]> host, Option<int?> port, bool renew, InviteLimits limits)
    {
        var result = await new MasterOperations(call.Engine).CreateJoinLinkAsync(
            call.Arguments.GetRequiredValue(host), call.Arguments.GetValue(port), renew, limits, call.CancellationToken);
        call.Output.WriteResult(
            result,
            () => CliJson.Readable.JoinLinkResult,
            writer =>
            {
                writer.WriteLine(result.JoinLink);
                if (!call.Output.IsQuiet)
                {
                    writer.WriteLine();
                    writer.WriteLine("On the follower:");
                    writer.WriteLine($"  {result.Command}");
                    WriteLimits(result, writer);
                }
            },
            isAskedFor: true);
        return ExitCode.Done;
    }

    private static void WriteLimits(JoinLinkResult result, TextWriter writer)
    {
        if (result.Expires is not null || result.Uses is not null || result.Group is not null)
        {
            writer.WriteLine();
            var until = result.Expires is { } end ? $" until {Text.Time(end)}" : string.Empty;
            var uses = result.Uses switch { null => string.Empty, 1 => " for one follower", var count => $" for {count} followers" };
            var group = result.Group is { } name ? $" into the group {Text.Printable(name)}" : string.Empty;
            writer.WriteLine($"It lets in{uses}{group}{until}, and cannot be printed again.");
        }
    }
}
