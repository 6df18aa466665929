using System.Reflection;
using System.Runtime.Loader;

namespace Codexport.Loader;

/// <summary>
/// Holds the engine and the packages that it uses, in the versions that lie beside it in the program's folder. In PowerShell's own context the first module to load a
/// package decides the version for all. The cmdlets stay in that context and find the engine through its event.
/// </summary>
internal sealed class EngineLoadContext : AssemblyLoadContext
{
    private const string Engine = "Codexport.Engine";

    // Once a process, however often and in how many runspaces the module is imported: an engine has its types once.
    private static readonly EngineLoadContext Instance = Create();
    private readonly string _folder;

    private EngineLoadContext(string folder)
        : base("Codexport") => _folder = folder;

    /// <summary>Answers for the engine from now on.</summary>
    public static void Register() => GC.KeepAlive(Instance);

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
        => PlatformFolder.Find(_folder, $"{assemblyName.Name}.dll") is { } path ? LoadFromAssemblyPath(path) : null;

    private static EngineLoadContext Create()
    {
        var loader = typeof(EngineLoadContext).Assembly;
        var context = new EngineLoadContext(Path.Join(Path.GetDirectoryName(loader.Location), "host"));
        var version = loader.GetName().Version;
        Default.Resolving += (_, wanted) => wanted.Name == Engine && wanted.Version == version ? context.LoadFromAssemblyName(wanted) : null;
        return context;
    }
}
