using Codexport.Engine.Errors;
using Codexport.Engine.Toml;
using Codexport.Engine.Toml.Syntax;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Codexport.Tests.Toml;

/// <summary>Random edits of random documents: the text that comes out means what was asked for, and the rest of it is as it was.</summary>
[Properties(MaxTest = 600, EndSize = 60)]
public sealed class TomlEditPropertyTests
{
    private static readonly TomlDocument Donor = TomlDocument.Parse(
        "a.b.c = 1 # one\n\n# two\na.'d e' = 2\n[a.b.\"\"]\nx = 1\n# end of x\n\n# first\n[[c]]\ny = 1\n[[c]]\n[c.b]\nz.z = 1\n[b.c.a]");

    // Made smaller by its document.
    private static Arbitrary<(string Text, string Value, int Choice)> Cases => Arb.From(
        AnyCase,
        given => TomlGen.Documents().Shrinker(given.Text).Select(text => (text, given.Value, given.Choice)));

    private static Gen<(string Text, string Value, int Choice)> AnyCase
        => from text in TomlGen.Document()
           from value in TomlGen.Value()
           from choice in Gen.Choose(0, 1_000_000)
           select (text, value, choice);

    private static Gen<TomlPath> NewPath
        => from keys in Gen.ListOf(Gen.Elements(TomlGen.Keys), 3)
           from count in Gen.Choose(1, 3)
           select TomlPath.FromKeys(keys.Take(count));

    [Property]
    public Property Parse_AnyDocument_PrintsTheSameAndKnowsItself()
        => Prop.ForAll(TomlGen.Documents(), text =>
        {
            var document = TomlDocument.Parse(text);
            Assert.Equal(text, document.ToString());
            foreach (var path in Model.Paths(document.Root))
            {
                Assert.Equal(path, document.Find(path)!.Path);
                Assert.Equal(path, TomlPath.Parse(path.ToString()));
            }
        });

    [Property]
    public Property Set_WhenTheValueExists_ReplacesOnlyItsBytes()
        => Prop.ForAll(Cases, given =>
        {
            var document = TomlDocument.Parse(given.Text);
            var held = Model.Paths(document.Root).Where(path => document.Find(path)!.Slot is not null).ToList();
            if (held.Count == 0)
            {
                return;
            }

            var path = held[given.Choice % held.Count];
            var node = document.Find(path)!;
            var old = TomlDocument.Parse(given.Text).Find(path)!;
            var offset = OffsetOf(given.Text, node.Location);
            var value = ParseValue(given.Value);
            var expected = Model.Of(document.Root);
            Model.Set(expected, path, Model.Of(value));

            document.Set(path, value);

            Assert.Equal(given.Text[..offset] + given.Value + given.Text[(offset + Spell(old).Length)..], document.ToString());
            AssertMeans(expected, document);
        });

    [Property]
    public Property Set_WhenAbsent_OnlyInserts()
        => Prop.ForAll(Cases, NewPath.ToArbitrary(), (given, tail) =>
        {
            var document = TomlDocument.Parse(given.Text);
            var tables = Model.Paths(document.Root).Where(found => document.Find(found) is TomlTable).Prepend(TomlPath.Root).ToList();
            var path = TomlPath.Create([.. tables[given.Choice % tables.Count], .. tail]);
            if (document.Find(path) is not null)
            {
                return;
            }

            var value = ParseValue(given.Value);
            var expected = Model.Of(document.Root);
            if (!TryEdit(document, () => document.Set(path, value)))
            {
                return;
            }

            Model.Set(expected, path, Model.Of(value));
            AssertMeans(expected, document);
            AssertSubsequence(given.Text, document.ToString());
        });

    [Property]
    public Property Remove_AnyPath_OnlyTakesAway()
        => Prop.ForAll(Cases, given =>
        {
            var document = TomlDocument.Parse(given.Text);
            var paths = Model.Paths(document.Root).ToList();
            if (paths.Count == 0)
            {
                return;
            }

            var path = paths[given.Choice % paths.Count];
            var expected = Model.Of(document.Root);

            Assert.True(document.Remove(path));

            Model.Remove(expected, path, document);
            AssertMeans(expected, document);
            AssertSubsequence(document.ToString(), given.Text);
        });

