using Codexport.Engine.Codex;
using Codexport.Engine.Follower.Wire;
using Codexport.Engine.Homes;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Follower.Sync;

/// <summary>What the follower's operations are made of, so that a test can put a hostile master or a failing disk in a part's place.</summary>
internal sealed record FollowerServices
{
    /// <summary>Makes a connection to a master; it connects when it is first used.</summary>
    public Func<ConnectionOptions, IMasterConnection> Connect { get; init; } = options => new MasterConnection(options);

    /// <summary>Asks for the head over plain HTTP.</summary>
    public Func<IReadOnlyList<MasterAddress>, string?, TimeSpan, CancellationToken, HeadAnswer> CheckHead { get; init; } = HeadCheck.Get;

    /// <summary>Asks one address for the statements of changed keys over plain HTTP.</summary>
    public Func<MasterAddress, TimeSpan, CancellationToken, byte[]?> AskRotations { get; init; } = HeadCheck.GetRotations;

    /// <summary>Asks a publication for its head, unless it still is that of a tag: with the time to connect and the time for all of it.</summary>
    public Func<EngineContext, PublicationAddress, string?, TimeSpan, TimeSpan, CancellationToken, PublishedHead> CheckPublication { get; init; }
        = PublicationCheck.Get;

    /// <summary>Opens a publication, with the time to connect and the time without an answer.</summary>
    public Func<EngineContext, PublicationAddress, TimeSpan, TimeSpan, IPublicationReader> OpenPublication { get; init; }
        = (context, address, connect, idle) => address.Folder is null ? new WebReader(address, connect, idle) : new FolderReader(context.Files, address);

    /// <summary>Composes for a Codex home and changes it.</summary>
    public Func<EngineContext, IHomeChanger> Changer { get; init; } = context => new HomeChanger(context);

    /// <summary>Tells open sessions of Codex that something changed; whether they took it in.</summary>
    public Func<EngineContext, CancellationToken, Task<bool>> TellSessions { get; init; } = (context, cancellationToken) => new OpenSessions(context).ReloadAsync(cancellationToken);

    /// <summary>What is not taken more of.</summary>
    public Limits Limits { get; init; } = Limits.Default;

    /// <summary>How this machine calls itself at the master.</summary>
    public string MachineName { get; init; } = Environment.MachineName;
}
