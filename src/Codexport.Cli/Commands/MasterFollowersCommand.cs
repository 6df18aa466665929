using System.CommandLine;
using System.Globalization;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport master followers [list|show|set|approve|revoke]</c>.</summary>
internal static class MasterFollowersCommand
{
    /// <summary>Makes the command; without a subcommand it lists.</summary>
    public static Command Create(CommandFactory factory)
    {
        var shown = Name();
        var approved = Name();
        var revoked = Name();
        var renew = new Option<bool>("--renew") { Description = "End the links that were given out as well: whoever kept one cannot join with it again." };
        var set = Name();
        var group = new Option<string?>("--group") { Description = "The group that it comes into; an empty text for none.", HelpName = "GROUP" };
        var ring = new Option<string?>("--ring") { Description = "The ring that it comes into; an empty text for the last one.", HelpName = "RING" };
        return factory.Create(
            "followers", "The machines that follow this master.", ListAsync,
            factory.Create("list", "List them, those that need attention first: who waits, who is behind, who failed, who was not seen for long.", ListAsync),
            factory.Create("show", "Show all that is known of one.", call => ShowAsync(call, call.Arguments.GetRequiredValue(shown)), shown),
            factory.Create(
                "set", "Put one into a group or ring; its next sync goes by that.",
                call => SetAsync(call, call.Arguments.GetRequiredValue(set), call.Arguments.GetValue(group), call.Arguments.GetValue(ring)), set, group, ring),
            factory.Create(
                "approve", "Let a waiting follower in.",
                call => ChangeAsync(call, approved, "may fetch from now on", (master, name) => master.ApproveFollowerAsync(name, call.CancellationToken)),
                approved),
            factory.Create(
                "revoke", "Shut a follower out at once. What it has fetched already stays with it.",
                call => RevokeAsync(call, call.Arguments.GetRequiredValue(revoked), call.Arguments.GetValue(renew)),
                revoked, renew));
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

    private static async Task<ExitCode> SetAsync(Invocation call, string name, string? group, string? ring)
    {
        if (group is null && ring is null)
        {
            throw new CodexportException(ErrorCode.InvalidUsage, "Nothing is said of where it is to be.", "Give --group GROUP or --ring RING.");
        }

        var follower = await new MasterOperations(call.Engine).SetFollowerAsync(name, group, ring, call.CancellationToken);
        call.Output.WriteResult(
            follower, () => CliJson.Readable.FollowerInfo,
            writer => writer.WriteLine(
                $"{Text.Printable(follower.Name)} ({Text.Printable(follower.Id)}) is in {(follower.Group is { } g ? $"the group {Text.Printable(g)}" : "no group")}, "
                    + $"{(follower.Ring is { } r ? $"ring {Text.Printable(r)}" : "the last ring")}."));
        return ExitCode.Done;
    }

    private static async Task<ExitCode> RevokeAsync(Invocation call, string name, bool renew)
    {
        var result = await new MasterOperations(call.Engine).RevokeFollowerAsync(name, renew, call.CancellationToken);
        string[] warnings = result.Warning is { } warning ? [warning] : [];
        call.Output.WriteResult(
            new RevokedFollower(result.Follower, warnings), () => CliJson.Readable.RevokedFollower,
            writer => writer.WriteLine($"{Text.Printable(result.Follower.Name)} ({Text.Printable(result.Follower.Id)}) is shut out."));
        call.Output.WriteWarnings(warnings);
        return ExitCode.Done;
    }

    private static void Write(IReadOnlyList<FollowerInfo> followers, TextWriter writer)
    {
        if (followers.Count == 0)
        {
            writer.WriteLine("No follower has joined yet. 'codexport master link --host NAME' prints the link to join with.");
            return;
        }

        var hasPlaces = followers.Any(follower => follower.Group is not null || follower.Ring is not null);
        var table = hasPlaces
            ? new Table("NAME", "STATE", "GROUP", "RING", ">BEHIND", "LAST SEEN", "LAST ERROR")
            : new Table("NAME", "STATE", ">BEHIND", "LAST SEEN", "LAST ERROR");
        var several = followers.GroupBy(follower => follower.Name).Where(group => group.Count() > 1).Select(group => group.Key).ToHashSet();
        foreach (var follower in followers)
        {
            // Where a name does not tell which machine is meant, the id does.
            string[] places = hasPlaces ? [follower.Group ?? "-", follower.Ring ?? "-"] : [];
            table.Add(
            [
                several.Contains(follower.Name) ? $"{follower.Name} ({follower.Id})" : follower.Name,
                follower.State.ToString().ToLowerInvariant(), .. places, Behind(follower), Text.Time(follower.LastSeen), follower.LastError ?? "-",
            ]);
        }

        table.Write(writer);
        if (followers.FirstOrDefault(follower => follower.State == FollowerState.Pending) is { } waiting)
        {
            writer.WriteLine();
            writer.WriteLine($"Let in who waits: codexport master followers approve {waiting.Id}");
        }
    }

    private static async Task<ExitCode> ShowAsync(Invocation call, string name)
    {
        var found = await new MasterOperations(call.Engine).GetFollowerAsync(name, call.CancellationToken);
        call.Output.WriteResult(found, () => CliJson.Readable.FollowerInfo, writer => WriteDetails(found, writer), isAskedFor: true);
        return ExitCode.Done;
    }

    // The applied revision may be no longer kept: then it is only known how far it is behind at least.
    private static string Behind(FollowerInfo follower)
        => follower.BehindMoreThan is { } more ? string.Create(CultureInfo.InvariantCulture, $"> {more}")
        : follower.Behind?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static void WriteDetails(FollowerInfo follower, TextWriter writer)
    {
        Line("Name", follower.Name);
        Line("Id", follower.Id);
        Line("State", follower.State.ToString().ToLowerInvariant());
        Line("Address", follower.Address);
        Line("Platform", follower.Platform);
        Line("Version", follower.Version);
        Line("Group", follower.Group ?? "-");
        Line("Ring", follower.Ring ?? "-");
        Line("Target", follower.TargetRevision ?? "-");
        Line("Applied", follower.AppliedRevision ?? "-");
        Line("Behind", Behind(follower));
        Line("Joined", Text.Time(follower.JoinedAt));
        Line("Last seen", Text.Time(follower.LastSeen));
        Line("Last error", follower.LastError ?? "-");

        void Line(string label, string value) => writer.WriteLine($"{label + ":",-12}{Text.Printable(value)}");
    }
}
