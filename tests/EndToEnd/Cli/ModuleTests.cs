using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Codexport.Engine.Errors;

namespace Codexport.Tests.Cli;

public sealed partial class ModuleTests
{
    private static string Manifest => File.ReadAllText(Path.Combine(Repository.Module, "Codexport.psd1"));

    [Fact]
    public void Manifest_ExportsExactlyTheCmdletsOfTheAssembly()
    {
        var exported = CmdletName().Matches(Manifest).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal);
        Assert.Equal(FindCmdletClasses().Order(StringComparer.Ordinal), exported.Select(name => $"{name.Replace("-", string.Empty, StringComparison.Ordinal)}Command"));
    }

    [Fact]
    public void Manifest_HasTheVersionOfTheBuild()
        => Assert.Contains($"ModuleVersion        = '{typeof(ErrorCode).Assembly.GetName().Version!.ToString(3)}'", Manifest, StringComparison.Ordinal);

    [Fact]
    public void Views_AreForTypesThatExist()
    {
        var types = XDocument.Load(Path.Combine(Repository.Module, "Codexport.Format.ps1xml")).Descendants("TypeName").Select(name => name.Value);
        var own = FindTypes().Select(type => $"{type.Namespace}.{type.Name}").ToHashSet(StringComparer.Ordinal);
        Assert.All(types, name => Assert.True(own.Contains(name) || typeof(ErrorCode).Assembly.GetType(name) is not null, name));
    }

    private static IEnumerable<string> FindCmdletClasses()
        => FindTypes().Where(type => type.Namespace == "Codexport.PowerShell.Commands").Select(type => type.Name);

    private static List<(string Namespace, string Name)> FindTypes()
    {
        using var image = new PEReader(File.OpenRead(Path.Combine(Repository.Module, "Codexport.PowerShell.dll")));
        var metadata = image.GetMetadataReader();
        return [.. metadata.TypeDefinitions.Select(metadata.GetTypeDefinition)
            .Where(type => !type.IsNested)
            .Select(type => (metadata.GetString(type.Namespace), metadata.GetString(type.Name)))
            .Where(type => !type.Item2.StartsWith('<'))];
    }

    [GeneratedRegex(@"'([A-Z][a-z]+-Codexport[A-Za-z]*)'")]
    private static partial Regex CmdletName();
}
