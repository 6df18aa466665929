using System.CommandLine;
using System.CommandLine.Help;
using Codexport.Cli.Commands;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;

namespace Codexport.Cli;

/// <summary>The command tree and what surrounds it.</summary>
internal static class CommandLine
{
    private const string Description =
        "Keeps one trusted Codex setup on a master machine and replicates it to follower machines that pull it.";

    /// <summary>Runs a command line.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        StandardStreams.UseUtf8();
        var global = new GlobalOptions();
        var root = CreateRoot(global);
        // '@name' is an argument like any other here, not a file of arguments.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(10) };
        if (parsed.CommandResult.Command.Name == MasterServeCommand.Name)
        {
            // It lets running transfers end, however long that takes, and sees to signals itself.
            configuration.ProcessTerminationTimeout = null;
        }

        if (parsed.Errors.Count > 0 && parsed.Action is not HelpWithExamples)
        {
            var output = new Output(configuration.Output, configuration.Error, args.Contains("--json"), isQuiet: false);
            // With an unknown word, that a command is missing says nothing more.
            var unknown = parsed.UnmatchedTokens.Count > 0;
            var messages = parsed.Errors.Skip(unknown && parsed.Errors.Count > 1 ? 1 : 0).Select(error => error.Message).Distinct();
            output.WriteError(Errors.Usage(
                string.Join(" ", messages), $"Run '{PathOf(parsed.CommandResult.Command)} --help' to see what it takes."));
            return (int)ExitCode.Usage;
        }

        return await parsed.InvokeAsync(configuration);
    }

    /// <summary>The whole tree.</summary>
    internal static RootCommand CreateRoot(GlobalOptions global)
    {
        var factory = new CommandFactory(global);
        var root = new RootCommand(Description)
        {
            CommandFactory.CreateGroup(
                "master", "The machine that holds the trusted setup.",
                MasterInitCommand.Create(factory), MasterServeCommand.Create(factory), MasterLinkCommand.Create(factory),
                MasterRebuildCommand.Create(factory), MasterPublishCommand.Create(factory), MasterDiffCommand.Create(factory), MasterRevisionsCommand.Create(factory),
                MasterRollbackCommand.Create(factory), MasterFollowersCommand.Create(factory),
                MasterGroupsCommand.Create(factory), MasterRolloutCommand.Create(factory), MasterDashboardCommand.Create(factory),
                MasterIdentityCommand.Create(factory), ServiceCommands.Create(factory)),
            CommandFactory.CreateGroup(
                "follower", "A machine that pulls the master's setup.",
                FollowerJoinCommand.Create(factory), FollowerLeaveCommand.Create(factory), FollowerTrustCommand.Create(factory),
                TimerCommands.Create(factory)),
            SyncCommand.Create(factory),
            ApplyCommand.Create(factory),
            DiffCommand.Create(factory),
            StatusCommand.Create(factory),
            DoctorCommand.Create(factory),
            HookCommands.Create(factory),
            ShellCommands.Create(factory),
            CommandFactory.CreateGroup(
                "backup", "Originals of what an apply replaced.",
                BackupListCommand.Create(factory), BackupRestoreCommand.Create(factory)),
            CommandFactory.CreateGroup("revision", "Revisions that were fetched and are kept.", RevisionListCommand.Create(factory)),
            DemoCommand.Create(factory),
            CompletionCommand.Create(factory),
        };
        root.Subcommands.Add(ManCommand.Create(factory, () => root, HelpWithExamples.Examples));
        global.AddTo(root);
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    private static string PathOf(Command command)
    {
        var names = new Stack<string>();
        for (var current = command; current is not (null or RootCommand); current = current.Parents.OfType<Command>().FirstOrDefault())
        {
            names.Push(current.Name);
        }

        return string.Join(' ', names.Prepend("codexport"));
    }
}
