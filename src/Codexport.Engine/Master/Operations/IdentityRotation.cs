using Codexport.Engine.Homes;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Master.Operations;

/// <summary>Gives the master a new key, and counts the followers that will be told of it.</summary>
internal static class IdentityRotation
{
    /// <summary>Rotates.</summary>
    public static async Task<RotationResult> RunAsync(EngineContext context, CancellationToken cancellationToken)
    {
        // Loaded before the lock makes a folder: a home that is not a master's gets no trace.
        MasterIdentity.Load(context).Dispose();
        using var held = await BuildLock.AcquireAsync(context, cancellationToken);
        using var old = MasterIdentity.Load(context);
        var statement = new KeyChange(context).Run(old);

        // Heads of rings and groups are signed by the new key too.
        using (var renewed = MasterIdentity.Load(context))
        {
            new PublishedRevisions(context) { Rollout = SettingsFile.Read(context.Files, context.Home.SettingsFile).Rollout }.EnsureHead(renewed);
        }

        var followers = new FollowerRegistry(context).List().Count(follower => follower.State != FollowerState.Revoked);
        return new RotationResult(old.Fingerprint, statement.NewFingerprint, statement.IssuedAt.LocalDateTime, followers);
    }
}
