using System.Text.Json;
using System.Text.Json.Serialization;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Results;

namespace Codexport.Engine.Master.Publishing;

/// <summary>What the last rebuild did not let go, <c>master/waiting.json</c>: for those who show it, nothing is decided by it.</summary>
internal sealed class WaitingFile(EngineContext context)
{
    private const int MaxSize = 4 << 20;
    private const int MostFindings = 1000;

    private readonly string _path = Path.Combine(context.Home.MasterFolder, "waiting.json");

    /// <summary>What waits; null when nothing does, or it cannot be read.</summary>
    public WaitingPublication? TryRead()
    {
        if (context.Files.TryGetEntry(_path) is not { Kind: EntryKind.File, Size: <= MaxSize })
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(AtomicFile.ReadAllBytes(context.Files, _path, MaxSize), WaitingContext.Default.WaitingPublication);
        }
        catch (JsonException error)
        {
            context.Trace?.Invoke($"'{_path}' cannot be read: {error.Message}");
            return null;
        }
    }

    /// <summary>Notes what waits; since when stays what it was.</summary>
    public void Write(WaitingPublication waiting)
    {
        var before = TryRead();
        var noted = waiting with
        {
            Since = before?.Since ?? waiting.Since,
            Findings = [.. waiting.Findings.Take(MostFindings)],
        };
        if (before is null || JsonSerializer.Serialize(before, WaitingContext.Default.WaitingPublication)
            != JsonSerializer.Serialize(noted, WaitingContext.Default.WaitingPublication))
        {
            SetAside.IfNotFile(context, _path);
            AtomicFile.Write(
                context.Files, _path, JsonSerializer.SerializeToUtf8Bytes(noted, WaitingContext.Default.WaitingPublication), FilePermission.Private);
        }
    }

    /// <summary>Nothing waits any more.</summary>
    public void Clear()
    {
        if (context.Files.TryGetEntry(_path) is { Kind: EntryKind.File })
        {
            context.Files.DeleteFile(_path);
        }
    }
}

/// <summary>Reads and writes <see cref="WaitingPublication"/> without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(WaitingPublication))]
internal sealed partial class WaitingContext : JsonSerializerContext;
