using System.CommandLine;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine;
using Codexport.Engine.Follower;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport follower trust</c>.</summary>
internal static class FollowerTrustCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandFactory factory)
    {
        var fingerprint = new Option<string?>("--fingerprint")
        {
            Description = "Trust this key from now on: the fingerprint that 'codexport master init' shows on the master.",
            HelpName = "HEX",
        };
        return factory.Create(
            "trust", "Forget the master's key and the newest sequence number seen, after the master was really set up anew.",
            call => RunAsync(call, fingerprint), fingerprint);
    }

    private static async Task<ExitCode> RunAsync(Invocation call, Option<string?> fingerprint)
    {
        var result = await new FollowerOperations(call.Engine)
            .ResetTrustAsync(call.Arguments.GetValue(fingerprint), call.CancellationToken);
        call.Output.WriteResult(result, () => CliJson.Readable.TrustResult, writer =>
        {
            writer.WriteLine($"Trusted before: {result.PreviousFingerprint ?? "none"}");
            writer.WriteLine($"Trusted now:    {result.Fingerprint ?? "none; join again with a link of the new master"}");
        });
        return ExitCode.Done;
    }
}
