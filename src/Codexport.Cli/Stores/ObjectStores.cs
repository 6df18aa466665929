using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Native;
using Codexport.Engine.Publication;
using Codexport.Engine.Settings;

namespace Codexport.Cli.Stores;

/// <summary>Opens the stores that are services. Only here, so that nothing of their libraries is loaded for anything else.</summary>
internal static class ObjectStores
{
    /// <summary>What opens a store for the engine.</summary>
    public static Func<PublishTarget, IRevisionStore> Opener(EngineContext context) => target => Open(target, context.Environment);

    private static IRevisionStore Open(PublishTarget target, Func<string, string?> environment)
    {
        // Services are known by the system's roots, which the program leaves unread for its own master's sake.
        SystemRoots.ReadAgain();
        return target.Target switch
        {
            _ when target.Target.StartsWith("s3://", StringComparison.OrdinalIgnoreCase) => S3Store.Open(target),
            _ when target.Target.StartsWith("azure://", StringComparison.OrdinalIgnoreCase) => AzureStore.Open(target, environment),
            _ => throw new CodexportException(
                ErrorCode.InvalidUsage, $"'{target.Target}' is a kind of address that this program does not know.",
                "Name a folder by its whole path, s3://BUCKET/PREFIX or azure://CONTAINER/PREFIX.", target.Target),
        };
    }

    /// <summary>The first part of an address and what stands behind it, which then ends with a slash.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.InvalidUsage"/>.</exception>
    internal static (string Container, string Prefix) Split(PublishTarget target)
    {
        var rest = target.Target[(target.Target.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var container = slash < 0 ? rest : rest[..slash];
        var prefix = slash < 0 ? string.Empty : rest[(slash + 1)..].Trim('/');
        return container.Length > 0 && !container.Contains('@', StringComparison.Ordinal)
            ? (container, prefix.Length == 0 ? string.Empty : prefix + "/")
            : throw new CodexportException(
                ErrorCode.InvalidUsage, "The address of a store names no bucket, or holds more than bucket and path.",
                "Write it as s3://BUCKET/PREFIX or azure://CONTAINER/PREFIX; credentials come from the environment.");
    }
}
