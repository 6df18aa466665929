using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Results;

namespace Codexport.Cli.Commands;

/// <summary>The question of the first apply: may files that are there already be backed up and replaced?</summary>
internal static class Adoption
{
    /// <summary>Does the work; where it stops for that question, asks it, and goes on if the answer is yes.</summary>
    public static async Task<SyncResult> AskIfNeededAsync(Invocation call, bool adopt, Func<bool, Task<SyncResult>> work)
    {
        try
        {
            return await work(adopt);
        }
        catch (CodexportException error) when (error.Code == ErrorCode.AdoptionRequired && !adopt && call.Prompt.IsInteractive)
        {
            call.Output.Progress?.Clear();
            call.Output.Error.WriteLine(Text.Printable(error.Message));
            foreach (var (_, value) in error.Details)
            {
                call.Output.Error.WriteLine($"  {Text.Printable(value)}");
            }

            if (!call.Prompt.Confirm("Back them up and replace them with the master's?"))
            {
                throw;
            }
        }

        return await work(true);
    }
}
