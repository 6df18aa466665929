using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Codexport.Engine.ServiceSetup;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Codexport.Tests.Platform.Services;

/// <summary>Task definitions against the rules of the schema that MS-TSCH 2.5 and the Task Scheduler's documentation publish.</summary>
public sealed class TaskXmlTests
{
    private const string User = @"MACHINE\o'neil & sons";
    private const string Console = @"C:\Windows\System32\conhost.exe";

    // Which children an element may have; in a sequence in this order, in an 'all' each once in any order.
    private static readonly Dictionary<string, (bool IsSequence, string[] Names)> Children = new(StringComparer.Ordinal)
    {
        ["Task"] = (false, ["RegistrationInfo", "Triggers", "Settings", "Data", "Principals", "Actions"]),
        ["RegistrationInfo"] = (false, ["URI", "SecurityDescriptor", "Source", "Date", "Author", "Version", "Description", "Documentation"]),
        ["Triggers"] = (false, ["BootTrigger", "RegistrationTrigger", "IdleTrigger", "TimeTrigger", "EventTrigger", "LogonTrigger", "SessionStateChangeTrigger", "CalendarTrigger"]),
        ["TimeTrigger"] = (true, ["Enabled", "StartBoundary", "EndBoundary", "Repetition", "ExecutionTimeLimit", "RandomDelay"]),
        ["LogonTrigger"] = (true, ["Enabled", "StartBoundary", "EndBoundary", "Repetition", "ExecutionTimeLimit", "UserId", "Delay"]),
        ["Repetition"] = (false, ["Interval", "Duration", "StopAtDurationEnd"]),
        ["Settings"] = (false,
        [
            "AllowStartOnDemand", "RestartOnFailure", "MultipleInstancesPolicy", "DisallowStartIfOnBatteries", "StopIfGoingOnBatteries", "AllowHardTerminate",
            "StartWhenAvailable", "NetworkProfileName", "RunOnlyIfNetworkAvailable", "WakeToRun", "Enabled", "Hidden", "DeleteExpiredTaskAfter", "IdleSettings",
            "NetworkSettings", "ExecutionTimeLimit", "Priority", "RunOnlyIfIdle", "UseUnifiedSchedulingEngine", "DisallowStartOnRemoteAppSession",
        ]),
        ["RestartOnFailure"] = (false, ["Interval", "Count"]),
        ["Principals"] = (true, ["Principal"]),
        ["Principal"] = (false, ["UserId", "LogonType", "GroupId", "DisplayName", "RunLevel", "ProcessTokenSidType", "RequiredPrivileges"]),
        ["Actions"] = (true, ["Exec", "ComHandler", "SendEmail", "ShowMessage"]),
        ["Exec"] = (false, ["Command", "Arguments", "WorkingDirectory"]),
    };

    private static readonly string[] Booleans =
    [
        "Enabled", "StopAtDurationEnd", "AllowStartOnDemand", "DisallowStartIfOnBatteries", "StopIfGoingOnBatteries", "AllowHardTerminate", "StartWhenAvailable",
        "RunOnlyIfNetworkAvailable", "WakeToRun", "Hidden", "RunOnlyIfIdle", "UseUnifiedSchedulingEngine",
    ];

    private static readonly string[] Durations = ["Interval", "Delay", "RandomDelay", "ExecutionTimeLimit"];

    public static TheoryData<bool, int> Definitions() => new() { { false, 0 }, { true, 60 }, { true, 900 }, { true, 86400 } };

    [Theory]
    [MemberData(nameof(Definitions))]
    public void Definition_KeepsToTheSchema(bool isTimer, int seconds)
    {
        var task = Load(isTimer ? ServiceTexts.Timer(TimeSpan.FromSeconds(seconds)) : ServiceTexts.Server());

        Assert.Equal(("Task", "1.3"), (task.Name.LocalName, task.Attribute("version")?.Value));
        Assert.Equal((string?)task.Descendants(Name("Principal")).Single().Attribute("id"), (string?)task.Element(Name("Actions"))!.Attribute("Context"));
        foreach (var element in task.DescendantsAndSelf())
        {
            Assert.Equal(TaskXml.Namespace, element.Name.Namespace);
            if (element.HasElements)
            {
                CheckChildren(element);
            }
            else
            {
                CheckValue(element);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Definitions))]
    public void Definition_AgainstTheSchemaItself_IsValid(bool isTimer, int seconds)
    {
        var schema = Environment.GetEnvironmentVariable("CODEXPORT_TASK_XSD");
        Assert.SkipWhen(schema is null, "CODEXPORT_TASK_XSD names no copy of the schema that Microsoft publishes.");
        var document = Load(isTimer ? ServiceTexts.Timer(TimeSpan.FromSeconds(seconds)) : ServiceTexts.Server()).Document!;
        var schemas = new System.Xml.Schema.XmlSchemaSet();
        schemas.Add(TaskXml.Namespace.NamespaceName, schema!);
        System.Xml.Schema.Extensions.Validate(document, schemas, (_, found) => Assert.Fail(found.Message));
    }

