using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Codexport.Engine;
using Codexport.Engine.Codex;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell;

/// <summary>Completes an argument with names that are on this disk; asks nobody over the network and never fails.</summary>
public abstract class DiskCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ArgumentNullException.ThrowIfNull(fakeBoundParameters);
        var pattern = Words.PatternOf(wordToComplete);
        try
        {
            var context = Open(fakeBoundParameters["HomePath"] as string, fakeBoundParameters["CodexPath"] as string);
            return [.. Find(context).Where(item => pattern.IsMatch(item.Name)).Select(item => Words.ToResult(item.Name, item.Hint))];
        }
        catch (CodexportException)
        {
            // No follower here, or no backup: nothing to offer.
            return [];
        }
    }

    /// <summary>What there is to choose from.</summary>
    protected abstract IEnumerable<(string Name, string Hint)> Find(EngineContext context);

    private static EngineContext Open(string? home, string? codex) => HomeOperations.Open(new HomeOptions(Full(home), Full(codex)));

    // A completer has no session to ask; a relative path means the process's folder, a drive of PowerShell's own finds nothing.
    private static string? Full(string? path) => path is null ? null : Path.GetFullPath(path);
}

/// <summary>Completes the names of backups.</summary>
public sealed class BackupCompleter : DiskCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Find(EngineContext context)
        => new FollowerOperations(context).GetBackupsAsync(CancellationToken.None).GetAwaiter().GetResult()
            .Select(backup => (backup.Name, $"{backup.CreatedAt:u}, {backup.Files} files, {backup.Label}"));
}

/// <summary>Completes the hashes of revisions that are still kept.</summary>
public sealed class RevisionCompleter : DiskCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Find(EngineContext context)
        => new FollowerOperations(context).GetRevisions().Select(kept => (kept.Revision, $"{kept.FetchedAt:u}, {kept.Files} files{(kept.Applied ? ", applied" : kept.Staged ? ", staged" : string.Empty)}"));
}

/// <summary>Completes the names of followers, on the master; the ids where a name stands for several.</summary>
public sealed class FollowerCompleter : DiskCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Find(EngineContext context)
        => new MasterOperations(context).GetFollowersAsync(CancellationToken.None).GetAwaiter().GetResult()
            .GroupBy(follower => follower.Name)
            .SelectMany(group => group.Count() == 1 ? group.Select(one => (one.Name, Hint(one))) : group.Select(one => (one.Id, $"{one.Name}, {Hint(one)}")));

    private static string Hint(FollowerInfo follower) => $"{follower.State}, {follower.Platform}, id {follower.Id}";
}

/// <summary>Completes the names of groups, on the master.</summary>
public sealed class GroupCompleter : DiskCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Find(EngineContext context)
        => new MasterOperations(context).GetGroupsAsync(CancellationToken.None).GetAwaiter().GetResult()
            .Select(group => (group.Name, $"{group.Followers} followers, {group.Folder}"));
}

/// <summary>Completes the names of rings, on the master.</summary>
public sealed class RingCompleter : DiskCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Find(EngineContext context)
        => new MasterOperations(context).GetRolloutAsync(CancellationToken.None).GetAwaiter().GetResult().Rings
            .Select(ring => (ring.Name, $"{ring.Followers} followers"));
}

/// <summary>Completes the revisions that the master has published and keeps.</summary>
public sealed class BundleCompleter : DiskCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Find(EngineContext context)
        => new MasterOperations(context).GetBundlesAsync(CancellationToken.None).GetAwaiter().GetResult()
            .Select(bundle => (bundle.Revision, $"{bundle.PublishedAt:u}{(bundle.InService ? ", in service" : string.Empty)}"));
}

/// <summary>Completes the names of MCP servers.</summary>
public sealed class McpServerCompleter : DiskCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Find(EngineContext context)
        => McpServers.FindNames(context).Select(server => (server.Name, $"defined in {server.File}"));
}
