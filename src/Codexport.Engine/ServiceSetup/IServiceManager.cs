namespace Codexport.Engine.ServiceSetup;

/// <summary>What starts, watches and stops services for one user on one platform. Plans only: it is the caller that takes the steps.</summary>
internal interface IServiceManager
{
    /// <summary>What people call it.</summary>
    string Name { get; }

    /// <summary>The folders in which a service finds programs without being told; empty where it gets the person's own.</summary>
    IReadOnlyList<string> UsualPath { get; }

    /// <summary>Whether a service can be given variables.</summary>
    bool HasEnvironment { get; }

    /// <summary>Why it cannot be used here, a whole sentence; null when it answers.</summary>
    Task<string?> FindObstacleAsync(CancellationToken cancellationToken);

    /// <summary>How a service stands. The manager must answer.</summary>
    Task<ServiceState> QueryAsync(ServiceUnit unit, CancellationToken cancellationToken);

    /// <summary>When a timer that waits runs next; null when the manager does not tell.</summary>
    Task<DateTimeOffset?> FindNextRunAsync(ServiceUnit unit, CancellationToken cancellationToken);

    /// <summary>The files that define a service.</summary>
    IReadOnlyList<ServiceFileContent> Render(ServiceDefinition definition);

    /// <summary>Where those files lie, the one that names the command first.</summary>
    IReadOnlyList<string> FilesOf(ServiceUnit unit);

    /// <summary>What such a file says.</summary>
    InstalledService Read(IReadOnlyList<string> texts);

    /// <summary>What installs a service, or replaces it by another version, and starts it.</summary>
    IEnumerable<ServiceStep> Install(ServiceDefinition definition, ServiceState state);

    /// <summary>What stops a service and takes it away.</summary>
    IEnumerable<ServiceStep> Uninstall(ServiceUnit unit, ServiceState state);

    /// <summary>What a person should know of a service that was installed, each a whole sentence.</summary>
    Task<IReadOnlyList<string>> GetHintsAsync(ServiceUnit unit, CancellationToken cancellationToken);

    /// <summary>How the person sees what a service said.</summary>
    string LogHint(ServiceUnit unit);
}
