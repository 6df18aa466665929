using System.Globalization;
using System.Text;
using System.Xml;

namespace Codexport.HelpWriter;

/// <summary>Writes the XML that Get-Help reads.</summary>
internal sealed class MamlWriter : IDisposable
{
    private const string Maml = "http://schemas.microsoft.com/maml/2004/10";
    private const string Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private const string Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    /// <summary>How a paragraph of a parameter begins that names the value taken when it is not given.</summary>
    private const string DefaultValue = "Default value: ";

    private readonly XmlWriter xml;

    private MamlWriter(string path) =>
        xml = XmlWriter.Create(path, new XmlWriterSettings { Indent = true, NewLineChars = "\n", Encoding = new UTF8Encoding(false) });

    public static void Write(string path, IReadOnlyList<CmdletModel> cmdlets, IReadOnlyDictionary<string, HelpPage> pages)
    {
        using var writer = new MamlWriter(path);
        writer.xml.WriteStartElement("helpItems", "http://msh");
        writer.xml.WriteAttributeString("schema", "maml");
        foreach (var cmdlet in cmdlets)
        {
            writer.WriteCommand(cmdlet, pages[cmdlet.Name]);
        }
        writer.xml.WriteEndElement();
    }

    public void Dispose() => xml.Dispose();

    private void WriteCommand(CmdletModel cmdlet, HelpPage page)
    {
        xml.WriteStartElement("command", "command", Command);
        xml.WriteAttributeString("xmlns", "maml", null, Maml);
        xml.WriteAttributeString("xmlns", "dev", null, Dev);
        Within("command", "details", Command, () =>
        {
            var parts = cmdlet.Name.Split('-', 2);
            xml.WriteElementString("command", "name", Command, cmdlet.Name);
            xml.WriteElementString("command", "verb", Command, parts[0]);
            xml.WriteElementString("command", "noun", Command, parts[1]);
            WriteParagraphs("description", [page.Synopsis]);
        });
        WriteParagraphs("description", page.Description);
        Within("command", "syntax", Command, () =>
        {
            foreach (var set in cmdlet.ParameterSets)
            {
                WriteSyntax(cmdlet, set, page);
            }
        });
        Within("command", "parameters", Command, () =>
        {
            foreach (var parameter in cmdlet.Parameters)
            {
                WriteParameter(parameter, parameter.Uses[0], page);
            }
        });
        WriteTypes("inputTypes", "inputType", page.Inputs);
        WriteTypes("returnValues", "returnValue", page.Outputs);
        WriteExamples(page);
        WriteLinks(page);
        xml.WriteEndElement();
    }

    private void WriteSyntax(CmdletModel cmdlet, string set, HelpPage page) => Within("command", "syntaxItem", Command, () =>
    {
        xml.WriteElementString("maml", "name", Maml, cmdlet.Name);
        var uses = cmdlet.Parameters
            .Select(parameter => (Parameter: parameter, Use: parameter.Uses.FirstOrDefault(use => use.Set is null || use.Set == set)))
            .Where(found => found.Use is not null)
            .OrderBy(found => found.Use!.Position ?? int.MaxValue);
        foreach (var (parameter, use) in uses)
        {
            WriteParameter(parameter, use!, page);
        }
    });

    private void WriteParameter(ParameterModel parameter, ParameterUse use, HelpPage page) => Within("command", "parameter", Command, () =>
    {
        xml.WriteAttributeString("required", use.Mandatory ? "true" : "false");
        xml.WriteAttributeString("globbing", parameter.Wildcards ? "true" : "false");
        xml.WriteAttributeString("pipelineInput", use.Pipeline);
        xml.WriteAttributeString("position", use.Position?.ToString(CultureInfo.InvariantCulture) ?? "named");
        xml.WriteAttributeString("aliases", parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases));
        xml.WriteElementString("maml", "name", Maml, parameter.Name);
        var text = page.Parameters[parameter.Name];
        WriteParagraphs("description", [.. text.Where(paragraph => !paragraph.StartsWith(DefaultValue, StringComparison.Ordinal))]);
        if (parameter.Values.Count > 0)
        {
            Within("command", "parameterValueGroup", Command, () =>
            {
                foreach (var value in parameter.Values)
                {
                    WriteValue(value, false);
                }
            });
        }
        if (!parameter.IsSwitch)
        {
            WriteValue(parameter.TypeName, true);
        }
        Within("dev", "type", Dev, () => xml.WriteElementString("maml", "name", Maml, parameter.TypeName));
        var value = text.FirstOrDefault(paragraph => paragraph.StartsWith(DefaultValue, StringComparison.Ordinal))?[DefaultValue.Length..];
        xml.WriteElementString("dev", "defaultValue", Dev, value ?? (parameter.IsSwitch ? "False" : "None"));
    });

    private void WriteValue(string value, bool required)
    {
        xml.WriteStartElement("command", "parameterValue", Command);
        xml.WriteAttributeString("required", required ? "true" : "false");
        xml.WriteString(value);
        xml.WriteEndElement();
    }

    private void WriteTypes(string list, string item, IReadOnlyList<HelpType> types) => Within("command", list, Command, () =>
    {
        foreach (var type in types)
        {
            Within("command", item, Command, () =>
            {
                Within("dev", "type", Dev, () => xml.WriteElementString("maml", "name", Maml, type.Name));
                WriteParagraphs("description", type.Remarks);
            });
        }
    });

    private void WriteExamples(HelpPage page) => Within("command", "examples", Command, () =>
    {
        foreach (var example in page.Examples)
        {
            Within("command", "example", Command, () =>
            {
                xml.WriteElementString("maml", "title", Maml, example.Title);
                xml.WriteElementString("dev", "code", Dev, example.Code);
                Within("dev", "remarks", Dev, () => WriteLines(example.Remarks));
            });
        }
    });

    private void WriteLinks(HelpPage page) => Within("command", "relatedLinks", Command, () =>
    {
        foreach (var link in page.Links)
        {
            Within("maml", "navigationLink", Maml, () =>
            {
                xml.WriteElementString("maml", "linkText", Maml, link.Text);
                xml.WriteElementString("maml", "uri", Maml, link.Address);
            });
        }
    });

    private void WriteParagraphs(string element, IReadOnlyList<string> paragraphs)
    {
        if (paragraphs.Count > 0)
        {
            Within("maml", element, Maml, () => WriteLines(paragraphs));
        }
    }

    private void WriteLines(IReadOnlyList<string> paragraphs)
    {
        foreach (var paragraph in paragraphs)
        {
            xml.WriteElementString("maml", "para", Maml, paragraph);
        }
    }

    private void Within(string prefix, string name, string space, Action content)
    {
        xml.WriteStartElement(prefix, name, space);
        content();
        xml.WriteEndElement();
    }
}
