using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Codexport.Engine.ServiceSetup;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Codexport.Tests.Platform.Services;

public sealed class LaunchdPlistTests
{
    [Fact]
    public void Plist_OfTheServer_StartsAtLoginAndAgainAfterAFailure()
    {
        var plist = Load(LaunchdPlist.Write(ServiceTexts.Server()));

        Assert.Equal("codexport-master", plist["Label"]);
        Assert.Equal(["/opt/code x/codexport", "master", "serve"], Assert.IsType<List<object>>(plist["ProgramArguments"]));
        Assert.Equal(true, plist["RunAtLoad"]);
        Assert.Equal(false, Assert.IsType<Dictionary<string, object>>(plist["KeepAlive"])["SuccessfulExit"]);
        Assert.Equal(Convert.ToInt64("77", 8), plist["Umask"]);
        Assert.Equal("/home/me/.codexport/log/codexport-master.err.log", plist["StandardErrorPath"]);
        Assert.DoesNotContain("StartInterval", plist.Keys);
    }

    [Fact]
    public void Plist_OfATimer_RunsAtIntervalsAndIsNotKeptAlive()
    {
        var plist = Load(LaunchdPlist.Write(ServiceTexts.Timer(TimeSpan.FromMinutes(15))));
        Assert.Equal(900L, plist["StartInterval"]);
        Assert.DoesNotContain("KeepAlive", plist.Keys);
    }

    [Property(MaxTest = 500)]
    public Property Plist_OfAnyPaths_IsReadBackAsTheyWere() => Prop.ForAll(ServiceTexts.OddLine, text =>
    {
        var definition = ServiceTexts.Server("/opt/" + text, "--home", text) with { Environment = new Dictionary<string, string> { ["PATH"] = text } };
        var plist = Load(LaunchdPlist.Write(definition));
        Assert.Equal(["/opt/" + text, "master", "serve", "--home", text], Assert.IsType<List<object>>(plist["ProgramArguments"]));
        Assert.Equal(text, Assert.IsType<Dictionary<string, object>>(plist["EnvironmentVariables"])["PATH"]);
    });

    [Fact]
    public void Read_OfWhatWasWritten_KnowsCommandAndInterval()
    {
        var read = LaunchdPlist.Read(LaunchdPlist.Write(ServiceTexts.Timer(TimeSpan.FromSeconds(90))));
        Assert.Equal(("/opt/codexport sync --quick", TimeSpan.FromSeconds(90)), (read.Command, read.Every));
        Assert.Equal(new InstalledService(null, null), LaunchdPlist.Read("<plist"));
    }

    private static Dictionary<string, object> Load(string text)
    {
        using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        var document = XDocument.Load(reader);
        Assert.StartsWith("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\"", text, StringComparison.Ordinal);
        Assert.Equal(("plist", "1.0"), (document.Root!.Name.LocalName, (string?)document.Root.Attribute("version")));
        return (Dictionary<string, object>)Value(Assert.Single(document.Root.Elements()));
    }

    private static object Value(XElement element) => element.Name.LocalName switch
    {
        "string" => element.Value,
        "integer" => long.Parse(element.Value, CultureInfo.InvariantCulture),
        "true" => true,
        "false" => false,
        "array" => element.Elements().Select(Value).ToList(),
        "dict" => Pairs([.. element.Elements()]),
        var name => throw new FormatException($"<{name}> is no value of a property list."),
    };

    private static Dictionary<string, object> Pairs(List<XElement> elements)
    {
        Assert.All(elements.Where((_, index) => index % 2 == 0), key => Assert.Equal("key", key.Name.LocalName));
        return elements.Chunk(2).ToDictionary(pair => pair[0].Value, pair => Value(pair[1]), StringComparer.Ordinal);
    }
}