    [Fact]
    public void Definition_OfTheServer_IsHiddenEndlessAndOfTheUserAlone()
    {
        var task = Load(ServiceTexts.Server());
        string Value(string name) => task.Descendants(Name(name)).Single().Value;

        Assert.Equal(("true", "IgnoreNew"), (Value("Hidden"), Value("MultipleInstancesPolicy")));
        Assert.Equal("PT0S", task.Element(Name("Settings"))!.Element(Name("ExecutionTimeLimit"))!.Value);
        Assert.Equal(("InteractiveToken", "LeastPrivilege"), (Value("LogonType"), Value("RunLevel")));
        Assert.All(task.Descendants(Name("UserId")), user => Assert.Equal(User, user.Value));
        Assert.Equal(2, task.Descendants(Name("UserId")).Count());
        Assert.Equal(("PT1M", "30"), (task.Descendants(Name("RestartOnFailure")).Single().Element(Name("Interval"))!.Value, Value("Count")));
        Assert.Equal("PT5M", task.Descendants(Name("Repetition")).Single().Element(Name("Interval"))!.Value);
        Assert.Equal(Console, Value("Command"));
    }

    [Property(MaxTest = 500)]
    public Property Arguments_OfAnyHome_AreReadBackAsTheyWere() => Prop.ForAll(ServiceTexts.OddLine, home =>
    {
        var definition = ServiceTexts.Server(@"C:\Program Files\codexport.exe", "--home", home);
        var text = Load(definition).Descendants(Name("Arguments")).Single().Value;
        Assert.Equal("--headless " + WindowsArguments.Join(definition.Arguments.Prepend(definition.Program)), text);
    });

    [Fact]
    public void Read_OfWhatWasWritten_KnowsCommandAndInterval()
    {
        var read = TaskXml.Read(TaskXml.Write(ServiceTexts.Timer(TimeSpan.FromMinutes(90)), User, Console));
        Assert.Equal(("/opt/codexport sync --quick", TimeSpan.FromMinutes(90)), (read.Command, read.Every));
        Assert.Equal(new InstalledService(null, null), TaskXml.Read("<Task"));
    }

    [Fact]
    public void File_IsUtf16WithItsMarkAndSaysSo()
    {
        var text = TaskXml.Write(ServiceTexts.Server(), User, Console);
        var bytes = new ServiceFileContent("x", text, IsUtf16: true).ToBytes();
        Assert.Equal([0xFF, 0xFE], bytes[..2]);
        Assert.StartsWith("<?xml version=\"1.0\" encoding=\"utf-16\"", Encoding.Unicode.GetString(bytes, 2, bytes.Length - 2), StringComparison.Ordinal);
        using var stream = new MemoryStream(bytes);
        Assert.Equal("Task", XDocument.Load(stream).Root!.Name.LocalName);
    }

    private static XName Name(string name) => TaskXml.Namespace + name;

    private static XElement Load(ServiceDefinition definition) => XDocument.Parse(TaskXml.Write(definition, User, Console)).Root!;

    private static void CheckChildren(XElement element)
    {
        var (isSequence, allowed) = Children[element.Name.LocalName];
        var names = element.Elements().Select(child => child.Name.LocalName).ToList();
        Assert.All(names, name => Assert.Contains(name, allowed));
        if (element.Name.LocalName != "Triggers")
        {
            Assert.Equal(names.Count, names.Distinct().Count());
        }

        if (isSequence)
        {
            Assert.Equal(names.OrderBy(name => Array.IndexOf(allowed, name)), names);
        }
    }

    private static void CheckValue(XElement element)
    {
        var (name, value) = (element.Name.LocalName, element.Value);
        if (Booleans.Contains(name))
        {
            Assert.Contains(value, (string[])["true", "false"]);
        }
        else if (Durations.Contains(name))
        {
            var duration = XmlConvert.ToTimeSpan(value);
            Assert.True(name != "Interval" || (duration >= TimeSpan.FromMinutes(1) && duration <= TimeSpan.FromDays(31)), value);
        }
        else
        {
            CheckOther(name, value);
        }
    }

    private static void CheckOther(string name, string value)
    {
        switch (name)
        {
            case "StartBoundary": Assert.True(XmlConvert.ToDateTime(value, XmlDateTimeSerializationMode.Unspecified) < DateTime.UnixEpoch.AddYears(60)); break;
            case "Count": Assert.InRange(byte.Parse(value, CultureInfo.InvariantCulture), 1, 255); break;
            case "Priority": Assert.InRange(int.Parse(value, CultureInfo.InvariantCulture), 0, 10); break;
            case "LogonType": Assert.Contains(value, (string[])["S4U", "Password", "InteractiveToken", "InteractiveTokenOrPassword"]); break;
            case "RunLevel": Assert.Contains(value, (string[])["LeastPrivilege", "HighestAvailable"]); break;
            case "MultipleInstancesPolicy": Assert.Contains(value, (string[])["Parallel", "Queue", "IgnoreNew", "StopExisting"]); break;
            case "Command" or "WorkingDirectory": Assert.InRange(value.Length, 1, 260); break;
            case "URI": Assert.StartsWith("\\codexport-", value, StringComparison.Ordinal); break;
            case "UserId" or "Author" or "Version" or "Description" or "Arguments": Assert.NotEmpty(value); break;
            default: Assert.Fail($"{name} is not checked."); break;
        }
    }
}
