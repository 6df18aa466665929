using Codexport.Engine.Errors;

namespace Codexport.Engine.Settings;

/// <summary>A place to publish to: one <c>[[publish]]</c> table of <c>local.toml</c>, or what a command names.</summary>
/// <param name="Target">A folder, <c>s3://BUCKET/PREFIX</c> or <c>azure://CONTAINER/PREFIX</c>. Never holds a secret.</param>
public sealed record PublishTarget(string Target)
{
    /// <summary>How long what no longer is needed stays, for followers that are in the middle of fetching it.</summary>
    public static readonly TimeSpan DefaultGrace = TimeSpan.FromDays(7);

    /// <summary>The address of the service, where it is not the usual one.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The region, for S3.</summary>
    public string? Region { get; init; }

    /// <summary>Whether the bucket is part of the path and not of the host, for S3.</summary>
    public bool PathStyle { get; init; }

    /// <summary>How long what is no longer needed stays.</summary>
    public TimeSpan Grace { get; init; } = DefaultGrace;

    /// <summary>Whether it is a bucket, or a container, of a service.</summary>
    public bool IsRemote => Target.StartsWith("s3://", StringComparison.OrdinalIgnoreCase) || Target.StartsWith("azure://", StringComparison.OrdinalIgnoreCase);

    /// <summary>The folder that it names, absolute; null when it is not one.</summary>
    /// <param name="userHome">What <c>~</c> stands for.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.InvalidUsage"/> for an address of another kind, or a relative path.</exception>
    public string? Folder(string userHome)
    {
        if (IsRemote)
        {
            return null;
        }

        var path = Target.StartsWith("file://", StringComparison.OrdinalIgnoreCase) && Uri.TryCreate(Target, UriKind.Absolute, out var url) ? url.LocalPath
            : Target == "~" || Target.StartsWith("~/", StringComparison.Ordinal) ? Path.Join(userHome, Target[1..])
            : Target;
        return !Target.Contains("://", StringComparison.Ordinal) || path != Target
            ? Path.IsPathFullyQualified(path) ? Path.GetFullPath(path) : throw Unknown("it is not an absolute path")
            : throw Unknown("that kind of address is not known");
    }

    private CodexportException Unknown(string why) => new(
        ErrorCode.InvalidUsage,
        $"'{Target}' cannot be published to: {why}.",
        "Name a folder by its whole path, s3://BUCKET/PREFIX or azure://CONTAINER/PREFIX.",
        Target);
}
