using System.Text;
using Codexport.Engine.Compose;
using Codexport.Engine.Errors;
using Codexport.Engine.Settings;
using Codexport.Engine.Toml;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Codexport.Tests.Follower.Composing;

/// <summary>What holds for any canonical, base and local document.</summary>
public sealed class ConfigMergeProperties
{
    // Few names, so that the three documents meet in every way: same key, another value, another shape, another spelling.
    private static readonly string[] Names = ["a", "b", "tui", "mcp_servers", "skills", "c d"];

    [Property(MaxTest = 300)]
    public Property Merge_HoldsEveryPromise() => Prop.ForAll(Documents, Documents, Documents, (@base, generated, local) =>
    {
        Check(null, local, generated);
        Check(@base, local, generated);

        // A follower's file is mostly what was generated, with some lines more.
        Check(@base, Appended(@base, local), generated);
    });

    private static void Check(string? @base, string local, string generated)
    {
        foreach (var policy in new[] { DriftPolicy.Canonical, DriftPolicy.Keep })
        {
            Check(ConfigMerging.Policy(policy), @base, local, generated);
        }
    }

    private static void Check(MergeRules rules, string? @base, string local, string generated)
    {
        var merged = ConfigMerging.Merge(rules, @base, local, generated);
        var result = ConfigUnits.Of(TomlDocument.Parse(merged.Text).Root);
        var locals = ConfigUnits.Of(TomlDocument.Parse(local).Root);
        var canonical = ConfigUnits.Of(TomlDocument.Parse(generated).Root);
        var former = @base is null ? ConfigUnits.Empty : ConfigUnits.Of(TomlDocument.Parse(@base).Root);
        var drift = merged.Decisions.Drift.Concat(merged.Decisions.Conflicts).ToList();
        foreach (var key in canonical.Keys.Where(key => !drift.Exists(other => other.Overlaps(key))))
        {
            Assert.True(IsEmpty(canonical[key]!) || canonical[key]!.SemanticEquals(result[key]), $"lost canonical {key}:\n{merged.Text}");
        }

        foreach (var key in locals.Keys.Where(key => former[key] is null && !drift.Exists(other => other.Overlaps(key))))
        {
            Assert.True(IsEmpty(locals[key]!) || locals[key]!.SemanticEquals(result[key]), $"lost local {key}:\n{merged.Text}");
        }

        // A comment of the person's is in the result, or it is named because what it stood at is gone.
        var known = LexicalToml.Comments(generated).Concat(LexicalToml.Comments(@base ?? string.Empty)).ToHashSet();
        var present = LexicalToml.Comments(merged.Text).Concat(merged.LostComments).ToHashSet();
        foreach (var comment in LexicalToml.Comments(local).Where(comment => !known.Contains(comment)))
        {
            Assert.True(present.Contains(comment), $"lost {comment}:\n{merged.Text}");
        }

        if (drift.Count == 0 && locals.Keys.All(key => result[key] is not null))
        {
            Assert.True(merged.LostComments.Count == 0, $"named {string.Join(", ", merged.LostComments)} although nothing went:\n{merged.Text}");
        }

        if (merged.Decisions.Conflicts.Count > 0)
        {
            // Refused: what it says is never written.
            return;
        }

        Assert.Equal(merged.Text, ConfigMerging.Merge(rules, generated, merged.Text, generated).Text);
        // Where the master has no news, a comment that the person deleted stays deleted.
        if (rules.OnDrift == DriftPolicy.Canonical && @base != generated)
        {
            foreach (var comment in Comments(generated).Where(comment => !Comments(local).Contains(comment)))
            {
                Assert.Contains(comment, merged.Text, StringComparison.Ordinal);
            }
        }
    }

    private static bool IsEmpty(TomlNode node) => node is TomlTable { Count: 0 };

    private static HashSet<string> Comments(string text)
        => [.. text.Split('\n').Where(line => line.StartsWith('#')).Select(line => line.Trim())];

    // What the person added under tables of their own, and at the top.
    private static string Appended(string text, string more)
    {
        var document = TomlDocument.Parse(text);
        foreach (var (key, _) in TomlDocument.Parse(more).Root.Where(member => !document.Root.ContainsKey(member.Key)).ToList())
        {
            document.CopyFrom(TomlDocument.Parse(more), [key]);
        }

        return document.ToString();
    }

    private static Arbitrary<string> Documents => Smaller.Texts(AnyDocument(), IsValid);

    // Random lines, of which those are taken that leave the text valid.
    private static Gen<string> AnyDocument()
    {
        var name = Gen.Elements(Names);
        var value = Gen.Elements("1", "2", "\"x\"", "[1, 2]", "{ a = 1 }", "{ b = 2, a = 3 }", "true");
        var line = Gen.OneOf(
            name.SelectMany(key => value.Select(text => $"{Key(key)} = {text}\n")),
            Gen.Two(name).SelectMany(keys => value.Select(text => $"{Key(keys.Item1)}.{Key(keys.Item2)} = {text}\n")),
            name.Select(key => $"[{Key(key)}]\n"),
            Gen.Two(name).Select(keys => $"\n[{Key(keys.Item1)}.{Key(keys.Item2)}]\n"),
            Gen.Elements("[[list]]\n", "[[skills.config]]\n", "\n", "\n\n"),
            Gen.Choose(1, 6).Select(number => $"# comment {number}\n"),
            Gen.Choose(1, 9).SelectMany(number => name.SelectMany(key => value.Select(text => $"{Key(key)} = {text} # remark {number}\n"))),
            Gen.Choose(1, 9).SelectMany(number => name.Select(key => $"[{Key(key)}] # head {number}\n")));
        return line.ListOf().Select(lines => lines.Aggregate(new StringBuilder(), (text, next) => IsValid($"{text}{next}") ? text.Append(next) : text).ToString());
    }

    private static string Key(string key) => key.Contains(' ', StringComparison.Ordinal) ? $"'{key}'" : key;

    private static bool IsValid(string text)
    {
        try
        {
            TomlDocument.Parse(text);
            return true;
        }
        catch (CodexportException)
        {
            return false;
        }
    }
}
