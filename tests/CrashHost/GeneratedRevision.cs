using System.Globalization;
using System.Text;
using Codexport.Engine.Apply;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;

namespace Codexport.Tests.CrashHost;

/// <summary>
/// The files of revision N, made from the number alone: 40 that stay under their name, 10 that come and 10 that go each time,
/// hooks.json and config.toml. Every content names its revision, so a mixture shows.
/// </summary>
public sealed class GeneratedRevision : IContentStore
{
    private readonly Dictionary<Sha256Hash, byte[]> _contents = [];

    public GeneratedRevision(int number)
    {
        if (number == 0)
        {
            return;
        }

        var names = Enumerable.Range(0, 40).Select(index => $"skills/stays-{index % 10}/part-{index}.md")
            .Concat(Enumerable.Range(0, 10).Select(index => string.Create(CultureInfo.InvariantCulture, $"skills/of-{number}-{index}/SKILL.md")))
            .Append("hooks.json")
            .Append("config.toml");
        foreach (var name in names)
        {
            var content = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"# revision {number}\n# {name}\n{new string('x', 2000)}\n"));
            var hash = Sha256Hash.Of(content);
            Files[name] = hash;
            _contents[hash] = content;
        }
    }

    /// <summary>Hash by relative path.</summary>
    public SortedDictionary<string, Sha256Hash> Files { get; } = new(StringComparer.Ordinal);

    public bool Contains(Sha256Hash hash) => _contents.ContainsKey(hash);

    public Stream OpenRead(Sha256Hash hash) => _contents.TryGetValue(hash, out var content)
        ? new MemoryStream(content, writable: false)
        : throw new CodexportException(ErrorCode.StateDamaged, $"The content {hash} is not kept.", "Fetch it.");

    /// <summary>What changes from another revision to this one.</summary>
    internal IReadOnlyList<PlannedChange> ChangesFrom(GeneratedRevision old)
    {
        var changes = new List<PlannedChange>();
        foreach (var path in Files.Keys.Union(old.Files.Keys, StringComparer.Ordinal))
        {
            var before = old.Files.TryGetValue(path, out var was) ? new TargetState(was, false) : TargetState.Absent;
            var after = Files.TryGetValue(path, out var willBe) ? new TargetState(willBe, false) : TargetState.Absent;
            var phase = path switch { "config.toml" => ApplyPhase.Configuration, "hooks.json" => ApplyPhase.Hooks, _ => ApplyPhase.Files };
            changes.Add(new PlannedChange(path, after.Hash is null ? ApplyPhase.Deletions : phase, before, after) { IsPrivate = path == "config.toml" });
        }

        return changes;
    }
}
