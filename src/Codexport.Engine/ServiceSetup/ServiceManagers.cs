using Codexport.Engine.Homes;

namespace Codexport.Engine.ServiceSetup;

/// <summary>Which service manager this platform has.</summary>
internal static class ServiceManagers
{
    /// <summary>The one of this machine.</summary>
    /// <param name="context">The disk, the environment and the programs.</param>
    /// <param name="userHome">The person's own home, where the manager looks for definitions.</param>
    public static IServiceManager ForThisMachine(EngineContext context, string userHome)
        => OperatingSystem.IsWindows() ? new TaskSchedulerManager(context)
            : OperatingSystem.IsMacOS() ? new LaunchdManager(context, userHome)
            : new SystemdManager(context, userHome);
}
