using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;

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
        => Assert.Contains($"ModuleVersion        = '{typeof(Engine.ErrorCode).Assembly.GetName().Version!.ToString(3)}'", Manifest, StringComparison.Ordinal);

    [Fact]
    public void Views_AreForTypesThatExist()
    {
        var types = XDocument.Load(Path.Combine(Repository.Module, "Codexport.Format.ps1xml")).Descendants("TypeName").Select(name => name.Value);
        Assert.All(types, name => Assert.NotNull(typeof(Engine.ErrorCode).Assembly.GetType(name)));
    }

    private static List<string> FindCmdletClasses()
    {
        using var image = new PEReader(File.OpenRead(Path.Combine(Repository.Module, "Codexport.PowerShell.dll")));
        var metadata = image.GetMetadataReader();
        return [.. metadata.TypeDefinitions.Select(metadata.GetTypeDefinition)
            .Where(type => metadata.GetString(type.Namespace) == "Codexport.PowerShell.Commands" && !type.IsNested)
            .Select(type => metadata.GetString(type.Name))
            .Where(name => !name.StartsWith('<'))];
    }

    [GeneratedRegex(@"'([A-Z][a-z]+-Codexport[A-Za-z]*)'")]
    private static partial Regex CmdletName();
}
