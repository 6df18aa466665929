using System.CommandLine;
using System.Globalization;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine;
using Codexport.Engine.Master;
using Codexport.Engine.Results;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport master followers [list|approve|revoke]</c>.</summary>
internal static class MasterFollowersCommand
{
    /// <summary>Makes the command; without a subcommand it lists.</summary>
    public static Command Create(CommandFactory factory)
    {
        var approved = Name();
        var revoked = Name();
        return factory.Create(
            "followers", "The machines that follow this master.", ListAsync,
            factory.Create("list", "List them, those that need attention first.", ListAsync),
            factory.Create(
                "approve", "Let a waiting follower in.",
                call => ChangeAsync(call, approved, "may fetch from now on", (master, name) => master.ApproveFollowerAsync(name, call.CancellationToken)),
                approved),
            factory.Create(
                "revoke", "Shut a follower out at once. What it has fetched already stays with it.",
                call => ChangeAsync(call, revoked, "is shut out", (master, name) => master.RevokeFollowerAsync(name, call.CancellationToken)),
                revoked));
    }

    private static Argument<string> Name() => new("NAME") { Description = "Its name, or its id where several have that name." };

    private static async Task<ExitCode> ListAsync(Invocation call)
    {
        var followers = await new MasterOperations(call.Engine).GetFollowersAsync(call.CancellationToken);
        call.Output.WriteResult(new FollowerList(followers), () => CliJson.Readable.FollowerList, writer => Write(followers, writer), isAskedFor: true);
        return ExitCode.Done;
    }

    private static async Task<ExitCode> ChangeAsync(
        Invocation call, Argument<string> name, string outcome, Func<MasterOperations, string, Task<FollowerInfo>> change)
    {
        var follower = await change(new MasterOperations(call.Engine), call.Arguments.GetRequiredValue(name));
        call.Output.WriteResult(
            follower, () => CliJson.Readable.FollowerInfo,
            writer => writer.WriteLine($"{Text.Printable(follower.Name)} ({Text.Printable(follower.Id)}) {outcome}."));
        return ExitCode.Done;
    }

    private static void Write(IReadOnlyList<FollowerInfo> followers, TextWriter writer)
    {
        if (followers.Count == 0)
        {
            writer.WriteLine("No follower has joined yet. 'codexport master link --host NAME' prints the link to join with.");
            return;
        }

        var table = new Table("NAME", "ID", "STATE", "ADDRESS", "PLATFORM", "VERSION", ">BEHIND", "LAST SEEN", "LAST ERROR");
        foreach (var follower in followers)
        {
            table.Add(
                follower.Name, follower.Id, follower.State.ToString().ToLowerInvariant(), follower.Address, follower.Platform, follower.Version,
                follower.RevisionsBehind?.ToString(CultureInfo.InvariantCulture) ?? "-", Text.Time(follower.LastSeen), follower.LastError ?? "-");
        }

        table.Write(writer);
    }
}