    [Property]
    public Property AnyEdits_OneAfterTheOther_KeepTextAndTreeInStep()
        => Prop.ForAll(
            TomlGen.Documents(),
            Smaller.Lists(Gen.ListOf(AnyCase).Resize(8).Select(cases => cases.ToList())),
            NewPath.ToArbitrary(),
            (text, edits, tail) =>
            {
                var document = TomlDocument.Parse(text);
                foreach (var edit in edits)
                {
                    TryEdit(document, () => EditAtRandom(document, edit.Choice, tail, ParseValue(edit.Value)));
                    AssertMeans(Model.Of(document.Root), document);
                }
            });

    [Property]
    public Property CopyFrom_AnyPath_MakesThatUnitTheSameAndNothingElse()
        => Prop.ForAll(Cases, TomlGen.Documents(), (given, text) =>
        {
            var source = TomlDocument.Parse(given.Text);
            var document = TomlDocument.Parse(text);
            var paths = Model.Paths(source.Root).Where(path => path.LastKey is not null).ToList();
            if (paths.Count == 0)
            {
                return;
            }

            var path = paths[given.Choice % paths.Count];
            var expected = Model.Of(document.Root);
            var unit = Model.Of(source.Find(path)!);
            if (!TryEdit(document, () => Assert.True(document.CopyFrom(source, path))))
            {
                return;
            }

            Model.Set(expected, path, unit);
            AssertMeans(expected, document);
            Assert.Equal(given.Text, source.ToString());
            Assert.True(document.CopyFrom(source, path));
            AssertMeans(expected, document);
        });

    [Property]
    public Property AppendFrom_AnyItem_EndsTheArray()
        => Prop.ForAll(Cases, TomlGen.Documents(), (given, text) =>
        {
            var source = TomlDocument.Parse(given.Text);
            var document = TomlDocument.Parse(text);
            var paths = Model.Paths(source.Root).Where(path => path.LastKey is null && path.Parent!.LastKey is not null).ToList();
            if (paths.Count == 0)
            {
                return;
            }

            var item = paths[given.Choice % paths.Count];
            var path = item.Parent!;
            var expected = Model.Of(document.Root);
            if (!TryEdit(document, () => Assert.True(document.AppendFrom(source, path, item[^1].Index))))
            {
                return;
            }

            var before = Model.Find(expected, path) as List<object> ?? [];
            Model.Set(expected, path, before.Append(Model.Of(source.Find(item)!)).ToList());
            AssertMeans(expected, document);
            AssertSubsequence(text, document.ToString());
        });

    [Property]
    public Property MapStrings_ThereAndBack_ChangesStringsAlone()
        => Prop.ForAll(TomlGen.Documents(), text =>
        {
            var document = TomlDocument.Parse(text);
            document.MapStrings((path, value) => document.Find(path)!.AsString() == value ? value + "'\n\\\"\u0001" : null);
            AssertMeans(Model.Of(document.Root), document);
            document.MapStrings((_, value) => value[..^5]);
            Assert.True(document.SemanticEquals(TomlDocument.Parse(text)));

            var simple = TomlDocument.Parse(text);
            simple.MapStrings((_, value) => value.Replace("/home/me", "${home}", StringComparison.Ordinal));
            Assert.Equal(text.Replace("/home/me", "${home}", StringComparison.Ordinal), simple.ToString());
        });

    [Property]
    public Property MapKeys_RenamesEverySpelling()
        => Prop.ForAll(TomlGen.Documents(), text =>
        {
            var document = TomlDocument.Parse(text);
            document.MapKeys((path, key) => document.Find(path) is null ? throw new InvalidOperationException() : key == "a" ? "x y" : null);
            Assert.DoesNotContain(Model.Paths(document.Root), path => path.LastKey == "a");
            AssertMeans(Model.Of(document.Root), document);
            document.MapKeys((_, key) => key == "x y" ? "a" : null);
            Assert.True(document.SemanticEquals(TomlDocument.Parse(text)));
        });

