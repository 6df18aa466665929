using System.Management.Automation;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Processes;
using Codexport.Engine.ServiceSetup;
using Codexport.PowerShell.Serving;

namespace Codexport.PowerShell;

/// <summary>
/// What a service of this module runs. The module's folder goes away with its version: the server runs a copy of the program, and a timer
/// imports whichever version is the newest.
/// </summary>
internal static class ModuleProgram
{
    /// <summary>The operations on services for a home.</summary>
    public static ServiceOperations Open(EngineContext context, PSCmdlet cmdlet) => new(context, new ServiceProgram
    {
        Folder = Path.GetDirectoryName(HostProgram.Assembly)!,
        Dotnet = DotnetProgram.TryFind(),
        IsCopied = true,
        PowerShell = FindPowerShell(context),
        ModuleFolder = FolderOf(cmdlet.MyInvocation.MyCommand.Module),
    });

    // The one on the PATH stays where it is when PowerShell is updated; the one that runs may lie in a folder of its version, and has put that
    // folder in front of its PATH.
    private static string? FindPowerShell(EngineContext context)
    {
        var own = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        var folders = (context.Environment("PATH") ?? string.Empty).Split(Path.PathSeparator).Where(folder => Path.TrimEndingDirectorySeparator(folder) != own);
        var others = context with { Environment = name => name == "PATH" ? string.Join(Path.PathSeparator, folders) : context.Environment(name) };
        return ProgramFinder.Find(others.Files, others.Environment, "pwsh") ?? ProgramFinder.Find(context.Files, context.Environment, "pwsh");
    }

    private static string? FolderOf(PSModuleInfo? module)
    {
        var folder = module?.ModuleBase;
        return folder is not null && Version.TryParse(Path.GetFileName(folder), out _) ? Path.GetDirectoryName(folder) : folder;
    }
}
