using System.Text;
using Codexport.Engine.Apply;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Content;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Compose;

/// <summary>What all parts of one composition share.</summary>
/// <param name="Context">The home and the disk.</param>
/// <param name="Input">What is composed.</param>
/// <param name="Overlay">The person's layers.</param>
/// <param name="Present">What stands in the Codex home.</param>
/// <param name="Contents">Contents by hash.</param>
/// <param name="Report">What is decided.</param>
internal sealed record ComposeScope(
    EngineContext Context, CompositionInput Input, OverlayLayers Overlay, PresentFiles Present, LayeredContents Contents, CompositionReport Report)
{
    /// <summary>This machine's paths.</summary>
    internal PortablePaths Paths { get; } = Context.PathsWith(Input.Settings.PathVariables);

    /// <summary>A file of the revision; null when it has none of that path.</summary>
    internal RevisionFile? Canonical(string path) => Input.Document.Files.FirstOrDefault(file => file.Path == path);

    /// <summary>A file of the person's overrides; null when there is none of that path.</summary>
    internal byte[]? Override(string path)
        => Overlay.Overrides.FirstOrDefault(file => file.Path == path) is { } file ? AtomicFile.ReadAllBytes(Context.Files, file.Source) : null;

    /// <summary>What was written last; null when the file was not ours.</summary>
    internal AppliedFile? Applied(string path) => Input.Applied?.Files.FirstOrDefault(file => file.Path == path);

    /// <summary>What was generated last; null when nothing was.</summary>
    internal string? Base(string path) => Input.Applied?.GeneratedTexts.GetValueOrDefault(path);

    /// <summary>Whether a hook is trusted on the master as it runs on this platform, by the portable form of it.</summary>
    internal bool IsTrusted(HookHandler portable)
        => Input.Settings.TrustHooks && HookTrust.Hash(portable, Context.Machine.Style) is { } hash && Input.Document.TrustedHooks.Contains(hash);

    /// <summary>Plans the writing of a composed file, where it is not there already, and takes it under management.</summary>
    internal void Write(string path, string text, byte[]? local)
    {
        var content = Encoding.UTF8.GetBytes(text);
        var isExecutable = local is not null && Present.Read(path).IsExecutable;
        var before = local is null ? TargetState.Absent : new TargetState(Sha256Hash.Of(local), isExecutable);
        var after = new TargetState(Contents.Add(content), isExecutable);
        if (before != after)
        {
            Present.BeforeWrite(path, Report);
            Report.Steps.Add(PlannedChanges.Of(path, before, after, content.Length));
        }

        Report.ComposedFiles[path] = text;
        Report.Manage(path, after.Hash!.Value, isExecutable, content.Length);
    }

    /// <summary>Plans the deletion of a composed file.</summary>
    internal void Delete(string path, byte[] local) => Report.Steps.Add(PlannedChanges.Of(
        path, new TargetState(Sha256Hash.Of(local), Present.Read(path).IsExecutable), TargetState.Absent));

    /// <summary>Whether the bytes are what was written last.</summary>
    internal bool IsAsApplied(string path, byte[] local) => Applied(path) is { } applied && applied.Hash == Sha256Hash.Of(local);
}
