using Codexport.Engine.Homes;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Compose;

/// <summary>
/// Elements of <c>skills.config</c> are told apart by their path. Where a link gives the home a second spelling, the same skill must not be
/// taken for another one.
/// </summary>
internal static class SkillPaths
{
    /// <summary>Gives the paths of the follower's elements the spelling that the others have. Changes <paramref name="local"/>.</summary>
    /// <param name="local">What the follower has.</param>
    /// <param name="paths">This machine's paths.</param>
    /// <param name="others">What is generated, now and last.</param>
    internal static void TakeSpelling(TomlDocument local, PortablePaths paths, IReadOnlyList<TomlDocument?> others)
    {
        var spellings = others.Where(other => other is not null).SelectMany(other => PathsOf(other!))
            .DistinctBy(path => paths.Encode(path.Text.Value), StringComparer.Ordinal)
            .ToDictionary(path => paths.Encode(path.Text.Value), path => path.Text.Value, StringComparer.Ordinal);
        foreach (var (place, text) in PathsOf(local).ToList())
        {
            if (spellings.TryGetValue(paths.Encode(text.Value), out var spelling) && spelling != text.Value)
            {
                local.Set(place, spelling);
            }
        }
    }

    private static IEnumerable<(TomlPath Place, TomlString Text)> PathsOf(TomlDocument document)
        => document.Root.Find(["skills", "config"]) is TomlList list
            ? list.OfType<TomlTable>().Select(item => item["path"]).OfType<TomlString>().Select(text => (text.Path, text))
            : [];
}
