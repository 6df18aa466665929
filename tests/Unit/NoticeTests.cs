using System.Text.Json.Nodes;
using Codexport.Tests.Cli;

namespace Codexport.Tests;

public sealed class NoticeTests
{
    [Fact]
    public void Notice_NamesEveryPackageOfTheProgram_AndNoOther()
    {
        var notice = File.ReadAllText(Path.Combine(Repository.Root, "NOTICE"));
        var dependencies = JsonNode.Parse(File.ReadAllText(Path.ChangeExtension(Repository.Assembly, ".deps.json")))!;
        var packages = dependencies["libraries"]!.AsObject().Where(library => library.Value!["type"]!.GetValue<string>() == "package")
            .Select(library => library.Key.Split('/')[0]).Order(StringComparer.Ordinal);
        var named = notice.Split('\n').Where(line => line.StartsWith("Codexport contains ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]);

        Assert.Equal(packages, named.Order(StringComparer.Ordinal));
    }
}
