using System.CommandLine;
using System.Globalization;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport master groups</c>.</summary>
internal static class MasterGroupsCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandFactory factory)
        => factory.Create("groups", "List the groups of followers, each with the folder whose files lie over what everybody gets.", RunAsync);

    private static async Task<ExitCode> RunAsync(Invocation call)
    {
        var groups = await new MasterOperations(call.Engine).GetGroupsAsync(call.CancellationToken);
        call.Output.WriteResult(new GroupList(groups), () => CliJson.Readable.GroupList, writer => Write(groups, writer), isAskedFor: true);
        return ExitCode.Done;
    }

    private static void Write(IReadOnlyList<GroupInfo> groups, TextWriter writer)
    {
        if (groups.Count == 0)
        {
            writer.WriteLine("There is no group. A folder ~/.codexport/groups/NAME makes one; 'codexport master followers set FOLLOWER --group NAME' puts a follower into it.");
            return;
        }

        var table = new Table("GROUP", ">FOLLOWERS", "REVISION", "FOLDER");
        foreach (var group in groups)
        {
            table.Add(group.Name, group.Followers.ToString(CultureInfo.InvariantCulture), Text.Short(group.Revision), group.Folder);
        }

        table.Write(writer);
    }
}
