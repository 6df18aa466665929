using Codexport.Engine.Homes;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Groups;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Master.Operations;

/// <summary>The groups of a master, as a person sees them.</summary>
internal sealed class GroupList(EngineContext context)
{
    /// <summary>By name.</summary>
    public IReadOnlyList<GroupInfo> Read()
    {
        MasterIdentity.Load(context).Dispose();
        var settings = SettingsFile.Read(context.Files, context.Home.SettingsFile);
        var followers = new FollowerRegistry(context).List().Where(follower => follower.State != FollowerState.Revoked).ToList();
        var newest = new PublishedRevisions(context).ReadIndex().Newest;
        return
        [
            .. GroupFolders.Find(context, settings).Select(name => new GroupInfo(
                name, GroupFolders.PathOf(context, name), followers.Count(follower => follower.Group == name),
                newest?.Groups.TryGetValue(name, out var revision) == true ? revision.ToString() : null, settings.GroupExcludes.GetValueOrDefault(name, []))),
        ];
    }
}
