using System.Text.Json;
using System.Text.Json.Serialization;
using Codexport.Engine.Content;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Results;

namespace Codexport.Engine.Master.Gate;

/// <summary>One finding that the person confirmed.</summary>
/// <param name="Rule">What was looked for.</param>
/// <param name="Path">In which file.</param>
/// <param name="Mark">What was found, as a hash.</param>
/// <param name="ConfirmedAt">When, UTC.</param>
internal sealed record Confirmation(ScanRule Rule, string Path, string Mark, DateTimeOffset ConfirmedAt);

/// <summary>The whole of <c>confirmed.json</c>.</summary>
/// <param name="Version">Format of the file.</param>
/// <param name="Confirmed">Oldest first.</param>
internal sealed record ConfirmationBook(int Version, IReadOnlyList<Confirmation> Confirmed);

/// <summary>
/// The findings that the person confirmed, <c>master/confirmed.json</c>: the same thing in the same file is not asked about again. What
/// cannot be read counts as nothing confirmed.
/// </summary>
internal sealed class Confirmations(EngineContext context)
{
    private const int Format = 1;
    private const int MaxEntries = 10_000;
    private const int MaxFileSize = 8 << 20;

    private readonly string _path = Path.Combine(context.Home.MasterFolder, "confirmed.json");
    private HashSet<(ScanRule, string, string)>? _known;

    /// <summary>Whether the person confirmed it.</summary>
    public bool Has(ScanRule rule, string path, Sha256Hash mark)
    {
        _known ??= [.. Read().Select(item => (item.Rule, item.Path, item.Mark))];
        return _known.Contains((rule, path, mark.ToString()));
    }

    /// <summary>Remembers findings from now on.</summary>
    public void Add(IEnumerable<(ScanRule Rule, string Path, Sha256Hash Mark)> findings)
    {
        var now = context.Time.GetUtcNow();
        var all = Read().Concat(findings.Select(item => new Confirmation(item.Rule, item.Path, item.Mark.ToString(), now))).ToList();
        SetAside.IfNotFile(context, _path);
        AtomicFile.Write(
            context.Files, _path,
            JsonSerializer.SerializeToUtf8Bytes(
                new ConfirmationBook(Format, all[Math.Max(0, all.Count - MaxEntries)..]), ConfirmationContext.Default.ConfirmationBook),
            FilePermission.Private);
        _known = null;
    }

    private IReadOnlyList<Confirmation> Read()
    {
        if (context.Files.TryGetEntry(_path) is not { Kind: EntryKind.File, Size: <= MaxFileSize })
        {
            return [];
        }

        try
        {
            var book = JsonSerializer.Deserialize(AtomicFile.ReadAllBytes(context.Files, _path, MaxFileSize), ConfirmationContext.Default.ConfirmationBook);
            return book is { Version: Format, Confirmed: not null } ? [.. book.Confirmed.Where(item => item is { Path: not null, Mark: not null })] : [];
        }
        catch (JsonException error)
        {
            context.Trace?.Invoke($"'{_path}' cannot be read, so no finding counts as confirmed: {error.Message}");
            return [];
        }
    }
}

/// <summary>Reads and writes <see cref="ConfirmationBook"/> without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(ConfirmationBook))]
internal sealed partial class ConfirmationContext : JsonSerializerContext;
