using System.Text;
using Codexport.Engine.Apply;
using Codexport.Engine.Codex.Checking;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Codex;
using Codexport.Engine.Compose;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Paths;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Follower.Sync;

/// <summary>Keeps files from being applied with which the Codex of this machine would not start, or which it would ignore.</summary>
internal sealed class CodexStartCheck(EngineContext context)
{
    private const string Remedy =
        "Nothing was changed. Correct the file on the master, or the override on this machine, then sync again.";

    /// <summary>Checks what would be written, and the configuration when a file that it names changes.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.ConfigurationRejected"/> with file, line, column and key.</exception>
    public Task RequireAsync(Composition composition, CancellationToken cancellationToken)
    {
        var changes = composition.Plan.Changes.ToDictionary(change => change.Path, StringComparer.Ordinal);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var change in changes.Values.Where(change => change.After.Hash is not null && CodexLayout.KindOf(change.Path).IsJudged()))
        {
            // Of hooks that the follower itself got wrong it was warned already; the master's work nevertheless where they can.
            var text = Encoding.UTF8.GetString(Read(composition, change)!);
            if (CodexLayout.KindOf(change.Path) != CodexFileKind.Hooks || IsWellFormed(text))
            {
                texts[change.Path] = text;
            }
        }

        foreach (var (path, text) in composition.ComposedFiles.Where(file => CodexLayout.KindOf(file.Key).IsConfiguration()))
        {
            if (texts.Count > 0 || NamesAChange(path, text, changes))
            {
                texts[path] = text;
            }
        }

        return texts.Count == 0
            ? Task.CompletedTask
            : new CodexStartupCheck(context) { Find = Find }.RequireAsync(texts, Remedy, cancellationToken);

        byte[]? Find(string relative) => changes.TryGetValue(relative, out var change) ? Read(composition, change) : ReadNow(relative);
    }

    private static byte[]? Read(Composition composition, PlannedChange change)
    {
        if (change.After.Hash is not { } hash)
        {
            return null;
        }

        using var source = composition.Contents.OpenRead(hash);
        using var content = new MemoryStream();
        source.CopyTo(content);
        return content.ToArray();
    }

    private static bool IsWellFormed(string text)
        => HooksJson.Read(Encoding.UTF8.GetBytes(text), CodexLayout.HooksFile) is not { } root || HooksShape.ProblemOf(root) is null;

    private bool NamesAChange(string path, string text, Dictionary<string, PlannedChange> changes)
        => TomlDocument.TryParse(Encoding.UTF8.GetBytes(text), path, out var document, out _)
            && NamedFiles.Of(context, document.Root).Any(changes.ContainsKey);

    private byte[]? ReadNow(string relative)
        => context.Files.ResolveLinks(SafePath.Combine(context.Home.CodexFolder, relative)) is { } real
            && context.Files.TryGetEntry(real) is { Kind: EntryKind.File }
                ? AtomicFile.ReadAllBytes(context.Files, real)
                : null;
}
