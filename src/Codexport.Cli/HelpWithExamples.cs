using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Codexport.Cli;

/// <summary>The usual help; for the program as a whole with examples and exit codes.</summary>
/// <param name="standard">The library's own help.</param>
internal sealed class HelpWithExamples(HelpAction standard) : SynchronousCommandLineAction
{
    private const string Examples = """
        Examples:
          See it work, without touching anything of yours:
            codexport demo

          On the master, once; then keep it serving, and hand out the link:
            codexport master init
            codexport master serve
            codexport master link --host master.example.ts.net
            codexport master service install    the machine serves, instead of you

          On each follower, with the link:
            codexport follower join - --apply

          Every day, on a follower:
            codexport diff            what would change, and what was changed locally
            codexport sync --apply    fetch, verify and apply
            codexport status          how things stand
            codexport doctor          what is wrong, and what to do about it

          Without thinking of it: at every start of Codex
            codexport hook install    counts in part from the next session on
            codexport shell install   'codex' syncs first, so it counts at once
            codexport follower timer install    by the clock, where Codex stays open

        Exit codes:
          0 done   1 failed   2 wrong usage   3 conflict with local names, files or drift
          4 trust refused   5 master unreachable

        """;

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var exitCode = standard.Invoke(parseResult);
        if (parseResult.CommandResult.Command is RootCommand)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(Examples);
        }

        return exitCode;
    }
}
