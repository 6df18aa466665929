using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Codexport.Engine.ServiceSetup;

/// <summary>Property lists of macOS's launchd for agents of one user (launchd.plist(5)).</summary>
internal static class LaunchdPlist
{
    private const int PrivateUmask = 63;

    /// <summary>The property list.</summary>
    public static string Write(ServiceDefinition definition)
    {
        var errors = Path.Join(definition.LogFolder, definition.Unit.Name + ".err.log");
        var dictionary = new XElement("dict");
        Add(dictionary, "Label", Text(definition.Unit.Name));
        Add(dictionary, "ProgramArguments", new XElement("array", definition.Arguments.Prepend(definition.Program).Select(Text)));
        if (definition.Environment.Count > 0)
        {
            var variables = new XElement("dict");
            foreach (var (name, value) in definition.Environment.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                Add(variables, name, Text(value));
            }

            Add(dictionary, "EnvironmentVariables", variables);
        }

        Add(dictionary, "RunAtLoad", new XElement("true"));
        if (definition.Unit.IsTimer)
        {
            Add(dictionary, "StartInterval", Number((long)definition.Every.TotalSeconds));
        }
        else
        {
            var keep = new XElement("dict");
            Add(keep, "SuccessfulExit", new XElement("false"));
            Add(dictionary, "KeepAlive", keep);
            Add(dictionary, "ThrottleInterval", Number(10));
            Add(dictionary, "ExitTimeOut", Number(30));
        }

        Add(dictionary, "ProcessType", Text("Background"));
        Add(dictionary, "Umask", Number(PrivateUmask));
        Add(dictionary, "StandardErrorPath", Text(errors));
        return Save(definition, new XElement("plist", new XAttribute("version", "1.0"), dictionary));
    }

    /// <summary>What a property list says.</summary>
    public static InstalledService Read(string text)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
            var dictionary = XDocument.Load(reader).Root?.Element("dict");
            var command = ValueOf(dictionary, "ProgramArguments")?.Elements("string").Select(item => item.Value).ToList();
            var every = ValueOf(dictionary, "StartInterval")?.Value;
            return new InstalledService(
                command is [var program, .. var arguments] ? CommandText.Format(program, arguments) : null,
                long.TryParse(every, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null);
        }
        catch (XmlException)
        {
            return new InstalledService(null, null);
        }
    }

    private static XElement? ValueOf(XElement? dictionary, string key)
        => dictionary?.Elements("key").FirstOrDefault(item => item.Value == key)?.ElementsAfterSelf().FirstOrDefault();

    private static string Save(ServiceDefinition definition, XElement root)
    {
        var document = new XDocument(
            new XDeclaration("1.0", "UTF-8", null),
            new XDocumentType("plist", "-//Apple//DTD PLIST 1.0//EN", "http://www.apple.com/DTDs/PropertyList-1.0.dtd", null),
            new XComment($" Written by codexport; installing again replaces it. Program: {definition.Stamp} "),
            root);
        using var bytes = new MemoryStream();
        var settings = new XmlWriterSettings { Indent = true, IndentChars = "  ", NewLineChars = "\n", Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) };
        using (var writer = XmlWriter.Create(bytes, settings))
        {
            document.Save(writer);
        }

        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }

    private static void Add(XElement dictionary, string key, XElement value) => dictionary.Add(new XElement("key", key), value);

    private static XElement Text(string text) => new("string", text);

    private static XElement Number(long number) => new("integer", number.ToString(CultureInfo.InvariantCulture));
}
