using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Codexport.Engine.ServiceSetup;

/// <summary>
/// Task definitions of the Windows Task Scheduler (MS-TSCH 2.5). The children of a trigger stand in the schema's order; elsewhere the
/// schema takes any order, and this keeps its own.
/// </summary>
internal static class TaskXml
{
    /// <summary>The names of the elements.</summary>
    public static readonly XNamespace Namespace = "http://schemas.microsoft.com/windows/2004/02/mit/task";

    // A time that has passed, the same in every file, so that equal definitions are equal files.
    private const string Start = "2020-01-01T00:00:00";
    private const string Forever = "PT0S";
    private const string LookAgain = "PT5M";

    /// <summary>The definition.</summary>
    /// <param name="definition">What to run.</param>
    /// <param name="user">Whose task it is, <c>DOMAIN\name</c>.</param>
    /// <param name="consoleHost">Absolute path of <c>conhost.exe</c>.</param>
    public static string Write(ServiceDefinition definition, string user, string consoleHost)
    {
        var document = new XDocument(
            new XDeclaration("1.0", "UTF-16", null),
            new XElement(
                Namespace + "Task",
                new XAttribute("version", "1.3"),
                Element("RegistrationInfo", Element("URI", "\\" + definition.Unit.Name), Element("Author", user), Element("Version", "1.0"),
                    Element("Description", $"{definition.Description}. Program: {definition.Stamp}")),
                Triggers(definition, user),
                Element(
                    "Principals",
                    Element("Principal", new XAttribute("id", "Author"), Element("UserId", user), Element("LogonType", "InteractiveToken"), Element("RunLevel", "LeastPrivilege"))),
                Settings(definition),
                Element(
                    "Actions",
                    new XAttribute("Context", "Author"),

                    // A console program gets a window of its own unless its console is one without.
                    Element("Exec", Element("Command", consoleHost), Element("Arguments", Arguments(definition))))));
        using var text = new Utf16Writer();
        using (var writer = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, IndentChars = "  ", NewLineChars = "\r\n" }))
        {
            document.Save(writer);
        }

        return text.ToString();
    }

    /// <summary>What a definition says.</summary>
    public static InstalledService Read(string text)
    {
        try
        {
            var task = XDocument.Parse(text).Root;
            var every = task?.Descendants(Namespace + "TimeTrigger").Elements(Namespace + "Repetition").Elements(Namespace + "Interval").FirstOrDefault()?.Value;
            var arguments = task?.Descendants(Namespace + "Arguments").FirstOrDefault()?.Value;
            return new InstalledService(
                arguments?.StartsWith(Headless, StringComparison.Ordinal) == true ? arguments[Headless.Length..] : arguments,
                every is null ? null : XmlConvert.ToTimeSpan(every));
        }
        catch (Exception error) when (error is XmlException or FormatException)
        {
            return new InstalledService(null, null);
        }
    }

    private const string Headless = "--headless ";

    private static string Arguments(ServiceDefinition definition) => Headless + WindowsArguments.Join(definition.Arguments.Prepend(definition.Program));

    private static XElement Triggers(ServiceDefinition definition, string user)
    {
        // The scheduler starts a task again only when it could not be started. So it looks again and again, and leaves alone what runs.
        var interval = definition.Unit.IsTimer ? XmlConvert.ToString(definition.Every) : LookAgain;
        var again = Element(
            "TimeTrigger",
            Element("Enabled", "true"), Element("StartBoundary", Start), Element("Repetition", Element("Interval", interval), Element("StopAtDurationEnd", "false")),
            definition.Unit.IsTimer ? Element("RandomDelay", XmlConvert.ToString(TimeSpan.FromSeconds(Math.Clamp((long)definition.Every.TotalSeconds / 10, 5, 300)))) : null);
        var logon = Element("LogonTrigger", Element("Enabled", "true"), Element("UserId", user), Element("Delay", definition.Unit.IsTimer ? "PT1M" : "PT5S"));
        return Element("Triggers", logon, again);
    }

    private static XElement Settings(ServiceDefinition definition) => Element(
        "Settings",
        Element("AllowStartOnDemand", "true"),
        definition.Unit.IsTimer ? null : Element("RestartOnFailure", Element("Interval", "PT1M"), Element("Count", "30")),
        Element("MultipleInstancesPolicy", "IgnoreNew"),
        Element("DisallowStartIfOnBatteries", "false"),
        Element("StopIfGoingOnBatteries", "false"),
        Element("AllowHardTerminate", "true"),
        Element("StartWhenAvailable", "true"),
        Element("RunOnlyIfNetworkAvailable", "false"),
        Element("WakeToRun", "false"),
        Element("Enabled", "true"),
        Element("Hidden", "true"),
        Element("ExecutionTimeLimit", definition.Unit.IsTimer ? "PT10M" : Forever),
        Element("Priority", definition.Unit.IsTimer ? 7.ToString(CultureInfo.InvariantCulture) : 5.ToString(CultureInfo.InvariantCulture)),
        Element("RunOnlyIfIdle", "false"),
        Element("UseUnifiedSchedulingEngine", "true"));

    private static XElement Element(string name, params object?[] content) => new(Namespace + name, content);

    private sealed class Utf16Writer() : StringWriter(CultureInfo.InvariantCulture)
    {
        public override System.Text.Encoding Encoding => System.Text.Encoding.Unicode;
    }
}
