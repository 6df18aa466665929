using Codexport.HelpWriter;

if (args is not [var assembly, var pages, var output, .. var references])
{
    Console.Error.WriteLine("usage: Codexport.HelpWriter ASSEMBLY PAGES OUTPUT [REFERENCE…]");
    return 2;
}
var problems = new List<string>();
var cmdlets = CmdletReader.Read(assembly, references);
var documents = HelpPages.Read(pages, problems);
HelpChecks.Compare(cmdlets, documents, problems);
foreach (var problem in problems)
{
    // The form in which MSBuild recognises an error of a tool.
    Console.Error.WriteLine($"{pages}: error HELP001: {problem}");
}
if (problems.Count > 0)
{
    return 1;
}
Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
MamlWriter.Write(output, cmdlets, documents);
return 0;
