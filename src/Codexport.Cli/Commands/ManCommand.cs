using System.CommandLine;
using System.Globalization;
using Codexport.Cli.Composition;
using Codexport.Engine.Errors;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport man</c>: the manual page, written from the very commands that <c>--help</c> shows.</summary>
internal static class ManCommand
{
    /// <summary>What the command is called.</summary>
    public const string Name = "man";

    /// <summary>Makes the command.</summary>
    /// <param name="factory">Makes commands.</param>
    /// <param name="root">The whole tree, once it is there.</param>
    /// <param name="examples">The examples and exit codes that the help ends with.</param>
    public static Command Create(CommandFactory factory, Func<RootCommand> root, string examples) => factory.Create(
        Name, "Print the manual page: codexport man > codexport.1",
        call =>
        {
            Write(root(), examples, call.Output.Standard);
            return Task.FromResult(ExitCode.Done);
        });

    private static void Write(RootCommand root, string examples, TextWriter writer)
    {
        writer.WriteLine(".TH CODEXPORT 1");
        writer.WriteLine(".SH NAME");
        writer.WriteLine($"codexport \\- {Roff(root.Description)}");
        writer.WriteLine(".SH SYNOPSIS");
        writer.WriteLine(".B codexport\n.I COMMAND\n[\\fIOPTIONS\\fR]");
        writer.WriteLine(".SH COMMANDS");
        foreach (var command in root.Subcommands)
        {
            WriteCommand(command, command.Name, writer);
        }

        writer.WriteLine(".SH OPTIONS OF EVERY COMMAND");
        WriteOptions(root, writer);
        writer.WriteLine(".SH EXAMPLES AND EXIT CODES");
        writer.WriteLine(".nf");
        foreach (var line in examples.ReplaceLineEndings("\n").Split('\n'))
        {
            writer.WriteLine(Roff(line));
        }

        writer.WriteLine(".fi");
    }

    private static void WriteCommand(Command command, string path, TextWriter writer)
    {
        if (command.Hidden)
        {
            return;
        }

        var arguments = string.Concat(command.Arguments.Select(argument => argument.Arity.MinimumNumberOfValues == 0 ? $" [{argument.Name}]" : $" {argument.Name}"));
        writer.WriteLine($".SS \"codexport {Roff(path + arguments)}\"");
        writer.WriteLine(Roff(command.Description));
        foreach (var argument in command.Arguments.Where(argument => argument.Description is not null))
        {
            WriteItem(argument.Name, argument.Description, writer);
        }

        WriteOptions(command, writer);
        foreach (var child in command.Subcommands)
        {
            WriteCommand(child, $"{path} {child.Name}", writer);
        }
    }

    private static void WriteOptions(Command command, TextWriter writer)
    {
        foreach (var option in command.Options.Where(option => !option.Hidden))
        {
            var names = string.Join(", ", option.Aliases.Order(StringComparer.Ordinal).Prepend(option.Name).Distinct());
            WriteItem(option.HelpName is { } value ? $"{names} {value}" : names, option.Description, writer);
        }
    }

    private static void WriteItem(string name, string? description, TextWriter writer)
    {
        writer.WriteLine(".TP");
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\\fB{Roff(name)}\\fR"));
        writer.WriteLine(Roff(description));
    }

    // A point or an apostrophe at the beginning of a line would be a request to the formatter.
    private static string Roff(string? text)
    {
        var plain = (text ?? string.Empty).Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal);
        return plain.StartsWith('.') || plain.StartsWith('\'') ? "\\&" + plain : plain;
    }
}
