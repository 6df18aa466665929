using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Codexport.Engine.Results;

namespace Codexport.Cli.Rendering;

/// <summary>Writes results as JSON without reflection.</summary>
[JsonSerializable(typeof(ErrorReport))]
[JsonSerializable(typeof(SyncReport))]
[JsonSerializable(typeof(CompareResult))]
[JsonSerializable(typeof(StatusResult))]
[JsonSerializable(typeof(RestoreResult))]
[JsonSerializable(typeof(LeaveResult))]
[JsonSerializable(typeof(TrustResult))]
[JsonSerializable(typeof(BackupList))]
[JsonSerializable(typeof(RevisionList))]
[JsonSerializable(typeof(InitResult))]
[JsonSerializable(typeof(RebuildResult))]
[JsonSerializable(typeof(JoinLinkResult))]
[JsonSerializable(typeof(DashboardResult))]
[JsonSerializable(typeof(PublicationList))]
[JsonSerializable(typeof(RotationResult))]
[JsonSerializable(typeof(DelegationResult))]
[JsonSerializable(typeof(IdentityExportResult))]
[JsonSerializable(typeof(IdentityImportResult))]
[JsonSerializable(typeof(BundleCompareResult))]
[JsonSerializable(typeof(BundleInfoList))]
[JsonSerializable(typeof(RollbackResult))]
[JsonSerializable(typeof(GroupList))]
[JsonSerializable(typeof(RolloutResult))]
[JsonSerializable(typeof(FollowerList))]
[JsonSerializable(typeof(FollowerInfo))]
[JsonSerializable(typeof(RevokedFollower))]
[JsonSerializable(typeof(DemoReport))]
[JsonSerializable(typeof(HookChangeResult))]
[JsonSerializable(typeof(HookStatusResult))]
[JsonSerializable(typeof(ShellIntegrationList))]
[JsonSerializable(typeof(DiagnosticReport))]
[JsonSerializable(typeof(ServiceChangeResult))]
[JsonSerializable(typeof(ServiceStatusResult))]
[JsonSerializable(typeof(TimerStatusResult))]
internal sealed partial class CliJson : JsonSerializerContext
{
    /// <summary>
    /// Names and words in camelCase; escapes only what JSON demands, as the output is read by people and programs, never put into a web page.
    /// </summary>
    public static CliJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters =
        {
            new UniversalTimeConverter(),
            new CamelCaseConverter<Role>(),
            new CamelCaseConverter<SetupCategory>(),
            new CamelCaseConverter<RebuildStatus>(),
            new CamelCaseConverter<BundleState>(),
            new CamelCaseConverter<ScanRule>(),
            new CamelCaseConverter<ImportStatus>(),
            new CamelCaseConverter<PublicationStatus>(),
            new CamelCaseConverter<SyncStatus>(),
            new CamelCaseConverter<ChangeAction>(),
            new CamelCaseConverter<ChangeReason>(),
            new CamelCaseConverter<FollowerState>(),
            new CamelCaseConverter<ShellKind>(),
            new CamelCaseConverter<DiagnosticLevel>(),
            new CamelCaseConverter<ServiceFileAction>(),
        },
    });
}

/// <summary>Writes a local time as the same moment in UTC, so that a program need not know where it was written.</summary>
internal sealed class UniversalTimeConverter : JsonConverter<DateTime>
{
    /// <inheritdoc/>
    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset().LocalDateTime;

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options)
        => writer.WriteStringValue(new DateTimeOffset(value).ToUniversalTime());
}

/// <summary>Writes an enumeration's members as camelCase words.</summary>
internal sealed class CamelCaseConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase)
    where T : struct, Enum;

/// <summary>The JSON form of <c>master followers revoke</c>: the follower, and what is still to know.</summary>
/// <param name="Follower">The follower.</param>
/// <param name="Warnings">Whole sentences for the person.</param>
internal sealed record RevokedFollower([property: JsonIgnore] FollowerInfo Follower, [property: JsonPropertyOrder(1)] IReadOnlyList<string> Warnings)
    : FollowerInfo(Follower);

/// <summary>The JSON form of <c>master groups</c>.</summary>
/// <param name="Groups">By name.</param>
internal sealed record GroupList(IReadOnlyList<GroupInfo> Groups);

/// <summary>The JSON form of <c>master revisions</c>.</summary>
/// <param name="Revisions">Newest first.</param>
internal sealed record BundleInfoList(IReadOnlyList<BundleInfo> Revisions);

/// <summary>The JSON form of <c>backup list</c>.</summary>
/// <param name="Backups">Newest first.</param>
internal sealed record BackupList(IReadOnlyList<BackupInfo> Backups);

/// <summary>The JSON form of <c>revision list</c>.</summary>
/// <param name="Revisions">Newest first.</param>
internal sealed record RevisionList(IReadOnlyList<RevisionInfo> Revisions);

/// <summary>The JSON form of <c>master followers list</c>.</summary>
/// <param name="Followers">Those that need attention first.</param>
internal sealed record FollowerList(IReadOnlyList<FollowerInfo> Followers);

/// <summary>The JSON form of <c>master publish</c>.</summary>
/// <param name="Publications">One for each store, in their order.</param>
internal sealed record PublicationList(IReadOnlyList<PublicationResult> Publications);

/// <summary>The JSON form of <c>shell</c>.</summary>
/// <param name="Shells">How the integration stands in each.</param>
internal sealed record ShellIntegrationList(IReadOnlyList<ShellIntegrationInfo> Shells);

/// <summary>The JSON form of <c>demo</c>.</summary>
/// <param name="Steps">What was done.</param>
/// <param name="Succeeded">Whether all of it held.</param>
internal sealed record DemoReport(IReadOnlyList<DemoStep> Steps, bool Succeeded);

/// <summary>One step of the demo.</summary>
/// <param name="Name">What was done.</param>
/// <param name="Files">Files concerned.</param>
/// <param name="Bytes">Bytes published, or received over the network.</param>
/// <param name="Milliseconds">How long it took.</param>
internal sealed record DemoStep(string Name, int Files, long Bytes, long Milliseconds);
