using System.CommandLine;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Results;
using Codexport.Engine.Shells;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport shell install|uninstall|status</c>.</summary>
internal static class ShellCommands
{
    /// <summary>Makes the commands.</summary>
    public static Command Create(CommandFactory factory)
    {
        var installed = Shells("The shells; without any, the one that you use.");
        var removed = Shells("The shells; without any, all that have it.");
        return CommandFactory.CreateGroup(
            "shell", "Makes 'codex' sync before it starts, so that an update counts at once.",
            factory.Create(
                "install", "Put a marked block into the shell's profile that defines 'codex' as a quick sync and then the real program.",
                call => Change(call, Named(call, installed, shells => [shells.DefaultShell]), (shells, shell) => shells.Install(shell)), installed),
            factory.Create(
                "uninstall", "Remove the block.",
                call => Change(
                    call, Named(call, removed, shells => [.. shells.GetStatus().Where(item => item.Installed).Select(item => item.Shell)]),
                    (shells, shell) => shells.Uninstall(shell)),
                removed),
            factory.Create("status", "Show which shells have it.", StatusAsync));
    }

    private static Argument<ShellKind[]> Shells(string description)
        => new("SHELL") { Description = description, Arity = ArgumentArity.ZeroOrMore };

    private static ShellOperations Open(Invocation call) => new(call.Engine) { Program = OwnProgram.Path };

    private static ShellKind[] Named(Invocation call, Argument<ShellKind[]> argument, Func<ShellOperations, ShellKind[]> byDefault)
        => call.Arguments.GetValue(argument) is { Length: > 0 } named ? named : byDefault(Open(call));

    private static Task<ExitCode> Change(Invocation call, ShellKind[] kinds, Func<ShellOperations, ShellKind, ShellIntegrationInfo> change)
    {
        var shells = Open(call);
        var results = kinds.Distinct().Select(kind => change(shells, kind)).ToList();
        call.Output.WriteResult(new ShellIntegrationList(results), () => CliJson.Readable.ShellIntegrationList, writer =>
        {
            foreach (var item in results)
            {
                writer.WriteLine(item switch
                {
                    { Changed: false, Installed: true } => $"Nothing changed: it is in {Text.Printable(item.File)} already.",
                    { Changed: false } => $"Nothing changed: it is not in {Text.Printable(item.File)}.",
                    { Installed: true } => $"Put into {Text.Printable(item.File)}; it counts in the shells that you open from now on.",
                    _ => $"Removed from {Text.Printable(item.File)}.",
                });
            }

            if (results.Count == 0)
            {
                writer.WriteLine("Nothing changed: no shell has it.");
            }
        });
        return Task.FromResult(ExitCode.Done);
    }

    private static Task<ExitCode> StatusAsync(Invocation call)
    {
        var all = Open(call).GetStatus();
        call.Output.WriteResult(
            new ShellIntegrationList(all), () => CliJson.Readable.ShellIntegrationList,
            writer =>
            {
                var table = new Table("SHELL", "STATE", "FILE");
                foreach (var item in all)
                {
                    var state = item.Installed ? item.Current ? "installed" : "installed, not current" : "not installed";
                    table.Add(item.Shell.ToString().ToLowerInvariant(), state, item.File);
                }

                table.Write(writer);
            },
            isAskedFor: true);
        return Task.FromResult(ExitCode.Done);
    }
}
