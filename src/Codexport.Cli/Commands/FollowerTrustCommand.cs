using System.CommandLine;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;

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
        var follow = new Option<bool>("--follow")
        {
            Description = "Keep the pinned key, and trust a new key of the master when the old one vouches for it ('codexport master identity rotate').",
        };
        var noFollow = new Option<bool>("--no-follow") { Description = "Take that back: a new key is refused until you trust it." };
        return factory.Create(
            "trust",
            "Forget the master's key and the newest sequence number seen, after the master was really set up anew; or say with --follow whether a new key may follow the old one.",
            call => call.Arguments.GetValue(follow) || call.Arguments.GetValue(noFollow)
                ? FollowAsync(call, call.Arguments.GetValue(follow), call.Arguments.GetValue(noFollow), call.Arguments.GetValue(fingerprint))
                : RunAsync(call, fingerprint),
            fingerprint, follow, noFollow);
    }

    private static async Task<ExitCode> FollowAsync(Invocation call, bool follow, bool noFollow, string? fingerprint)
    {
        if ((follow && noFollow) || fingerprint is not null)
        {
            throw Errors.Usage("--follow, --no-follow and --fingerprint exclude each other.", "Give one of them.");
        }

        var result = await new FollowerOperations(call.Engine).SetFollowAsync(follow, call.CancellationToken);
        call.Output.WriteResult(result, () => CliJson.Readable.TrustResult, writer =>
        {
            writer.WriteLine($"Trusted: {result.Fingerprint ?? "none"}");
            writer.WriteLine(follow
                ? "A new key that this one vouches for is trusted from now on."
                : "A new key of the master is refused from now on, whoever vouches for it.");
        });
        return ExitCode.Done;
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
