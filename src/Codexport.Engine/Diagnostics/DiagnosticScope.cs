using Codexport.Engine.Codex;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Follower.Sync;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Diagnostics;

/// <summary>What the checks share, each part read when it is first asked for. A part that cannot be read fails the checks that need it.</summary>
internal sealed class DiagnosticScope(EngineContext context, FollowerServices services)
{
    private readonly Lazy<CodexProgram?> _codex = new(() => CodexProgram.Find(context));
    private readonly Lazy<LocalSettings> _settings = new(() => SettingsFile.Read(context.Files, context.Home.SettingsFile));
    private readonly Lazy<EnrollmentRecord?> _enrollment = new(() => EnrollmentRecord.TryRead(context));
    private readonly Lazy<ContactRecord> _contact = new(() => ContactRecord.Read(context));

    public EngineContext Context => context;

    public FollowerServices Services => services;

    public CodexProgram? Codex => _codex.Value;

    public LocalSettings Settings => _settings.Value;

    /// <summary>Pin and credential; null for what is not a follower.</summary>
    public EnrollmentRecord? Enrollment => _enrollment.Value;

    public ContactRecord Contact => _contact.Value;

    public bool IsMaster => context.Files.TryGetEntry(context.Home.MasterFolder) is { Kind: EntryKind.Directory };

    public string CodexFile(string relative) => Path.Join(context.Home.CodexFolder, relative);

    /// <summary>The content of a file of the Codex home; null when it is not there.</summary>
    public byte[]? ReadCodexFile(string relative) => AtomicFile.TryReadAllBytes(context.Files, CodexFile(relative));
}
