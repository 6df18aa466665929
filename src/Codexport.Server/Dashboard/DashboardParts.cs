using Codexport.Engine;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Operations;

namespace Codexport.Server.Dashboard;

/// <summary>What the dashboard shows and does: the same operations that the commands call, and what the running server alone knows.</summary>
/// <param name="Home">What may be asked of any home.</param>
/// <param name="Master">The operations.</param>
/// <param name="Syncs">The last syncs of each follower.</param>
/// <param name="Publication">How the last look at the Codex home ended.</param>
/// <param name="Feed">Where changes are told.</param>
/// <param name="Surroundings">What the server knows of itself.</param>
/// <param name="Refresh">Puts in force at once what an operation wrote.</param>
/// <param name="Time">The clock.</param>
internal sealed record DashboardParts(
    HomeOperations Home, MasterOperations Master, SyncHistory Syncs, PublicationBoard Publication, LiveFeed Feed, Func<Surroundings> Surroundings, Action Refresh, TimeProvider Time);

/// <summary>What the server knows of itself.</summary>
/// <param name="Fingerprint">The fingerprint of the key in service.</param>
/// <param name="HeadExpires">When the head in service expires; null while nothing is published.</param>
/// <param name="Port">The port for followers.</param>
/// <param name="IsWatching">Whether it looks for changes of the Codex home.</param>
internal sealed record Surroundings(string Fingerprint, DateTimeOffset? HeadExpires, int Port, bool IsWatching);
