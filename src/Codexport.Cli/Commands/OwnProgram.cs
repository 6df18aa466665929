using System.Runtime.CompilerServices;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Processes;

namespace Codexport.Cli.Commands;

/// <summary>This program, as others shall start it.</summary>
internal static class OwnProgram
{
    /// <summary>Whether it is native code in one file, which needs no runtime and starts many times faster.</summary>
    public static bool IsNative => !RuntimeFeature.IsDynamicCodeSupported;

    /// <summary>The absolute path that outlasts an update; null when it runs inside another one (<c>dotnet codexport.dll</c>).</summary>
    public static string? Find(EngineContext context) => Environment.ProcessPath is { } path
        && Path.GetFileNameWithoutExtension(path).Equals("codexport", StringComparison.OrdinalIgnoreCase)
            ? LastingProgram.Find(context.Files, path)
            : null;
}
