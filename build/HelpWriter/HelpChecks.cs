namespace Codexport.HelpWriter;

/// <summary>Holds pages and cmdlets against each other: each must have the other, with every parameter and type.</summary>
internal static class HelpChecks
{
    public static void Compare(IReadOnlyList<CmdletModel> cmdlets, IReadOnlyDictionary<string, HelpPage> pages, List<string> problems)
    {
        foreach (var stranger in pages.Keys.Except(cmdlets.Select(cmdlet => cmdlet.Name)))
        {
            problems.Add($"{stranger}.md describes a cmdlet that the module does not have.");
        }
        // What shared-parameters.md describes is in every page's list, so only names that no cmdlet has are strangers there.
        var known = cmdlets.SelectMany(cmdlet => cmdlet.Parameters).Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var cmdlet in cmdlets)
        {
            if (!pages.TryGetValue(cmdlet.Name, out var page))
            {
                problems.Add($"{cmdlet.Name} has no page {cmdlet.Name}.md.");
                continue;
            }
            Compare(cmdlet, page, known, problems);
        }
    }

    private static void Compare(CmdletModel cmdlet, HelpPage page, HashSet<string> known, List<string> problems)
    {
        void Require(bool holds, string what)
        {
            if (!holds)
            {
                problems.Add($"{page.Name}.md {what}");
            }
        }

        Require(page.Synopsis.Length > 0, "has no SYNOPSIS.");
        Require(page.Description.Count > 0, "has no DESCRIPTION.");
        Require(page.Links.Count > 0, "has no RELATED LINKS.");
        foreach (var parameter in cmdlet.Parameters)
        {
            Require(page.Parameters.TryGetValue(parameter.Name, out var text) && text.Count > 0, $"does not describe -{parameter.Name}.");
        }
        foreach (var name in page.Parameters.Keys.Where(name => !known.Contains(name)))
        {
            Require(false, $"describes -{name}, which no cmdlet has.");
        }
        foreach (var example in page.Examples)
        {
            Require(example is { Title.Length: > 0, Code.Length: > 0, Remarks.Count: > 0 }, $"has an example '{example.Title}' without title, code or remark.");
        }
        foreach (var type in cmdlet.OutputTypes.Except(page.Outputs.Select(output => output.Name)))
        {
            Require(false, $"does not name {type} under OUTPUTS.");
        }
        foreach (var output in page.Outputs.Where(output => !cmdlet.OutputTypes.Contains(output.Name)))
        {
            Require(false, $"names {output.Name} under OUTPUTS, which the cmdlet does not declare.");
        }
    }
}
