using Codexport.Engine.Apply;
using Codexport.Engine.Compose;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Apply;

/// <summary>
/// A Codex home in use, and a new revision for it that writes, replaces and deletes 50 files: skills, an emptied folder, a file that
/// becomes a folder and the reverse, a credential, hooks.json and a config.toml that is the person's link.
/// </summary>
internal sealed class ApplyScenario
{
    public const string NewState = "{\"revision\":\"new\"}";
    public const string OldState = "{\"revision\":\"old\"}";

    // A whole path on either system: with its drive on Windows.
    public static readonly string UserHome = Path.GetFullPath("/home/user").Replace(Path.DirectorySeparatorChar, '/');
    public static readonly string CodexFolder = UserHome + "/.codex";
    public static readonly string LinkedConfiguration = UserHome + "/dotfiles/codex.toml";

    private readonly SortedDictionary<string, string> _old = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _new = new(StringComparer.Ordinal);

    private int _nextId = 0xc0ffed;

    public ApplyScenario()
    {
        for (var index = 0; index < 20; index++)
        {
            _new[$"skills/new-{index}/SKILL.md"] = $"new skill {index}";
        }

        for (var index = 0; index < 14; index++)
        {
            _old[$"skills/kept-{index % 5}/part-{index}.md"] = $"old part {index}";
            _new[$"skills/kept-{index % 5}/part-{index}.md"] = $"new part {index}";
        }

        for (var index = 0; index < 8; index++)
        {
            _old[$"skills/gone-{index % 3}/sub/file-{index}.md"] = $"gone {index}";
        }

        _old["prompts/shape"] = "a file that becomes a folder";
        _new["prompts/shape/inner.md"] = "inside";
        _old["rules/tree/one.md"] = "a folder that becomes a file";
        _new["rules/tree"] = "now a file";
        _new["auth.json"] = "p {\"OPENAI_API_KEY\":\"secret-new\"}";
        _old["auth.json"] = "p {\"OPENAI_API_KEY\":\"secret-old\"}";
        _old["hooks/run.sh"] = "x echo old";
        _new["hooks/run.sh"] = "x echo new";
        _old["hooks.json"] = "{\"hooks\":\"old\"}";
        _new["hooks.json"] = "{\"hooks\":\"new\"}";
        _old["config.toml"] = "p model = \"old\"";
        _new["config.toml"] = "p model = \"new\"";
        Personal = new(StringComparer.Ordinal)
        {
            ["skills/mine/SKILL.md"] = "the person's own",
            ["skills/kept-0/mine.md"] = "also the person's",
            ["notes.txt"] = "notes",
        };
    }

    /// <summary>Files that no plan may touch.</summary>
    public SortedDictionary<string, string> Personal { get; }

    public DictionaryContentStore Contents { get; } = new();

    public static CodexportHome Home { get; } = new(UserHome, CodexFolder);

    public static string StateFile => Path.Join(Home.MachineStateFolder, "applied.json");

    public ApplyOptions Options => new() { Parallelism = 1, NewId = () => Interlocked.Increment(ref _nextId).ToString("x8", System.Globalization.CultureInfo.InvariantCulture) };

    public static EngineContext Context(IFileSystem files) => new(Home, files, TimeProvider.System);

    /// <summary>A disk with the old revision.</summary>
    public MemoryFileSystem MakeDisk(bool hasVolumeFlush = true, DiskRules rules = DiskRules.Unix)
    {
        var disk = new MemoryFileSystem(hasVolumeFlush: hasVolumeFlush, rules: rules);
        foreach (var (path, text) in _old.Concat(Personal))
        {
            disk.WriteExternally(path == "config.toml" ? LinkedConfiguration : $"{CodexFolder}/{path}", Text(text), PermissionOf(text));
        }

        disk.LinkExternally($"{CodexFolder}/config.toml", LinkedConfiguration);
        disk.WriteExternally(StateFile, OldState, FilePermission.Private);
        return disk;
    }

    /// <summary>The plan from what is on the disk to the new revision, as a composer makes it; lines that the person added to config.toml stay.</summary>
    public ApplyPlan Plan(MemoryFileSystem disk)
    {
        var changes = new List<PlannedChange>();
        foreach (var path in _old.Keys.Union(_new.Keys, StringComparer.Ordinal))
        {
            var before = TargetProbe.Read(disk, $"{CodexFolder}/{path}");
            var text = _new.GetValueOrDefault(path);
            if (path == "config.toml")
            {
                text += PersonsLines(disk);
            }

            var after = text is null ? TargetState.Absent : new TargetState(Contents.Add(Text(text)), text[..2] == "x ");
            if (before != after)
            {
                changes.Add(PlannedChanges.Of(path, before, after, text is null ? 0 : Text(text).Length));
            }
        }

        return new ApplyPlan(changes, StateFile, System.Text.Encoding.UTF8.GetBytes(NewState), "old");
    }

    public async Task<ApplyOutcome> ApplyAsync(IFileSystem files, ApplyPlan plan)
        => await ApplyTransaction.RunAsync(Context(files), Contents, plan, Options, TestContext.Current.CancellationToken);

    public RecoveryResult Recover(IFileSystem files) => ApplyRecovery.Recover(Context(files), Contents, Options);

    /// <summary>Asserts that the disk holds one revision whole, the person's files, and no trace of a transaction.</summary>
    public void AssertWhole(MemoryFileSystem disk, bool isNew, string personsLines = "")
    {
        var expected = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, text) in (isNew ? _new : _old).Concat(Personal))
        {
            expected[path] = disk.HasExecutableBit || text[..2] != "x " ? text : Text(text);
            for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
            {
                expected[path[..slash]] = "folder";
            }
        }

        var configuration = expected["config.toml"] + personsLines;
        expected["config.toml"] = "-> " + LinkedConfiguration;
        Assert.Equal(Lines(expected), Lines(disk.Snapshot(CodexFolder)));
        Assert.Equal(new Dictionary<string, string> { ["codex.toml"] = configuration }, disk.Snapshot(UserHome + "/dotfiles"));
        Assert.Equal(
            new Dictionary<string, string> { ["applied.json"] = "p " + (isNew ? NewState : OldState) },
            disk.Snapshot(Home.MachineStateFolder));
        Assert.DoesNotContain(disk.Snapshot(Home.StateFolder).Values, text => text.Contains("secret", StringComparison.Ordinal));
    }

    private static string Lines(SortedDictionary<string, string> files)
        => string.Join('\n', files.Select(file => file.Key + ": " + file.Value));

    private static string PersonsLines(MemoryFileSystem disk)
    {
        var text = System.Text.Encoding.UTF8.GetString(AtomicFile.ReadAllBytes(disk, LinkedConfiguration));
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        return end < 0 ? "" : text[end..];
    }

    private static string Text(string text) => text[..2] is "p " or "x " ? text[2..] : text;

    private static FilePermission PermissionOf(string text)
        => text[..2] switch { "p " => FilePermission.Private, "x " => FilePermission.Executable, _ => FilePermission.Normal };
}
