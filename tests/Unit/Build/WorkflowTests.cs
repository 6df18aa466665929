using System.Text.RegularExpressions;
using Codexport.Tests.Cli;
using YamlDotNet.RepresentationModel;

namespace Codexport.Tests.Build;

/// <summary>
/// What GitHub reads below <c>.github</c>, as far as it can be judged without GitHub: the rest is actionlint's, which the workflow <c>ci</c>
/// runs.
/// </summary>
public sealed partial class WorkflowTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, ".github");

    public static TheoryData<string> Files
        => [.. Directory.EnumerateFiles(Folder, "*.yml", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, file).Replace('\\', '/'))];

    public static TheoryData<string> Workflows => [.. Files.Select(row => row.Data).Where(file => file.StartsWith("workflows/", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Files))]
    public void File_IsYamlWithUniqueKeys(string file) => Assert.NotEmpty(Read(file).Children);

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Workflow_MayReadOnly_UnlessAJobSaysOtherwise(string file)
        => Assert.Equal(["contents: read"], Map(Read(file), "permissions").Select(entry => $"{entry.Key}: {entry.Value}"));

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Job_NamesAMachine_AndOnlyJobsThatThereAre(string file)
    {
        var jobs = Map(Read(file), "jobs");
        Assert.NotEmpty(jobs);
        foreach (var job in jobs.Values.Cast<YamlMappingNode>())
        {
            Assert.NotEmpty(Text(job, "runs-on")!);
            if (Text(job, "needs") is { } needed)
            {
                Assert.Contains(needed, jobs.Keys.Select(name => name.ToString()));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Step_UsesAVersionOfAnActionOrRunsOneOfOurScripts(string file)
    {
        foreach (var step in Steps(Read(file)))
        {
            var (uses, run) = (Text(step, "uses"), Text(step, "run"));
            Assert.True(uses is null != run is null, $"{file}: a step has one of 'uses' and 'run': {step}");
            Assert.True(uses is null || Versioned().IsMatch(uses), $"{file}: '{uses}' names no version.");
            foreach (Match script in OurScript().Matches(run ?? string.Empty))
            {
                Assert.True(File.Exists(Path.Combine(Repository.Root, script.Value)), $"{file}: there is no '{script.Value}'.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Expression_UsesValuesThatThereAre(string file)
    {
        foreach (var job in Map(Read(file), "jobs").Values.Cast<YamlMappingNode>())
        {
            var known = job.AllNodes.OfType<YamlMappingNode>().SelectMany(map => map.Children.Keys).Select(key => key.ToString()).ToHashSet(StringComparer.Ordinal);
            var used = job.AllNodes.OfType<YamlScalarNode>().SelectMany(text => MatrixValue().Matches(text.Value ?? string.Empty)).Select(match => match.Groups[1].Value);
            Assert.All(used, name => Assert.Contains(name, known));
        }
    }

    [Fact]
    public void Keys_AreReadByTheJobThatPublishesAlone()
    {
        var readers = Workflows.Select(row => row.Data).SelectMany(file => Map(Read(file), "jobs"))
            .Where(job => job.Value.AllNodes.OfType<YamlScalarNode>().Any(text => text.Value?.Contains("secrets.", StringComparison.Ordinal) == true));
        Assert.Equal(["publish"], readers.Select(job => job.Key.ToString()));
    }

    private static YamlMappingNode Read(string file)
    {
        var stream = new YamlStream();
        using var reader = new StreamReader(Path.Combine(Folder, file));
        stream.Load(reader);
        return (YamlMappingNode)Assert.Single(stream.Documents).RootNode;
    }

    private static IDictionary<YamlNode, YamlNode> Map(YamlMappingNode node, string key) => ((YamlMappingNode)node.Children[new YamlScalarNode(key)]).Children;

    private static string? Text(YamlMappingNode node, string key) => node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value.ToString() : null;

    private static IEnumerable<YamlMappingNode> Steps(YamlMappingNode workflow)
        => Map(workflow, "jobs").Values.Cast<YamlMappingNode>()
            .SelectMany(job => ((YamlSequenceNode)job.Children[new YamlScalarNode("steps")]).Children.Cast<YamlMappingNode>());

    [GeneratedRegex(@"^([\w.-]+/[\w./-]+@v\d[\w.]*|docker://[\w./-]+:\d[\w.]*)$")]
    private static partial Regex Versioned();

    [GeneratedRegex(@"(?<![\w./-])(\.ci|build)/[\w-]+")]
    private static partial Regex OurScript();

    [GeneratedRegex(@"\bmatrix\.([\w-]+)")]
    private static partial Regex MatrixValue();
}