    private static void EditAtRandom(TomlDocument document, int choice, TomlPath tail, TomlNode value)
    {
        var paths = Model.Paths(document.Root).ToList();
        var path = paths.Count == 0 ? tail : paths[choice / 10 % paths.Count];
        var below = path.LastKey is null ? tail : TomlPath.Create([.. path, .. tail]);
        switch (choice % 13)
        {
            case 0 or 1:
                document.Set(path.LastKey is null ? tail : path, value);
                break;
            case 2 or 3:
                document.Set(below, value);
                break;
            case 4 or 5 or 6:
                document.Remove(path);
                break;
            case 7:
                document.AddTable(below);
                break;
            case 8:
                document.CopyFrom(Donor, tail);
                break;
            case 9:
                document.AppendFrom(Donor, ["c"], choice / 13 % 2);
                break;
            case 10:
                document.MapKeys((_, key) => key == "a" ? "b" : key == "b" ? "a" : null);
                break;
            case 11:
                document.Append(path.LastKey is null ? path.Parent! : below, value);
                break;
            default:
                document.AppendTable(path.LastKey is null && path.Parent!.LastKey is not null ? path.Parent! : below);
                break;
        }
    }

    /// <summary>Runs an edit; where it is refused the document must be as it was.</summary>
    private static bool TryEdit(TomlDocument document, Action edit)
    {
        var before = document.ToString();
        try
        {
            edit();
            return true;
        }
        catch (CodexportException refused) when (refused.Code == ErrorCode.TomlInvalid)
        {
            Assert.Equal(before, document.ToString());
            return false;
        }
    }

    /// <summary>The tree is as expected, and the text parses to the same tree in the same forms.</summary>
    private static void AssertMeans(object expected, TomlDocument document)
    {
        Assert.Equal(Model.Show(expected), Model.Show(Model.Of(document.Root)));
        var again = TomlDocument.Parse(document.ToString());
        Assert.Equal(Model.Show(expected), Model.Show(Model.Of(again.Root)));
        Assert.True(document.SemanticEquals(again));
        foreach (var path in Model.Paths(again.Root))
        {
            Assert.Equal((path, again.Find(path)!.Form), (path, document.Find(path)!.Form));
            Assert.Equal((again.Find(path) as TomlTable)?.DottedKeys, (document.Find(path) as TomlTable)?.DottedKeys);
        }

        AssertSectionsAreInOrder(document);
    }

    /// <summary>Each section begins and ends where the lines say so, and the sections follow each other as their headers do.</summary>
    private static void AssertSectionsAreInOrder(TomlDocument document)
    {
        var section = document.Sections.First!;
        Assert.Same(document.RootSection, section);
        Element? last = null;
        for (var element = document.Elements.First; element is not null; element = element.Next)
        {
            if (element is HeaderElement)
            {
                Assert.Same(last, section.Last);
                section = section.Next!;
                Assert.Same(element, section.Header);
            }

            if (element is not TriviaElement)
            {
                Assert.Same(section, element.Section);
                last = element;
            }
        }

        Assert.Same(last, section.Last);
        Assert.Null(section.Next);
    }

    private static void AssertSubsequence(string part, string whole)
    {
        var at = 0;
        foreach (var c in whole)
        {
            at += at < part.Length && part[at] == c ? 1 : 0;
        }

        Assert.True(at == part.Length, $"Bytes changed that were not to be touched:\n{part}\n---\n{whole}");
    }

    private static TomlNode ParseValue(string text) => TomlDocument.Parse($"v = {text}").Root["v"]!;

    private static string Spell(TomlNode node)
    {
        var text = new System.Text.StringBuilder();
        node.Write(text);
        return text.ToString();
    }

    private static int OffsetOf(string text, TomlLocation location)
    {
        var offset = text is ['\uFEFF', ..] ? 1 : 0;
        for (var line = 1; line < location.Line; line++)
        {
            offset = text.IndexOf('\n', offset) + 1;
        }

        return offset + location.Column - 1;
    }
}
