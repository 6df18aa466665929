using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine;

/// <summary>What a person asks of a home whatever its role is.</summary>
public sealed class HomeOperations(EngineContext context)
{
    /// <summary>The context of this machine, for the home that the options, the environment and the settings name.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.HomeNotFound"/>, or the settings cannot be read.</exception>
    public static EngineContext Open(HomeOptions options) => HomeOpening.Of(options).Context;

    /// <summary>How things stand; asks nobody over the network.</summary>
    public Task<StatusResult> GetStatusAsync(CancellationToken cancellationToken)
    {
        var settings = SettingsFile.Read(context.Files, context.Home.SettingsFile);
        return settings.Role switch
        {
            Role.Follower => new FollowerOperations(context).GetStatusAsync(cancellationToken),
            Role.Master => Task.FromResult(ReadMaster(settings)),
            _ => Task.FromResult(new StatusResult { Role = Role.None, CodexFolder = context.Home.CodexFolder, Warnings = settings.Warnings }),
        };
    }

    private StatusResult ReadMaster(LocalSettings settings)
    {
        using var identity = MasterIdentity.Load(context);
        var published = new PublishedRevisions(context);
        var head = published.ReadHead(identity);
        var document = head is null ? null : published.ReadDocument(head.Revision);
        return new StatusResult
        {
            Role = Role.Master,
            CodexFolder = context.Home.CodexFolder,
            MasterUrl = $"port {settings.Port}",
            Fingerprint = identity.Fingerprint,
            Revision = head?.Revision.ToString(),
            Files = document is null ? 0 : RevisionCodec.Read(document).Files.Count,
            Categories = settings.Categories,
            HeadExpires = head?.Expires.LocalDateTime,
            Waiting = new WaitingFile(context).TryRead(),
            RolledBackTo = RollbackHold.TryRead(context)?.Revision.ToString(),
            Followers = new FollowerRegistry(context).List().Count,
            Warnings = settings.Warnings,
        };
    }
}
