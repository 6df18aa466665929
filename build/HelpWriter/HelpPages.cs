using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Codexport.HelpWriter;

/// <summary>
/// Reads the pages: a heading of the first level with the cmdlet's name, then the sections that the help system has, with the names that
/// the PowerShell documentation uses (SYNOPSIS, DESCRIPTION, EXAMPLES, PARAMETERS, INPUTS, OUTPUTS, RELATED LINKS).
/// </summary>
internal static class HelpPages
{
    private const string SharedPage = "shared-parameters.md";

    public static IReadOnlyDictionary<string, HelpPage> Read(string folder, List<string> problems)
    {
        var shared = ReadPage(Path.Combine(folder, SharedPage), problems).Parameters;
        var pages = new SortedDictionary<string, HelpPage>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder, "*-*.md").Where(file => Path.GetFileName(file) != SharedPage).Order(StringComparer.Ordinal))
        {
            var page = ReadPage(file, problems);
            if (page.Name != Path.GetFileNameWithoutExtension(file))
            {
                problems.Add($"{Path.GetFileName(file)} has the heading '{page.Name}'; it must be the name of the file.");
            }
            var parameters = new Dictionary<string, IReadOnlyList<string>>(shared, StringComparer.Ordinal);
            foreach (var (name, text) in page.Parameters)
            {
                parameters[name] = text;
            }
            pages[page.Name] = page with { Parameters = parameters };
        }
        return pages;
    }

    private static HelpPage ReadPage(string file, List<string> problems)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        var sections = new Dictionary<string, List<Block>>(StringComparer.Ordinal);
        List<Block>? section = null;
        foreach (var block in Markdown.Parse(File.ReadAllText(file)))
        {
            if (block is HeadingBlock { Level: 1 } title)
            {
                name = Text(title.Inline);
            }
            else if (block is HeadingBlock { Level: 2 } heading)
            {
                section = sections[Text(heading.Inline)] = [];
            }
            else
            {
                section?.Add(block);
            }
        }
        foreach (var unknown in sections.Keys.Except(["SYNOPSIS", "DESCRIPTION", "EXAMPLES", "PARAMETERS", "INPUTS", "OUTPUTS", "RELATED LINKS"]))
        {
            problems.Add($"{Path.GetFileName(file)} has a section '{unknown}', which the help does not know.");
        }
        List<Block> Of(string wanted) => sections.GetValueOrDefault(wanted, []);
        return new HelpPage(
            name, string.Join(' ', Paragraphs(Of("SYNOPSIS"))), Paragraphs(Of("DESCRIPTION")),
            [.. Parts(Of("EXAMPLES")).Select(part => new HelpExample(part.Title, Code(part.Blocks), Paragraphs(part.Blocks)))],
            Parts(Of("PARAMETERS")).ToDictionary(part => part.Title.TrimStart('-'), part => Paragraphs(part.Blocks), StringComparer.Ordinal),
            [.. Parts(Of("INPUTS")).Select(part => new HelpType(part.Title, Paragraphs(part.Blocks)))],
            [.. Parts(Of("OUTPUTS")).Select(part => new HelpType(part.Title, Paragraphs(part.Blocks)))],
            [.. Of("RELATED LINKS").OfType<ParagraphBlock>().SelectMany(block => block.Inline!.Descendants<LinkInline>()).Select(Link)]);
    }

    /// <summary>The parts below headings of the third level.</summary>
    private static IEnumerable<(string Title, List<Block> Blocks)> Parts(List<Block> section)
    {
        (string Title, List<Block> Blocks)? part = null;
        foreach (var block in section)
        {
            if (block is HeadingBlock { Level: 3 } heading)
            {
                if (part is { } done)
                {
                    yield return done;
                }
                part = (Text(heading.Inline), []);
            }
            else
            {
                part?.Blocks.Add(block);
            }
        }
        if (part is { } last)
        {
            yield return last;
        }
    }

    private static IReadOnlyList<string> Paragraphs(List<Block> blocks) => [.. blocks.SelectMany(Paragraphs)];

    private static IEnumerable<string> Paragraphs(Block block) => block switch
    {
        ParagraphBlock paragraph => [Text(paragraph.Inline)],
        ListBlock list => list.OfType<ListItemBlock>().Select(item => "- " + string.Join(' ', item.SelectMany(Paragraphs))),
        _ => [],
    };

    private static string Code(List<Block> blocks) => blocks.OfType<FencedCodeBlock>().FirstOrDefault()?.Lines.ToString().TrimEnd() ?? string.Empty;

    /// <summary>Get-Help shows plain text, so marks of emphasis go and the words stay.</summary>
    private static string Text(ContainerInline? inlines) => inlines is null ? string.Empty : string.Concat(inlines.Select(Text)).Trim();

    private static string Text(Inline inline) => inline switch
    {
        LiteralInline literal => literal.Content.ToString(),
        CodeInline code => code.Content,
        LineBreakInline => " ",
        AutolinkInline link => link.Url,
        HtmlEntityInline entity => entity.Transcoded.ToString(),
        ContainerInline container => string.Concat(container.Select(Text)),
        _ => throw new InvalidOperationException($"Line {inline.Line + 1}: {inline.GetType().Name} has no form in the help."),
    };

    private static HelpLink Link(LinkInline link)
    {
        var address = link.Url ?? string.Empty;
        return new HelpLink(Text((ContainerInline)link), address.StartsWith("https://", StringComparison.Ordinal) ? address : string.Empty);
    }
}
