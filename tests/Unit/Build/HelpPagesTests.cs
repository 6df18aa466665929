using System.Xml.Linq;
using Codexport.HelpWriter;

namespace Codexport.Tests.Build;

/// <summary>The cmdlets' help is written from Markdown, and what is not documented stops the build.</summary>
public sealed class HelpPagesTests : IDisposable
{
    private const string Page = """
        # Get-Thing

        ## SYNOPSIS

        Gets a *thing* by `name`.

        ## DESCRIPTION

        Looks for it
        on this machine.

        ## EXAMPLES

        ### Example 1: Gets one

        ```powershell
        Get-Thing laptop
        ```

        Gets the one named laptop.

        ## PARAMETERS

        ### -Name

        What it is called.

        Default value: all

        ## INPUTS

        ### System.String

        Names.

        ## OUTPUTS

        ### System.Object

        ## RELATED LINKS

        [Online version:](https://example.org/)

        [Set-Thing](Set-Thing.md)
        """;

    private static readonly CmdletModel Cmdlet = new(
        "Get-Thing", ["__AllParameterSets"],
        [
            new ParameterModel("Name", "String[]", false, [], ["Id"], true, [new ParameterUse(null, true, 0, "True (ByValue)")]),
            new ParameterModel("Quiet", "SwitchParameter", true, [], [], false, [new ParameterUse(null, false, null, "False")]),
        ],
        ["System.Object"]);

    private readonly string _folder = Directory.CreateTempSubdirectory("codexport-help-").FullName;

    public HelpPagesTests()
    {
        File.WriteAllText(Path.Join(_folder, "shared-parameters.md"), "# Shared\n\n## PARAMETERS\n\n### -Quiet\n\nSays nothing.\n");
        File.WriteAllText(Path.Join(_folder, "Get-Thing.md"), Page);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Pages_ThatDescribeEverything_PassAndBecomeHelp()
    {
        Assert.Empty(Problems());

        var output = Path.Join(_folder, "help.xml");
        MamlWriter.Write(output, [Cmdlet], HelpPages.Read(_folder, []));
        var help = XDocument.Load(output);
        string Text(string name) => string.Join('|', help.Descendants().Where(element => element.Name.LocalName == name).Select(element => element.Value));
        Assert.StartsWith("Get-Thing|", Text("name"), StringComparison.Ordinal);
        Assert.Contains("Gets a thing by name.", Text("description"), StringComparison.Ordinal);
        Assert.Contains("Looks for it on this machine.", Text("description"), StringComparison.Ordinal);
        Assert.Equal("all|False|all|False", Text("defaultValue"));
        Assert.Equal("Get-Thing laptop", Text("code"));
        Assert.Equal("https://example.org/|", Text("uri"));
        var parameter = help.Descendants().First(element => element.Name.LocalName == "parameter");
        Assert.Equal(
            ["true", "true", "True (ByValue)", "0", "Id"],
            new[] { "required", "globbing", "pipelineInput", "position", "aliases" }.Select(name => parameter.Attribute(name)!.Value));
    }

    [Theory]
    [InlineData("### -Name", "### -Other", "does not describe -Name")]
    [InlineData("### -Name", "### -Other", "describes -Other, which no cmdlet has")]
    [InlineData("# Get-Thing", "# Get-Another", "it must be the name of the file")]
    [InlineData("## SYNOPSIS", "## SUMMARY", "has a section 'SUMMARY'")]
    [InlineData("## SYNOPSIS", "## SUMMARY", "has no SYNOPSIS")]
    [InlineData("### System.Object", "### System.Int32", "does not name System.Object under OUTPUTS")]
    [InlineData("### System.Object", "### System.Int32", "names System.Int32 under OUTPUTS")]
    [InlineData("Gets the one named laptop.", "", "has an example 'Example 1: Gets one' without title, code or remark")]
    public void Page_ThatLacksSomething_IsNamedWithIt(string part, string instead, string problem)
    {
        File.WriteAllText(Path.Join(_folder, "Get-Thing.md"), Page.Replace(part, instead, StringComparison.Ordinal));
        Assert.Contains(Problems(), found => found.Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void Page_OfNoCmdlet_AndCmdletWithoutPage_AreNamed()
    {
        File.Move(Path.Join(_folder, "Get-Thing.md"), Path.Join(_folder, "Get-Stranger.md"));
        File.WriteAllText(Path.Join(_folder, "Get-Stranger.md"), Page.Replace("# Get-Thing", "# Get-Stranger", StringComparison.Ordinal));
        Assert.Equal(
            ["Get-Stranger.md describes a cmdlet that the module does not have.", "Get-Thing has no page Get-Thing.md."], Problems());
    }

    private List<string> Problems()
    {
        var problems = new List<string>();
        HelpChecks.Compare([Cmdlet], HelpPages.Read(_folder, problems), problems);
        return problems;
    }
}
