using System.Text;

namespace Codexport.Engine.Homes.Commands;

/// <summary>A path that was found in a command line.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where what spells it ends.</param>
/// <param name="Name">The variable that stands for it.</param>
/// <param name="Suffix">What must follow the variable, where the path ends in other quotes than it begins in.</param>
internal readonly record struct FoundPath(int Start, int End, string Name, string Suffix = "");

/// <summary>A command line in which single characters stand for values that are put in later.</summary>
/// <param name="Text">The text.</param>
/// <param name="Values">The value for each of those characters, by its place.</param>
internal sealed record MarkedText(string Text, IReadOnlyDictionary<int, string> Values);

/// <summary>Puts values into command lines, and finds paths in them, with the quoting of every interpreter that reads them on the way.</summary>
internal static class CommandText
{
    /// <summary>The command line with its values; null where one cannot be quoted at its place.</summary>
    internal static string? Fill(MarkedText marked, CommandLanguage language, PathStyle style)
    {
        var turned = style == PathStyle.Unix ? marked with { Text = Separators.ToForward(marked) } : marked;
        if (Plan(turned, language) is not { } edits)
        {
            return null;
        }

        var result = new StringBuilder(marked.Text.Length + 64);
        for (var index = 0; index < turned.Text.Length; index++)
        {
            _ = edits.TryGetValue(index, out var text) ? result.Append(text) : result.Append(turned.Text[index]);
        }

        return result.ToString();
    }

    /// <summary>The paths that the words of a command line begin or hold, whatever quoting spells them.</summary>
    /// <param name="text">The command line.</param>
    /// <param name="language">Who reads it.</param>
    /// <param name="find">Finds paths in a text without quoting.</param>
    internal static IEnumerable<FoundPath> FindPaths(string text, CommandLanguage language, Func<string, IEnumerable<FoundPath>> find)
    {
        var reading = CommandReading.Read(text, language);
        foreach (var command in reading.Commands)
        {
            var scripts = ScriptFinder.Find([.. command.Select(word => word.Value)]);
            for (var index = 0; index < command.Count; index++)
            {
                var word = command[index];
                var inside = scripts.TryGetValue(index, out var inner) ? FindPaths(word.Value, inner, find) : find(word.Value);
                foreach (var path in inside.Where(path => path.Suffix.Length == 0))
                {
                    var (start, last) = (word[path.Start].Start, word[path.End - 1]);
                    if (SuffixOf(Region(reading.At(start)), Region(reading.At(last.End - 1)), language) is { } suffix)
                    {
                        yield return new FoundPath(start, last.End, path.Name, suffix);
                    }
                }
            }
        }
    }

    // What every marked place becomes; null where there is no way.
    private static Dictionary<int, string>? Plan(MarkedText marked, CommandLanguage language)
    {
        var edits = new Dictionary<int, string>();
        var reading = CommandReading.Read(marked.Text, language);
        var scripts = new HashSet<int>();
        foreach (var (word, inner) in Scripts(reading))
        {
            var value = word.Value;
            var values = Enumerable.Range(0, value.Length).Where(index => IsWhole(word[index]) && marked.Values.ContainsKey(word[index].Start))
                .ToDictionary(index => index, index => marked.Values[word[index].Start]);
            scripts.UnionWith(Enumerable.Range(0, value.Length).Select(index => word[index].Start));
            if (Plan(new MarkedText(value, values), inner) is not { } inside)
            {
                return null;
            }

            foreach (var (place, text) in inside.Where(edit => IsWhole(word[edit.Key])))
            {
                var start = word[place].Start;
                if (CommandQuoting.Write(text, language, reading.At(start)) is not { } written)
                {
                    return null;
                }

                edits[start] = written;
            }
        }

        foreach (var (place, value) in marked.Values.Where(value => !edits.ContainsKey(value.Key)))
        {
            if (CommandQuoting.Write(value, language, reading.At(place)) is not { } written)
            {
                return null;
            }

            edits[place] = written;
        }

        TurnBack(marked, language, scripts, edits);
        return edits;
    }

    private static IEnumerable<(CommandWord Word, CommandLanguage Language)> Scripts(CommandReading reading)
        => reading.Commands.SelectMany(command => ScriptFinder.Find([.. command.Select(word => word.Value)])
            .Where(script => script.Key < command.Count)
            .Select(script => (command[script.Key], script.Value)));

    // cmd.exe takes what follows a slash behind a program's name for an option.
    private static void TurnBack(MarkedText marked, CommandLanguage language, HashSet<int> scripts, Dictionary<int, string> edits)
    {
        if (language is CommandLanguage.Cmd or CommandLanguage.CmdArgument or CommandLanguage.PowerShell)
        {
            foreach (var place in marked.Values.Where(value => value.Value is [_, ':', ..] or ['\\', ..]).SelectMany(value => Separators.ToTurnBack(marked.Text, value.Key)))
            {
                if (!scripts.Contains(place))
                {
                    edits.TryAdd(place, "\\");
                }
            }
        }
    }

    private static bool IsWhole((int Start, int End) place) => place.End - place.Start == 1;

    private static Quoting Region(Quoting quoting) => quoting switch
    {
        Quoting.Escaped => Quoting.Bare,
        Quoting.EscapedInDouble => Quoting.Double,
        _ => quoting,
    };

    private static string? SuffixOf(Quoting start, Quoting end, CommandLanguage language)
        => start == end ? string.Empty
            : language == CommandLanguage.Sh && QuoteOf(start) is { } close && QuoteOf(end) is { } open ? close + open
            : null;

    private static string? QuoteOf(Quoting quoting) => quoting switch
    {
        Quoting.Bare => string.Empty,
        Quoting.Single => "'",
        Quoting.Double => "\"",
        _ => null,
    };
}
