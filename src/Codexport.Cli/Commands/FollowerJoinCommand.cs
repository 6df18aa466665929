using System.CommandLine;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Protocol;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport follower join</c>.</summary>
internal static class FollowerJoinCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandFactory factory)
    {
        var symbols = new Symbols();
        return factory.Create(
            "join", "Trust a master, register with it and fetch its setup. The master can run code on this machine (MCP servers, hooks, rules): join only your own.",
            call => RunAsync(call, symbols),
            symbols.Link, symbols.LinkFile, symbols.Master, symbols.Fingerprint, symbols.Invite, symbols.Name, symbols.Apply, symbols.Adopt);
    }

    private static async Task<ExitCode> RunAsync(Invocation call, Symbols symbols)
    {
        var link = symbols.ReadLink(call);
        var apply = call.Arguments.GetValue(symbols.Apply);
        var follower = new FollowerOperations(call.Engine);
        var result = await Adoption.AskIfNeededAsync(
            call, call.Arguments.GetValue(symbols.Adopt), adopt => follower.JoinAsync(new JoinOptions(link, apply, adopt) { Name = call.Arguments.GetValue(symbols.Name) }, call.CancellationToken));
        return SyncText.Write(call, result);
    }

    private sealed class Symbols
    {
        public Argument<string?> Link { get; } = new("LINK")
        {
            Description = "The link that 'codexport master link' printed; '-' reads it from standard input, so that other users do not see it in the list of processes.",
            Arity = ArgumentArity.ZeroOrOne,
        };

        public Option<string?> LinkFile { get; } = new("--link-file")
        {
            Description = "A file whose first line is the link.",
            HelpName = "FILE",
        };

        public Option<string[]> Master { get; } = new("--master")
        {
            Description = "Instead of a link: where the master is, such as http://master.example.ts.net:17342; may be repeated, best first.",
            HelpName = "URL",
        };

        public Option<string?> Fingerprint { get; } = new("--fingerprint")
        {
            Description = "With --master: the fingerprint that 'codexport master init' shows.",
            HelpName = "HEX",
        };

        public Option<string?> Invite { get; } = new("--invite")
        {
            Description = "With --master: the invite; without one the follower waits until it is approved.",
            HelpName = "TOKEN",
        };

        public Option<string?> Name { get; } = new("--name")
        {
            Description = "What this follower is called in the master's book; without it the name of the machine.",
            HelpName = "NAME",
        };

        public Option<bool> Apply { get; } = new("--apply") { Description = "Apply what was fetched; without it everything is staged only." };

        public Option<bool> Adopt { get; } = SharedOptions.Adopt();

        public JoinLink ReadLink(Invocation call)
        {
            var arguments = call.Arguments;
            var link = LinkText.Read(call, arguments.GetValue(Link), arguments.GetValue(LinkFile));
            var masters = arguments.GetValue(Master) is { Length: > 0 } urls ? urls : null;
            var fingerprint = arguments.GetValue(Fingerprint);
            var invite = arguments.GetValue(Invite);
            return (link, masters) switch
            {
                ({ }, { }) => throw Errors.Usage(
                    "Both a join link and --master were given.", "Give one of them."),
                ({ }, null) when fingerprint is not null || invite is not null => throw Errors.Usage(
                    "A join link holds the fingerprint and the invite already.", "Leave out --fingerprint and --invite, or use --master instead of the link."),
                ({ }, null) => JoinLink.Parse(link),
                (null, { }) when fingerprint is null => throw Errors.Usage(
                    "--master needs --fingerprint.", "Take the fingerprint from 'codexport master init' on the master."),
                (null, { }) => JoinLink.FromUrls(masters, fingerprint, invite),
                _ => throw Errors.Usage(
                    "No master was named.", "Give the link that 'codexport master link' prints on the master, or --master with --fingerprint."),
            };
        }
    }
}
