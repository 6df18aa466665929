using System.Text.Json;
using System.Text.Json.Serialization;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Master.Dashboard;

/// <summary>
/// Where a running master serves its dashboard, and the key that proves to it who comes from this user: <c>master/dashboard.json</c>, which
/// nobody else can read. Each run has a port and a key of its own; the file goes with it.
/// </summary>
/// <param name="Port">The port on 127.0.0.1.</param>
/// <param name="Key">32 random bytes.</param>
public sealed record DashboardDoor(int Port, byte[] Key)
{
    /// <summary>How long a key is.</summary>
    public const int KeySize = 32;

    private const int MaxFileSize = 4096;

    /// <summary>Where it lies.</summary>
    public static string PathOf(EngineContext context) => Path.Combine(context.Home.MasterFolder, "dashboard.json");

    /// <summary>The page that leads a browser in, written by the command and of no use after that.</summary>
    public static string LeadInOf(EngineContext context) => Path.Combine(context.Home.MasterFolder, "dashboard.html");

    /// <summary>What the running master wrote; null when none is running with a dashboard, or the file is damaged.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.StateUnsafe"/> when others may read it.</exception>
    public static DashboardDoor? TryRead(EngineContext context)
    {
        var path = PathOf(context);
        if (context.Files.TryGetEntry(path) is not { Kind: EntryKind.File, Size: <= MaxFileSize })
        {
            return null;
        }

        StateGuard.RequireSecret(context.Files, path);
        try
        {
            return AtomicFile.TryReadAllBytes(context.Files, path, MaxFileSize) is { } content
                && JsonSerializer.Deserialize(content, DashboardDoorContext.Default.DashboardDoor) is { Port: > 0 and <= 65535, Key.Length: KeySize } door ? door : null;
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Writes it, 0600.</summary>
    public void Write(EngineContext context)
    {
        SetAside.IfNotFile(context, PathOf(context));
        AtomicFile.Write(context.Files, PathOf(context), JsonSerializer.SerializeToUtf8Bytes(this, DashboardDoorContext.Default.DashboardDoor), FilePermission.Private);
    }

    /// <summary>Takes it away, unless another run has written its own meanwhile.</summary>
    public void Remove(EngineContext context)
    {
        if (TryRead(context) is { } present && present.Port == Port && present.Key.AsSpan().SequenceEqual(Key))
        {
            context.Files.DeleteFile(PathOf(context));
        }

        context.Files.DeleteFile(LeadInOf(context));
    }

    /// <summary>Shows nothing of the key.</summary>
    public override string ToString() => $"DashboardDoor {{ {Port} }}";
}

/// <summary>Reads and writes <see cref="DashboardDoor"/> without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DashboardDoor))]
internal sealed partial class DashboardDoorContext : JsonSerializerContext;
