using System.CommandLine;
using Codexport.Cli.Rendering;
using Codexport.Engine;
using Codexport.Engine.Errors;

namespace Codexport.Cli.Composition;

/// <summary>Gives every command the same frame: context, output, prompts, errors.</summary>
/// <param name="global">The options that every command takes.</param>
internal sealed class CommandFactory(GlobalOptions global)
{
    /// <summary>Makes a command that does something.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does, for the help.</param>
    /// <param name="body">The work; its exit code is the program's.</param>
    /// <param name="symbols">Its options and arguments, in the order of the help.</param>
    public Command Create(string name, string description, Func<Invocation, Task<ExitCode>> body, params ReadOnlySpan<Symbol> symbols)
        => Create(name, description, body, survive: null, symbols);

    /// <summary>Makes a command that may go on after an error.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does, for the help.</param>
    /// <param name="body">The work; its exit code is the program's.</param>
    /// <param name="survive">Tells of an error in its own way and gives true, or leaves it to the usual way; homes and settings are errors too.</param>
    /// <param name="symbols">Its options and arguments, in the order of the help.</param>
    public Command Create(
        string name, string description, Func<Invocation, Task<ExitCode>> body, Func<ParseResult, Output, Exception, bool>? survive,
        params ReadOnlySpan<Symbol> symbols)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            switch (symbol)
            {
                case Option option: command.Options.Add(option); break;
                case Argument argument: command.Arguments.Add(argument); break;
                case Command subcommand: command.Subcommands.Add(subcommand); break;
                default: throw new ArgumentException($"A command holds no {symbol.GetType().Name}.", nameof(symbols));
            }
        }

        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, body, survive, cancellationToken));
        return command;
    }

    /// <summary>Makes a command that only holds others.</summary>
    public static Command CreateGroup(string name, string description, params ReadOnlySpan<Command> commands)
    {
        var group = new Command(name, description);
        foreach (var command in commands)
        {
            group.Subcommands.Add(command);
        }

        return group;
    }

    private async Task<int> RunAsync(
        ParseResult parsed, Func<Invocation, Task<ExitCode>> body, Func<ParseResult, Output, Exception, bool>? survive, CancellationToken cancellationToken)
    {
        var output = new Output(
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error,
            parsed.GetValue(global.Json), parsed.GetValue(global.Quiet))
        {
            Terminal = Terminal.Detect(Environment.GetEnvironmentVariable, Console.IsOutputRedirected, parsed.GetValue(global.NoColor), Terminal.AskConsole),
        };
        try
        {
            using var progress = ProgressLine.Create(output);
            output.Progress = progress;
            var engine = HomeOperations.Open(global.ReadHome(parsed)) with { Progress = progress };
            var prompt = new Prompt(output, isAllowed: !parsed.GetValue(global.NoInput), progress);
            return (int)await body(new Invocation(parsed, engine, output, prompt, cancellationToken));
        }
        catch (Exception error) when (survive is not null && !DebugMode.IsOn && survive(parsed, output, error))
        {
            return (int)ExitCode.Done;
        }
        catch (CodexportException error)
        {
            output.WriteError(error);
            return (int)error.ExitCode;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            output.WriteError(Errors.Cancelled());
            return (int)ExitCode.Failed;
        }
        catch (Exception error) when (!DebugMode.IsOn)
        {
            output.WriteError(Errors.Unexpected(error));
            return (int)ExitCode.Failed;
        }
    }
}
