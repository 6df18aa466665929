using System.Text;
using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using Codexport.Engine.ServiceSetup;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Codexport.Tests.Platform.Services;

/// <summary>Task definitions against a schema written from MS-TSCH 2.5: tests/data/task.xsd says why it is not Microsoft's own.</summary>
public sealed class TaskXmlTests
{
    private const string User = @"MACHINE\o'neil & sons";
    private const string Console = @"C:\Windows\System32\conhost.exe";

    public static TheoryData<bool, int> Definitions() => new() { { false, 0 }, { true, 60 }, { true, 900 }, { true, 86400 } };

    [Theory]
    [MemberData(nameof(Definitions))]
    public void Definition_IsValidAgainstTheSchema(bool isTimer, int seconds)
    {
        var task = Load(isTimer ? ServiceTexts.Timer(TimeSpan.FromSeconds(seconds)) : ServiceTexts.Server());
        Assert.Empty(Faults(task.Document!));
        Assert.StartsWith("\\codexport-", task.Descendants(Name("URI")).Single().Value, StringComparison.Ordinal);
        Assert.True(XmlConvert.ToDateTime(task.Descendants(Name("StartBoundary")).Single().Value, XmlDateTimeSerializationMode.Unspecified) < DateTime.UnixEpoch.AddYears(60));
    }

    [Theory]
    [InlineData("Interval", "PT30S")]
    [InlineData("Interval", "P32D")]
    [InlineData("StartBoundary", "soon")]
    [InlineData("Enabled", "yes")]
    [InlineData("Priority", "11")]
    [InlineData("Count", "0")]
    [InlineData("LogonType", "Interactive")]
    [InlineData("RunLevel", "Highest")]
    [InlineData("MultipleInstancesPolicy", "Ignore")]
    [InlineData("Command", "")]
    [InlineData("UserId", "")]
    public void Schema_RefusesAValueThatTheSchedulerWould(string element, string value)
    {
        var task = Load(ServiceTexts.Server());
        task.Descendants(Name(element)).First().Value = value;
        Assert.NotEmpty(Faults(task.Document!));
    }

    [Fact]
    public void Schema_RefusesAnotherOrderAnotherElementAndAnotherPrincipal()
    {
        foreach (var change in new Action<XElement>[]
        {
            task => task.Descendants(Name("TimeTrigger")).Single().Add(new XElement(Name("Enabled"), "true")),
            task => task.Descendants(Name("LogonTrigger")).Single().Elements().Last().AddAfterSelf(new XElement(Name("UserId"), "x")),
            task => task.Element(Name("Settings"))!.Add(new XElement(Name("Volatile"), "true")),
            task => task.Element(Name("Actions"))!.SetAttributeValue("Context", "Nobody"),
            task => task.SetAttributeValue("version", "2.0"),
            task => task.Element(Name("Actions"))!.Remove(),
        })
        {
            var task = Load(ServiceTexts.Server());
            change(task);
            Assert.NotEmpty(Faults(task.Document!));
        }
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

    private static List<string> Faults(XDocument document)
    {
        var faults = new List<string>();
        string?[] schemas = [Path.Join(AppContext.BaseDirectory, "data", "task.xsd"), Environment.GetEnvironmentVariable("CODEXPORT_TASK_XSD")];
        foreach (var schema in schemas.OfType<string>())
        {
            var set = new XmlSchemaSet();
            set.Add(TaskXml.Namespace.NamespaceName, schema);
            document.Validate(set, (_, fault) => faults.Add(fault.Message));
        }

        return faults;
    }
}
