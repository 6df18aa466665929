using Codexport.Engine.Errors;
using Codexport.Engine.Settings;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Compose;

/// <summary>The outcome of merging one configuration file.</summary>
/// <param name="Text">The merged text.</param>
/// <param name="Decisions">What was decided, unit by unit.</param>
/// <param name="LostComments">The person's comments whose subject is gone.</param>
internal sealed record MergedConfig(string Text, UnitMerge Decisions, IReadOnlyList<string> LostComments);

/// <summary>
/// Merges a configuration file three ways: <see cref="UnitMerge"/> decides values, <see cref="TextMerge"/> writes the text, and what the
/// text then lacks or has too much is set right key by key, so that the result always says what was decided.
/// </summary>
internal static class ConfigMerge
{
    /// <summary>Merges.</summary>
    /// <param name="rules">What the person decided.</param>
    /// <param name="base">What was last generated; null when nothing was.</param>
    /// <param name="local">What the follower has; null when it has no such file.</param>
    /// <param name="generated">What canonical and overlay say now.</param>
    internal static MergedConfig Merge(MergeRules rules, TomlDocument? @base, TomlDocument? local, TomlDocument generated)
    {
        var present = local ?? TomlDocument.Parse(string.Empty, rules.File);
        var generatedUnits = ConfigUnits.Of(generated.Root);
        var localUnits = ConfigUnits.Of(present.Root);
        var baseUnits = @base is null ? null : ConfigUnits.Of(@base.Root);
        var decisions = new UnitMerge(rules, baseUnits, localUnits, generatedUnits, generated.Root);
        if (local is not null && @base is not null && IsAsDecided(localUnits, decisions) && @base.ToString() == generated.ToString())
        {
            return new MergedConfig(local.ToString(), decisions, []);
        }

        var (generatedParts, localParts) = (TextCutter.Cut(generated, generatedUnits), TextCutter.Cut(present, localUnits, isLocal: true));
        var baseParts = @base is null ? null : TextCutter.Cut(@base, baseUnits!);
        var text = new TextMerge(decisions, generatedParts, generated.Root, localParts, baseParts).Merge();
        text = SetRight(rules, text, generated, present, decisions);
        var result = TomlDocument.Parse(text, rules.File);
        var (complete, lost) = CommentRescue.Restore(
            text, TextCutter.Cut(result, ConfigUnits.Of(result.Root)), localParts, generatedParts, baseParts);
        return new MergedConfig(complete, decisions, lost);
    }

    /// <summary>Puts the units of <paramref name="overlay"/> over a document: its values win, everything else stays.</summary>
    internal static TomlDocument Overlay(string file, TomlDocument document, TomlDocument overlay)
    {
        var rules = new MergeRules(file, DriftPolicy.Keep, [TomlPath.Root], [], []);
        var text = Merge(rules, null, overlay, document).Text;
        return TomlDocument.Parse(text, file);
    }

    private static string SetRight(MergeRules rules, string text, TomlDocument generated, TomlDocument local, UnitMerge decisions)
    {
        TomlDocument result;
        try
        {
            result = TomlDocument.Parse(text, rules.File);
        }
        catch (CodexportException error) when (error.Code == ErrorCode.TomlInvalid)
        {
            // Two spellings of one table that exclude each other: key by key then, on the generated text.
            result = TomlDocument.Parse(generated.ToString(), rules.File);
        }

        if (!IsAsDecided(ConfigUnits.Of(result.Root), decisions))
        {
            Correct(result, generated, local, decisions);
            RequireAsDecided(rules, result, decisions);
        }

        return result.ToString();
    }

    private static void Correct(TomlDocument result, TomlDocument generated, TomlDocument local, UnitMerge decisions)
    {
        RemoveUnwanted(result, decisions);
        var units = ConfigUnits.Of(result.Root);
        foreach (var key in decisions.Sources.Keys)
        {
            var source = decisions.Sources[key] == UnitSource.Local ? local : generated;
            var node = decisions.Expected(key)!;
            if ((units[key] is { } present && present.SemanticEquals(node)) || (IsEmpty(key, node) && result.Find(key.Path) is TomlTable))
            {
                continue;
            }

            if (key.Element is null)
            {
                result.CopyFrom(source, key.Path);
            }
            else
            {
                if (units[key] is { Parent: not null } old)
                {
                    result.Remove(old.Path);
                }

                result.AppendFrom(source, key.Path, ((TomlList)node.Parent!).IndexOf(node));
            }
        }
    }

    // Again until none is left: an element that stands there twice is one unit, and each removal takes one.
    private static void RemoveUnwanted(TomlDocument result, UnitMerge decisions)
    {
        for (var isDone = false; !isDone;)
        {
            var units = ConfigUnits.Of(result.Root);
            var unwanted = units.Keys.Where(key => decisions.Expected(key) is null).Reverse().Select(key => units[key]!).ToList();
            isDone = unwanted.Count == 0;
            foreach (var node in unwanted.Where(node => node.Parent is not null))
            {
                result.Remove(node.Path);
            }
        }
    }

    private static bool IsAsDecided(ConfigUnits units, UnitMerge decisions)
        => units.Keys.Count(key => !IsEmpty(key, units[key]!)) == decisions.Sources.Keys.Count(key => !IsEmpty(key, decisions.Expected(key)!))
            && decisions.Sources.Keys.All(key => IsEmpty(key, decisions.Expected(key)!) || decisions.Expected(key)!.SemanticEquals(units[key]));

    // An empty table says nothing, and the removal of a key may leave or take one. A server is a unit as a whole, also an empty one.
    private static bool IsEmpty(UnitKey key, TomlNode node) => node is TomlTable { Count: 0 } && key.ServerName is null && key.Element is null;

    private static void RequireAsDecided(MergeRules rules, TomlDocument result, UnitMerge decisions)
    {
        var units = ConfigUnits.Of(result.Root);
        if (IsAsDecided(units, decisions))
        {
            return;
        }

        var wrong = units.Keys.Concat(decisions.Sources.Keys).Distinct()
            .First(key => decisions.Expected(key) is { } expected
                ? !IsEmpty(key, expected) && !expected.SemanticEquals(units[key])
                : !IsEmpty(key, units[key]!));
        throw new CodexportException(
            ErrorCode.ConfigurationRejected,
            $"The follower's {rules.File} and the master's cannot be brought together in one file; the first key in the way is '{wrong.Shown}'.",
            "Nothing was changed. Spell the tables that both define in the same way, or move yours to mcps.local.toml or overrides.",
            rules.File);
    }
}
