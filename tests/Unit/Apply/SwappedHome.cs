using Codexport.Engine.Apply;
using Codexport.Engine.Compose;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Apply;

/// <summary>
/// A Codex home on the real disk and a revision for it, and beside it a place of somebody else's that looks the same: whatever is read through
/// a link to it is what a plan expects, so only the way there can keep a transaction from changing it.
/// </summary>
internal sealed class SwappedHome : IDisposable
{
    /// <summary>Folders in which a transaction works.</summary>
    public static readonly string[] Inner = [".codex/skills", ".codex/skills/kept", ".codex/rules", ".codex/rules/deep", ".agents/skills", ".agents/skills/second"];

    /// <summary>The folders that it begins at. Where one is a link before, the person made it; from then on it is held.</summary>
    public static readonly string[] Roots = [".codex", ".agents", ".codexport/backups", ".codexport/state"];

    private const int Revisions = 2;

    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();
    private readonly DictionaryContentStore _contents = new();
    private int _nextId = 0xabcd00;

    public SwappedHome()
    {
        Home = new CodexportHome(_folder["home"], _folder["home/.codex"]);
        Directory.CreateDirectory(Home.MachineStateFolder);
        Directory.CreateDirectory(Home.BackupsFolder);
        foreach (var (path, text) in Texts(0))
        {
            Write(path, text);
        }

        File.WriteAllText(AppliedStateFile, "{}");
        Copy(_folder["home"], _folder["elsewhere"]);
        Outside = Snapshot(_folder["elsewhere"]);
    }

    public CodexportHome Home { get; }

    private string AppliedStateFile => Path.Join(Home.MachineStateFolder, "applied.json");

    private string Outside { get; }

    private ApplyOptions Options => new()
    {
        Parallelism = 1,
        NewId = () => Interlocked.Increment(ref _nextId).ToString("x8", System.Globalization.CultureInfo.InvariantCulture),
    };

    /// <summary>Exchanges a folder for a link to the place of somebody else's, at once, and back again when it is called again.</summary>
    public void Swap(string folder)
    {
        var link = _folder["link"];
        if (!Path.Exists(link))
        {
            Directory.CreateSymbolicLink(link, _folder["elsewhere/" + folder]);
        }

        LibC.Exchange(_folder["home/" + folder], link);
    }

    /// <summary>Takes a folder away.</summary>
    public void Take(string folder) => Directory.Move(_folder["home/" + folder], _folder["away"]);

    /// <summary>Puts everything back where it was.</summary>
    public void PutBack(string folder)
    {
        var place = _folder["home/" + folder];
        if (new DirectoryInfo(place).LinkTarget is not null)
        {
            Swap(folder);
        }

        if (Directory.Exists(_folder["away"]))
        {
            if (Directory.Exists(place))
            {
                Directory.Delete(place, recursive: true);
            }

            // Emptied by that, the folder above may have gone with what was deleted in it.
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            Directory.Move(_folder["away"], place);
        }
    }

    /// <summary>Finishes what an earlier run left and applies a revision over whatever the home holds then.</summary>
    public void Apply(IFileSystem files, int revision)
    {
        ApplyRecovery.Recover(Context(files), _contents, Options);
        ApplyAlone(files, revision);
    }

    /// <summary>Applies a revision.</summary>
    public void ApplyAlone(IFileSystem files, int revision)
    {
        var (wanted, disk) = (Texts(revision), new PhysicalFileSystem());
        var changes = new List<PlannedChange>();
        foreach (var path in Texts(0).Keys.Union(Texts(1).Keys))
        {
            var before = TargetProbe.Read(disk, Home.Locate(path));
            var after = wanted.TryGetValue(path, out var text) ? new TargetState(_contents.Add(text), false) : TargetState.Absent;
            if (!TargetProbe.Same(disk, before, after))
            {
                changes.Add(PlannedChanges.Of(path, before, after, text?.Length ?? 0));
            }
        }

        var plan = new ApplyPlan(changes, AppliedStateFile, System.Text.Encoding.UTF8.GetBytes($"{{\"revision\":{revision}}}"), "test");
        ApplyTransaction.RunAsync(Context(files), _contents, plan, Options, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
    }

    /// <summary>Fails unless the place of somebody else's is as it was: names, contents and times.</summary>
    public void AssertNothingOutside(string when) => Assert.True(Outside == Snapshot(_folder["elsewhere"]),
        $"{when}: what lies outside was changed. It was\n{Outside}\nand is\n{Snapshot(_folder["elsewhere"])}");

    /// <summary>Fails unless the home holds a revision and no trace of an unfinished transaction.</summary>
    public void AssertHolds(int revision, string when)
    {
        foreach (var (path, text) in Texts(revision))
        {
            Assert.True(File.Exists(Home.Locate(path)) && File.ReadAllText(Home.Locate(path)) == text, $"{when}: {path}");
        }

        Assert.All(Texts(1 - revision).Keys.Except(Texts(revision).Keys), path => Assert.False(File.Exists(Home.Locate(path)), $"{when}: {path}"));
        Assert.False(ApplyRecovery.IsNeeded(Context(new PhysicalFileSystem())), when);
    }

    public void Dispose() => _folder.Dispose();

    private static Dictionary<string, string> Texts(int revision)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["AGENTS.md"] = $"instructions {revision}",
            ["config.toml"] = $"model = \"{revision}\"\n",
            ["skills/kept/SKILL.md"] = $"skill {revision}",
            ["skills/kept/part.md"] = $"part {revision}",
            ["~/.agents/skills/second/SKILL.md"] = $"second {revision}",
            ["rules/deep/kept.rules"] = "the same in both",
        };
        if (revision == 0)
        {
            texts["rules/deep/gone.rules"] = "a deletion";
            texts["rules/gone.rules"] = "another";
            texts["prompts/gone/one.md"] = "a folder that goes";
        }
        else
        {
            texts["skills/new/deep/SKILL.md"] = "a new folder";
        }

        Assert.InRange(revision, 0, Revisions - 1);
        return texts;
    }

    private EngineContext Context(IFileSystem files) => new(Home, files, TimeProvider.System);

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Home.Locate(path))!);
        File.WriteAllText(Home.Locate(path), text);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(to + folder[from.Length..]);
        }

        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, to + file[from.Length..]);
        }
    }

    private static string Snapshot(string folder) => string.Join('\n', new DirectoryInfo(folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
        .OrderBy(entry => entry.FullName, StringComparer.Ordinal)
        .Select(entry => $"{entry.FullName[folder.Length..]} {entry.LastWriteTimeUtc:O} {entry.LinkTarget} {(entry is FileInfo ? File.ReadAllText(entry.FullName) : "")}"));
}
