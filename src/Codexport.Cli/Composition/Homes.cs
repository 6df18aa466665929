using Codexport.Engine;
using Codexport.Engine.Codex;
using Codexport.Engine.Platform;
using Codexport.Engine.Settings;

namespace Codexport.Cli.Composition;

/// <summary>Puts the engine together for a home.</summary>
internal static class Homes
{
    /// <summary>The context for the home that the options, the environment and the settings name.</summary>
    /// <exception cref="CodexportException">No home is known, or its settings cannot be read.</exception>
    public static EngineContext Open(HomeOptions options)
    {
        var files = new PhysicalFileSystem();
        var home = HomeResolver.Resolve(
            options, Environment.GetEnvironmentVariable, path => SettingsFile.Read(files, path).CodexFolder);
        return new EngineContext(home, files, TimeProvider.System);
    }
}
